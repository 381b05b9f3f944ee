using System.Text.Json;

namespace MedISeg.Dicom.Web;

/// <summary>Values of a data set of the DICOM JSON model. Source: PS3.18 annex F.</summary>
internal static class DicomJson
{
    /// <summary>Media type.</summary>
    public const string MediaType = "application/dicom+json";

    /// <summary>The first value as text; null where there is none.</summary>
    public static string? Text(JsonElement dataset, DicomTag tag)
    {
        foreach (JsonElement value in Values(dataset, tag))
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return null;
    }

    /// <summary>The first value as a whole number; numbers of text, as some archives send them, are read too. Null where there is none.</summary>
    public static long? Number(JsonElement dataset, DicomTag tag)
    {
        foreach (JsonElement value in Values(dataset, tag))
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
                || value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), out number)
                ? number
                : null;
        return null;
    }

    /// <summary>Values, or items of a sequence; none where the element is missing or empty.</summary>
    public static IEnumerable<JsonElement> Values(JsonElement dataset, DicomTag tag) =>
        dataset.ValueKind == JsonValueKind.Object
        && dataset.TryGetProperty(tag.Key.ToString("X8"), out JsonElement element) && element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("Value", out JsonElement values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray()
            : [];
}
