using System.Globalization;
using System.Text.Json;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>dcmqi's reader, compiled to WebAssembly.</summary>
public sealed class ItkWasmTests(SegmentationFiles files) : IClassFixture<SegmentationFiles>
{
    private static readonly string Folder = RepositoryRoot.Of("MedISeg.Tests", "Tools", "node");

    [Theory]
    [InlineData("pattern")]
    [InlineData("multi-frame")]
    [InlineData("bare")]
    [InlineData("wide")]
    public async Task ReadSegmentation_OfOurObject_FindsTheSameVoxelsAtTheSamePlace(string name)
    {
        (string path, SegmentSummary[] truth) = files.Write(name);
        using JsonDocument read = await ReadAsync(path);
        Assert.Equal(["Niere, größte", "tumour", "rest 0"],
            read.RootElement.GetProperty("names").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        JsonElement labels = read.RootElement.GetProperty("labels");
        Assert.Equal(truth.Count(segment => segment.Voxels > 0), labels.EnumerateObject().Count());
        foreach (SegmentSummary expected in truth.Where(segment => segment.Voxels > 0))
        {
            JsonElement label = labels.GetProperty(expected.Number.ToString(CultureInfo.InvariantCulture));
            SegmentSummary.AssertSame(expected, SegmentSummary.Parse(expected.Number, label));
        }
    }

    [Fact]
    public async Task ReadSegmentation_OfAnEmptyResult_LoadsIt()
    {
        using JsonDocument read = await ReadAsync(files.Write("background").Path);
        Assert.Empty(read.RootElement.GetProperty("labels").EnumerateObject());
        Assert.Equal(3, read.RootElement.GetProperty("names").GetArrayLength());
    }

    private static async Task<JsonDocument> ReadAsync(string path)
    {
        string node = ExternalTool.Require("node");
        ExternalTool.RequireFile(Path.Combine(Folder, "node_modules", "@itk-wasm", "dicom"), "@itk-wasm/dicom");
        string output = await ExternalTool.OutputAsync(node, Path.Combine(Folder, "read-seg.mjs"), path);
        // The reader itself is talkative.
        return JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }
}
