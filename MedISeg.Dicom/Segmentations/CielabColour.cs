using MedISeg.Imaging.Pictures;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Display colours as DICOM writes them: CIELab of the profile connection space (D50), three 16-bit words.</summary>
/// <remarks>Source: PS3.3 C.10.7.1.1: L* 0..100 and a*, b* -128..127 are stretched to 0..65535. sRGB is adapted from D65 to D50 with the
/// Bradford matrix, as ICC profiles do.</remarks>
internal static class CielabColour
{
    private const double WhiteX = 0.96422, WhiteZ = 0.82521;
    private const double Epsilon = 216.0 / 24389, Kappa = 24389.0 / 27;

    /// <summary>L*, a*, b* as DICOM scales them.</summary>
    public static ushort[] FromRgb(Rgb colour)
    {
        double r = Linear(colour.R), g = Linear(colour.G), b = Linear(colour.B);
        double fx = Compress((0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / WhiteX);
        double fy = Compress(0.2225045 * r + 0.7168786 * g + 0.0606169 * b);
        double fz = Compress((0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / WhiteZ);
        return [Scale((116 * fy - 16) / 100), Scale((500 * (fx - fy) + 128) / 255), Scale((200 * (fy - fz) + 128) / 255)];
    }

    /// <summary>The nearest colour that a screen can show.</summary>
    /// <param name="words">L*, a*, b* as DICOM scales them; three words.</param>
    public static Rgb ToRgb(ReadOnlySpan<ushort> words)
    {
        double fy = (words[0] / 65535.0 * 100 + 16) / 116;
        double fx = fy + (words[1] / 65535.0 * 255 - 128) / 500, fz = fy - (words[2] / 65535.0 * 255 - 128) / 200;
        double x = Expand(fx) * WhiteX, y = Expand(fy), z = Expand(fz) * WhiteZ;
        return new Rgb(
            Stored(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
            Stored(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z),
            Stored(0.0719453 * x - 0.2289914 * y + 1.4052427 * z));
    }

    private static double Linear(byte stored)
    {
        double value = stored / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    private static byte Stored(double linear)
    {
        double value = linear <= 0.0031308 ? linear * 12.92 : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055;
        return (byte)Math.Clamp(Math.Round(value * 255), 0, 255);
    }

    private static double Compress(double ratio) => ratio > Epsilon ? Math.Cbrt(ratio) : (Kappa * ratio + 16) / 116;

    private static double Expand(double f) => f * f * f > Epsilon ? f * f * f : (116 * f - 16) / Kappa;

    private static ushort Scale(double unit) => (ushort)Math.Clamp(Math.Round(unit * 65535), 0, 65535);
}
