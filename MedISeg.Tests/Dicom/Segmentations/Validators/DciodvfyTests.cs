using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>D. Clunie's validator finds no error. Its exit code says nothing, its lines do.</summary>
public sealed class DciodvfyTests(SegmentationFiles files) : IClassFixture<SegmentationFiles>
{
    [Theory]
    [MemberData(nameof(SegmentationFiles.Names), MemberType = typeof(SegmentationFiles))]
    public async Task Dciodvfy_OfOurObject_ReportsNoError(string name)
    {
        string validator = ExternalTool.Require("dciodvfy");
        string[] lines = await LinesAsync(validator, files.Write(name).Path);
        Assert.Contains("Segmentation", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        // The source is warned about, not our object: a patient without name and dates.
        if (name != "bare") Assert.DoesNotContain(lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dciodvfy_OfAnObjectOnUnevenSlices_ReportsNoError()
    {
        string validator = ExternalTool.Require("dciodvfy");
        DicomSeries even = SyntheticSeries.Create(SyntheticSeries.Oblique(new GridSize(5, 6, 11)));
        DicomSeries series = SeriesBuilder.Build(
            even.Slices.Where((_, k) => k != 3).Select(slice => ($"{slice.Header.GetString(DicomTag.SOPInstanceUID)}", slice.Header)), GeometryPolicy.Resample);
        Assert.NotNull(series.Stack);
        string path = Path.Combine(Path.GetDirectoryName(files.Write("pattern").Path)!, "uneven.dcm");
        await File.WriteAllBytesAsync(path, SegmentationCases.Write(series, SegmentationCases.Pattern(series.Geometry, 1, 2), SegmentationCases.Description(1, 2, 3)), TestContext.Current.CancellationToken);
        string[] lines = await LinesAsync(validator, path);
        Assert.Contains("Segmentation", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dciodvfy_OfFractions_ReportsNoError()
    {
        string[] lines = await LinesAsync(ExternalTool.Require("dciodvfy"), files.WriteFractional().Path);
        Assert.Contains("Segmentation", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dciodvfy_OfAnObjectWithoutSegments_ReportsIt()
    {
        // The validator must be able to complain, or its silence means nothing.
        string validator = ExternalTool.Require("dciodvfy");
        string path = files.Write("pattern").Path;
        DicomFile file = DicomFile.Open(path);
        file.Dataset.Remove(DicomTag.SegmentSequence);
        string broken = path + ".broken";
        await using (FileStream output = File.Create(broken)) file.Save(output);
        Assert.Contains(await LinesAsync(validator, broken),
            line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("SegmentSequence", StringComparison.Ordinal));
    }

    private static async Task<string[]> LinesAsync(string validator, string path)
    {
        (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
        return (output + errors).Split('\n', StringSplitOptions.TrimEntries);
    }
}
