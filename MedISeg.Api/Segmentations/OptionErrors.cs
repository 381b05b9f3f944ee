using System.Globalization;
using System.Text.RegularExpressions;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Segmentations;

/// <summary>Takes free text that a request gave out of messages about its options: a value or a key might be a person's name.</summary>
internal static partial class OptionErrors
{
    private const string Ending = " was given", PatternStart = "; it must match ";

    /// <summary>The same faults; given values stay where they are numbers, keys where they read like keywords.</summary>
    public static SegmentationException WithoutTexts(SegmentationException failure)
    {
        if (failure.Errors.Count == 0) return failure;
        KeyError[] errors = [.. failure.Errors.Select(error => new KeyError(Key(error.Key), Message(error.Message)))];
        string detail = string.Join(". ", errors.Select(error => $"{(error.Key.Length == 0 ? "The document" : error.Key)} {error.Message}")) + ".";
        return new SegmentationException(failure.Code, detail, errors);
    }

    private static string Key(string key) =>
        key.Length == 0 ? "" : string.Join('.', key.Split('.').Select(part => Keyword().IsMatch(part) ? part : "(a key)"));

    private static string Message(string message)
    {
        if (!message.EndsWith(Ending, StringComparison.Ordinal)) return message;
        // Before the value stands what is allowed; only a demanded pattern, explained before it, holds semicolons of its own.
        int pattern = message.IndexOf(PatternStart, StringComparison.Ordinal);
        int cut = message.IndexOf("; ", pattern < 0 ? 0 : pattern + PatternStart.Length, StringComparison.Ordinal);
        if (cut < 0) return "is not allowed";
        string given = message[(cut + 2)..^Ending.Length];
        bool harmless = double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || given is "true" or "false" or "null";
        return harmless ? message : message[..cut];
    }

    [GeneratedRegex("^[A-Za-z]{1,24}(\\[[0-9]{1,4}\\])*$")]
    private static partial Regex Keyword();
}
