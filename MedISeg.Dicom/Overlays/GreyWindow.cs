using MedISeg.Dicom.Series;
using MedISeg.Dicom.Text;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Overlays;

/// <summary>Which values are black and which white.</summary>
/// <param name="Low">Black from here down.</param>
/// <param name="High">White from here up; above <paramref name="Low"/>.</param>
/// <param name="Inverted">Whether low values are bright (MONOCHROME1).</param>
internal readonly record struct GreyWindow(double Low, double High, bool Inverted)
{
    private const double LowPercent = 0.5, HighPercent = 99.5;

    /// <summary>The first window that a slice's header states; null: none that is valid.</summary>
    /// <remarks>Source: PS3.3 C.11.2.1.2.1, the linear function.</remarks>
    public static GreyWindow? Of(DicomSlice slice)
    {
        if (First(slice, DicomTag.WindowCenter) is not { } c || First(slice, DicomTag.WindowWidth) is not { } w || !(w > 1)) return null;
        return new GreyWindow(c - 0.5 - (w - 1) / 2, c - 0.5 + (w - 1) / 2, IsInverted(slice));
    }

    /// <summary>All values of an image but the lowest and the highest half percent.</summary>
    public static GreyWindow Of(Volume image, DicomSlice slice, CancellationToken cancellationToken)
    {
        double[] ends = IntensityStatistics.Percentiles(
            image, 0, IntensityMap.Identity, VoxelSelection.Whole, [LowPercent, HighPercent], cancellationToken);
        return new GreyWindow(ends[0], ends[1] > ends[0] ? ends[1] : ends[0] + 1, IsInverted(slice));
    }

    /// <summary>Brightness of a value.</summary>
    public byte Of(float value)
    {
        double share = Math.Clamp((value - Low) / (High - Low), 0, 1);
        return (byte)Math.Round((Inverted ? 1 - share : share) * byte.MaxValue);
    }

    /// <summary>The first of several windows; what is no number is none.</summary>
    private static double? First(DicomSlice slice, DicomTag tag) =>
        slice.AttributesOf(DicomTag.FrameVOILUTSequence).TryGetString(tag, out string? text) && DecimalString.TryParse(text.Split('\\')[0], out double value) ? value : null;

    private static bool IsInverted(DicomSlice slice) => slice.Header.GetSingleValueOrDefault(DicomTag.PhotometricInterpretation, "").Trim() == "MONOCHROME1";
}
