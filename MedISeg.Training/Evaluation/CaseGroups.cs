using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>Groups of cases by what <c>phantoms.json</c> says of them; without that file there is only the group of all.</summary>
internal sealed class CaseGroups
{
    /// <summary>Group that every case belongs to.</summary>
    public const string All = "all";

    private readonly Dictionary<string, List<string>> _groups = [];

    /// <summary>No file.</summary>
    public static CaseGroups None { get; } = new();

    /// <summary>Reads the file beside a data set.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the file is there but not as the verb phantom writes it.</exception>
    public static CaseGroups Read(string dataFolder)
    {
        CaseGroups groups = new();
        string path = Path.Combine(dataFolder, "phantoms.json");
        if (!File.Exists(path)) return groups;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            foreach (JsonElement one in document.RootElement.EnumerateArray())
            {
                JsonElement anatomy = one.GetProperty("anatomy");
                groups._groups.Add(one.GetProperty("name").GetString()!,
                [
                    anatomy.GetProperty("obliquityDegrees").GetDouble() > 0 ? "oblique" : "axis-aligned",
                    anatomy.GetProperty("kidneys").GetString() == "both" ? "two kidneys" : "one kidney",
                    anatomy.GetProperty("hasTumour").GetBoolean() ? "with tumour" : "tumour-free",
                ]);
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SegmentationException(ErrorCode.InvalidOption, "phantoms.json of the data folder is not as the verb phantom writes it; make the data again.", fault);
        }
        return groups;
    }

    /// <summary>Groups of a case, <see cref="All"/> first, its kind last.</summary>
    public IReadOnlyList<string> Of(DatasetCase one) =>
        [All, .. _groups.GetValueOrDefault(one.Name) ?? [], .. one.Kind.Length > 0 ? [one.Kind] : Array.Empty<string>()];
}
