namespace MedISeg.Training.Data.Augmentation;

/// <summary>8-bit RGB (sRGB) to 8-bit CIE L*a*b* (white D65; L times 2.55, a and b plus 128) and back.</summary>
/// <remarks>Towards L*a*b* in whole numbers with 12 bits for the matrix, 3 for linear light and 15 for the cube root, as OpenCV rounds it:
/// equalising stretches lightness, so that one level more or less would be seen. Checked against golden <c>aug2d</c>.</remarks>
internal static class LightnessColour
{
    private const int MatrixBits = 12, LightBits = 3, RootBits = MatrixBits + LightBits;
    private const double Linear = 0.008856, Slope = 7.787, Offset = 16.0 / 116;
    private static readonly double[] White = [0.950456, 1, 1.088754];
    private static readonly double[] ToXyz = [0.412453, 0.357580, 0.180423, 0.212671, 0.715160, 0.072169, 0.019334, 0.119193, 0.950227];
    private static readonly double[] ToRgb = [3.240479, -1.53715, -0.498535, -0.969256, 1.875991, 0.041556, 0.055648, -0.204043, 1.057311];
    private static readonly int[] Light = [.. Enumerable.Range(0, 256).Select(n => (int)Math.Round(255 * (1 << LightBits) * Expand(n / 255.0)))];
    private static readonly int[] Root = [.. Enumerable.Range(0, 256 * 3 / 2 << LightBits).Select(n =>
    {
        double x = n / (255.0 * (1 << LightBits));
        return (int)Math.Round((1 << RootBits) * (x < Linear ? x * Slope + Offset : Math.Cbrt(x)));
    })];
    private static readonly int[] Matrix = [.. ToXyz.Select((c, n) => (int)Math.Round((1 << MatrixBits) * c / White[n / 3]))];

    /// <summary>To L*a*b*, in place.</summary>
    /// <param name="red">Becomes L.</param>
    /// <param name="green">Becomes a.</param>
    /// <param name="blue">Becomes b.</param>
    public static void FromRgb(Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        const int Scale = (116 * 255 + 50) / 100, Shift = -((16 * 255 * (1 << RootBits) + 50) / 100), Middle = 128 << RootBits;
        for (int n = 0; n < red.Length; n++)
        {
            int r = Light[red[n]], g = Light[green[n]], b = Light[blue[n]];
            int x = RootOf(r, g, b, 0), y = RootOf(r, g, b, 3), z = RootOf(r, g, b, 6);
            red[n] = Level(Scale * y + Shift);
            green[n] = Level(500 * (x - y) + Middle);
            blue[n] = Level(200 * (y - z) + Middle);
        }
    }

    /// <summary>Back to RGB, in place.</summary>
    /// <param name="lightness">Becomes red.</param>
    /// <param name="a">Becomes green.</param>
    /// <param name="b">Becomes blue.</param>
    public static void ToRgbLevels(Span<byte> lightness, Span<byte> a, Span<byte> b)
    {
        for (int n = 0; n < lightness.Length; n++)
        {
            double l = lightness[n] * 100 / 255.0, fy = (l + 16) / 116;
            double x = White[0] * Cube(fy + (a[n] - 128) / 500.0), y = l <= 8 ? l / 903.3 : fy * fy * fy, z = White[2] * Cube(fy - (b[n] - 128) / 200.0);
            lightness[n] = Compress(ToRgb[0] * x + ToRgb[1] * y + ToRgb[2] * z);
            a[n] = Compress(ToRgb[3] * x + ToRgb[4] * y + ToRgb[5] * z);
            b[n] = Compress(ToRgb[6] * x + ToRgb[7] * y + ToRgb[8] * z);
        }
    }

    private static int RootOf(int r, int g, int b, int row) =>
        Root[r * Matrix[row] + g * Matrix[row + 1] + b * Matrix[row + 2] + (1 << MatrixBits - 1) >> MatrixBits];

    private static byte Level(int value) => (byte)Math.Clamp(value + (1 << RootBits - 1) >> RootBits, 0, 255);

    private static double Cube(double f) => f <= Slope * Linear + Offset ? (f - Offset) / Slope : f * f * f;

    private static double Expand(double level) => level <= 0.04045 ? level / 12.92 : Math.Pow((level + 0.055) / 1.055, 2.4);

    private static byte Compress(double light)
    {
        double level = light <= 0.0031308 ? light * 12.92 : 1.055 * Math.Pow(light, 1 / 2.4) - 0.055;
        return (byte)Math.Clamp(Math.Round(level * 255), 0, 255);
    }
}
