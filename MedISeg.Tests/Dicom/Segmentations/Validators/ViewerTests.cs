using System.Globalization;
using System.Text.Json;
using MedISeg.Dicom;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>OHIF's reader (cornerstone's adapters) and dcmjs lay our objects over the images that they were made of. Adapters 5.14.0 refuse a
/// BINARY object whose pixels end with a byte of padding, and show labels up to 255; planes are 8 x 10 pixels here, ten bytes.</summary>
public sealed class ViewerTests : IDisposable
{
    private readonly SegmentationFiles _files = new() { Plane = (8, 10) };

    public void Dispose() => _files.Dispose();

    private static readonly string Folder = RepositoryRoot.Of("MedISeg.Tests", "Tools", "node");

    [Theory]
    [InlineData("pattern", null)]
    [InlineData("background", null)]
    [InlineData("one-slice", null)]
    [InlineData("wide", null)]
    [InlineData("overlapping", null)]
    [InlineData("labelmap", null)]
    [InlineData("labelmap-background", null)]
    [InlineData("labelmap", "1.2.840.10008.1.2.5")]
    public async Task Viewer_OfOurObject_FindsTheSameVoxelsAtTheSamePlace(string name, string? syntax)
    {
        string node = ExternalTool.Require("node");
        ExternalTool.RequireFile(Path.Combine(Folder, "node_modules", "@cornerstonejs", "adapters"), "@cornerstonejs/adapters");
        (string path, SegmentSummary[] truth) = _files.Write(name, syntax is null ? null : DicomTransferSyntax.Parse(syntax));
        string[] images = _files.WriteSource(name);
        string output = await ExternalTool.OutputAsync(node, [Path.Combine(Folder, "read-viewer.mjs"), path, .. images]);
        using JsonDocument read = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);

        // dcmjs does not decode frames.
        if (syntax is null) Assert.Equal(truth.Sum(segment => segment.Voxels), read.RootElement.GetProperty("set").GetInt64());
        JsonElement labels = read.RootElement.GetProperty("labels");
        Assert.Equal(truth.Count(segment => segment.Voxels > 0), labels.EnumerateObject().Count());
        foreach (SegmentSummary expected in truth.Where(segment => segment.Voxels > 0))
        {
            JsonElement label = labels.GetProperty(expected.Number.ToString(CultureInfo.InvariantCulture));
            SegmentSummary.AssertSame(expected, SegmentSummary.Parse(expected.Number, label));
        }
    }
}
