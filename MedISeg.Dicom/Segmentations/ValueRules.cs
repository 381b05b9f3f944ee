using System.Globalization;
using System.Text.RegularExpressions;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Whether a text may be a value of its representation. Sources hold ages such as "65" and study ids of 30 characters; an object
/// that copied them would be invalid itself. Source: PS3.5 6.2.</summary>
internal static partial class ValueRules
{
    /// <summary>Whether all values of a text, separated by backslashes, are valid.</summary>
    public static bool IsValid(DicomTag tag, DicomVR representation, string text)
    {
        foreach (string value in representation.IsSingleText ? [text] : text.Split('\\'))
            if (value.Length > 0 && !IsValue(tag, representation, value)) return false;
        return true;
    }

    private static bool IsValue(DicomTag tag, DicomVR representation, string value) => representation.Code switch
    {
        _ when tag == DicomTag.PatientSex => value is "M" or "F" or "O",
        _ when tag == DicomTag.PatientIdentityRemoved => value is "YES" or "NO",
        "AS" => Age().IsMatch(value),
        "CS" => Code().IsMatch(value),
        "DA" => DateTime.TryParseExact(value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "TM" => Time().IsMatch(value),
        "DS" => value.Length <= 16 && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number),
        "SH" => IsShort(value, 16),
        "LO" => IsShort(value, 64),
        "PN" => value.Split('=').All(group => IsShort(group, 64)),
        _ => true,
    };

    private static bool IsShort(string value, int longest)
    {
        if (value.Length > longest) return false;
        foreach (char c in value)
            if (char.IsControl(c)) return false;
        return true;
    }

    [GeneratedRegex(@"^[0-9]{3}[DWMY]\z")]
    private static partial Regex Age();

    [GeneratedRegex(@"^[A-Z0-9 _]{1,16}\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"^([01][0-9]|2[0-3])([0-5][0-9]([0-5][0-9](\.[0-9]{1,6})?)?)?\z")]
    private static partial Regex Time();
}
