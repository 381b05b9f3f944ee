using System.Globalization;
using System.Text.Json;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>What pydicom reads of a segmentation.</summary>
/// <param name="Frames">Number of frames.</param>
/// <param name="Set">Pixels that are not 0, over all frames.</param>
/// <param name="Segments">Null where frames do not say which segment they belong to.</param>
internal sealed record PydicomSummary(int Frames, long Set, SegmentSummary[]? Segments)
{
    /// <summary>Asks for several files at once; skips the test where pydicom is not installed.</summary>
    public static async Task<PydicomSummary[]> ReadAsync(params string[] paths)
    {
        string python = await ExternalTool.RequirePydicomAsync();
        string output = await ExternalTool.OutputAsync(python, [RepositoryRoot.Of("MedISeg.Tests", "Tools", "seg_summary.py"), .. paths]);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(paths.Length, lines.Length);
        return [.. lines.Select(Parse)];
    }

    private static PydicomSummary Parse(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        JsonElement root = json.RootElement, segments = root.GetProperty("segments");
        return new PydicomSummary(root.GetProperty("frames").GetInt32(), root.GetProperty("set").GetInt64(), segments.ValueKind == JsonValueKind.Null
            ? null
            : [.. segments.EnumerateObject().Select(segment => SegmentSummary.Parse(int.Parse(segment.Name, CultureInfo.InvariantCulture), segment.Value))]);
    }
}
