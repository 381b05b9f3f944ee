using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Verbs;

/// <summary>Reads values that are given a label, such as 1=kidney,2=tumour.</summary>
internal static class LabelArgument
{
    /// <summary>Reads texts.</summary>
    /// <param name="option">Name of the option for the message.</param>
    /// <param name="text">The value; null: none.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>.</exception>
    public static IReadOnlyDictionary<int, string> Texts(string option, string? text)
    {
        Dictionary<int, string> values = [];
        if (text is null) return values;
        foreach (string part in text.Split(','))
        {
            string[] sides = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || sides[1].Length == 0 ||
                !int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int label) || label is < 1 or > ushort.MaxValue ||
                !values.TryAdd(label, sides[1]))
                throw Invalid(option);
        }
        return values;
    }

    /// <summary>Reads fractions in [0, 1].</summary>
    /// <inheritdoc cref="Texts"/>
    public static IReadOnlyDictionary<int, double> Fractions(string option, string? text) => Texts(option, text).ToDictionary(
        pair => pair.Key,
        pair => double.TryParse(pair.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 1
            ? value
            : throw new SegmentationException(ErrorCode.InvalidOption, $"{option} needs a number from 0 to 1 for each label, such as 1=0.9,2=0.6."));

    /// <summary>Reads distances, each at least 0.</summary>
    /// <inheritdoc cref="Texts"/>
    public static IReadOnlyDictionary<int, double> Millimetres(string option, string? text) =>
        Texts(option, text).ToDictionary(pair => pair.Key, pair => Millimetre(option, pair.Value));

    /// <summary>Reads a distance, at least 0.</summary>
    /// <inheritdoc cref="Texts"/>
    public static double Millimetre(string option, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 && double.IsFinite(value)
            ? value
            : throw new SegmentationException(ErrorCode.InvalidOption, $"{option} needs millimetres of at least 0, such as 1.5 or 1=1.5,2=3.");

    private static SegmentationException Invalid(string option) => new(ErrorCode.InvalidOption,
        $"{option} needs label=value pairs with different labels from 1 to 65535, divided by commas, such as 1=...,2=....");
}
