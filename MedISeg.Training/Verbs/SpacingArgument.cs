using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Training.Verbs;

/// <summary>Reads a spacing from the command line.</summary>
internal static class SpacingArgument
{
    /// <summary>Reads "k,j,i" or one number for all axes, mm.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: not one or three numbers above 0.</exception>
    public static SpacingMm Parse(string text)
    {
        string[] parts = text.Split(',');
        double[] values = [.. parts.Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and <= 100 ? value : double.NaN)];
        if (values.Length is not (1 or 3) || values.Any(double.IsNaN))
            throw new SegmentationException(ErrorCode.InvalidOption,
                "--spacing needs one number of mm, or three as k,j,i, each above 0 and at most 100, such as 2.5,0.8,0.8.");
        return values.Length == 1 ? new SpacingMm(values[0], values[0], values[0]) : new SpacingMm(values[0], values[1], values[2]);
    }
}
