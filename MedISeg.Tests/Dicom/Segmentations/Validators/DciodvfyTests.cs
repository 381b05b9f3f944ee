using MedISeg.Dicom;
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
