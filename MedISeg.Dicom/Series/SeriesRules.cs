using System.Text.RegularExpressions;

namespace MedISeg.Dicom.Series;

/// <summary>Compares a series with what a model wants: modality and DICOM match rules.</summary>
public static class SeriesRules
{
    /// <summary>A rule that takes longer counts as not matching: rules come from packages, values from files.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Modalities that a message may name; any other text in the attribute could be somebody's name. Source: PS3.3 C.7.3.1.1.1.</summary>
    private static readonly string[] Known =
    [
        "CT", "MR", "PT", "NM", "US", "CR", "DX", "MG", "XA", "RF", "SC", "OT", "OP", "OPT", "OCT", "IO", "PX", "ES", "GM", "SM", "XC", "BMD", "IVUS",
        "SEG", "RTIMAGE", "RTDOSE",
    ];

    /// <summary>Everything in which a series is not what is wanted.</summary>
    /// <param name="header">Header of the series.</param>
    /// <param name="modality">DICOM modality, case ignored, PET for PT and MRI for MR allowed; null or <c>*</c>: any.</param>
    /// <param name="match">Regular expressions by DICOM keyword; a value must match wholly, case ignored, one of several values is enough.
    /// An attribute that is missing or empty says nothing and passes: BodyPartExamined often is. Null: no rules.</param>
    /// <returns>A sentence for each mismatch; none where all fits. They hold no values but the code of a modality.</returns>
    /// <exception cref="ArgumentException">A rule is none (<see cref="Validate"/>).</exception>
    public static IReadOnlyList<string> Check(DicomDataset header, string? modality, IReadOnlyDictionary<string, string>? match)
    {
        List<string> faults = [];
        if (!string.IsNullOrEmpty(modality) && modality != "*")
        {
            string given = header.GetSingleValueOrDefault(DicomTag.Modality, "").ToUpperInvariant();
            if (given != Code(modality))
                faults.Add(given.Length == 0 ? $"The series does not say its modality; the model wants {Code(modality)}."
                    : $"The series is {(Known.Contains(given) ? given : "of another modality")}; the model wants {Code(modality)}.");
        }
        foreach ((string keyword, string pattern) in match ?? new Dictionary<string, string>())
        {
            if (Fault(keyword, pattern) is { } fault) throw new ArgumentException(fault, nameof(match));
            if (!header.TryGetValues(DicomDictionary.TagOf(keyword)!.Value, out string[]? values)) continue;
            string[] texts = [.. values.Where(value => value.Length > 0)];
            if (texts.Length > 0 && !texts.Any(text => Fits(text, pattern)))
                faults.Add($"{keyword} of the series does not match what the model wants: {pattern}.");
        }
        return faults;
    }

    /// <summary>Code of a series' modality; null where it is none that a message may name.</summary>
    internal static string? KnownModality(DicomDataset header)
    {
        string given = header.GetSingleValueOrDefault(DicomTag.Modality, "").ToUpperInvariant();
        return Known.Contains(given) ? given : null;
    }

    /// <summary>Everything that is wrong with rules; for whoever reads a package.</summary>
    /// <param name="match">Regular expressions by DICOM keyword; null: none.</param>
    /// <returns>A sentence for each faulty rule.</returns>
    public static IReadOnlyList<string> Validate(IReadOnlyDictionary<string, string>? match) =>
        [.. (match ?? new Dictionary<string, string>()).Select(rule => Fault(rule.Key, rule.Value)).OfType<string>()];

    private static string Code(string modality) => modality.ToUpperInvariant() switch
    {
        "PET" => "PT",
        "MRI" => "MR",
        string code => code,
    };

    private static string? Fault(string keyword, string pattern)
    {
        if (DicomDictionary.TagOf(keyword) is not { } tag || DicomVR.Find(DicomDictionary.RepresentationOf(tag)[..2]) is not { IsString: true })
            return $"'{keyword}' is not the DICOM keyword of an attribute of text, such as BodyPartExamined.";
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, Patience);
            return null;
        }
        catch (ArgumentException)
        {
            return $"The pattern of '{keyword}' is not a regular expression.";
        }
    }

    private static bool Fits(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
