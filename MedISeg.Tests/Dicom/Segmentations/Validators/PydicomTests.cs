using MedISeg.Dicom;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

public sealed class PydicomTests(SegmentationFiles files) : IClassFixture<SegmentationFiles>
{
    [Theory]
    [MemberData(nameof(SegmentationFiles.Names), MemberType = typeof(SegmentationFiles))]
    public async Task Pydicom_OfOurObject_ReadsTheSameVoxelsAtTheSamePlace(string name)
    {
        (string path, SegmentSummary[] truth) = files.Write(name);
        PydicomSummary read = Assert.Single(await PydicomSummary.ReadAsync(path));
        Assert.Equal(truth.Length, read.Segments!.Length);
        for (int n = 0; n < truth.Length; n++) SegmentSummary.AssertSame(truth[n], read.Segments[n]);
    }

    [Theory]
    [MemberData(nameof(SegmentationFiles.LabelMapNames), MemberType = typeof(SegmentationFiles))]
    public async Task Pydicom_OfOurLabelMap_ReadsTheSameVoxelsAtTheSamePlaceNativeAndRunLengthEncoded(string name)
    {
        (string path, SegmentSummary[] truth) = files.Write(name);
        PydicomSummary[] both = await PydicomSummary.ReadAsync(path, files.Write(name, DicomTransferSyntax.RLELossless).Path);
        foreach (PydicomSummary read in both)
        {
            // The background is described, too.
            SegmentSummary[] segments = [.. read.Segments!.Where(segment => segment.Number > 0)];
            Assert.Equal((truth.Length, truth.Length + 1), (segments.Length, read.Segments!.Length));
            for (int n = 0; n < truth.Length; n++) SegmentSummary.AssertSame(truth[n], segments[n]);
        }
    }

    [Fact]
    public async Task Pydicom_OfOurFractions_ReadsTheSameVoxelsAboveOneHalf()
    {
        (string path, SegmentSummary truth) = files.WriteFractional();
        SegmentSummary.AssertSame(truth, Assert.Single(Assert.Single(await PydicomSummary.ReadAsync(path)).Segments!));
    }

    [Theory]
    [InlineData(7, 9)]
    [InlineData(3, 5)]
    [InlineData(1, 1)]
    public async Task Pydicom_FramesThatEndAmidAByte_ReadsTheSameVoxels(int rows, int columns)
    {
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(4, rows, columns));
        LabelMap labels = SegmentationCases.Pattern(geometry, 1, 2);
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "seg.dcm");
        await File.WriteAllBytesAsync(path,
            SegmentationCases.Write(SyntheticSeries.Create(geometry), labels, SegmentationCases.Description(1, 2)), TestContext.Current.CancellationToken);
        SegmentSummary[] truth = SegmentSummary.Of(labels, 1, 2), read = Assert.Single(await PydicomSummary.ReadAsync(path)).Segments!;
        for (int n = 0; n < 2; n++) SegmentSummary.AssertSame(truth[n], read[n]);
    }
}
