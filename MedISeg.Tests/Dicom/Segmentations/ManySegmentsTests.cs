using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>As many segments as the largest public models have.</summary>
public sealed class ManySegmentsTests
{
    private const int Segments = 104;

    /// <summary>What a frame may take beside its pixels: its item of the per-frame groups.</summary>
    private const int FrameBytes = 900, SegmentBytes = 1500, SliceBytes = 200, RestBytes = 8_000;

    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(30, 60, 80));

    [Fact]
    public void Write_EachSegmentOnAFewSlices_TakesFramesForTheseAlone()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        LabelMap labels = Columns();
        byte[] binary = SegmentationCases.Write(series, labels, Description());
        DicomSegmentation seg = DicomSegmentation.Create(DicomFile.Open(binary).Dataset);

        int frames = Enumerable.Range(1, Segments).Sum(Depth);
        Assert.Equal((Segments, frames), (seg.Segments.Count, seg.FrameCount));
        Assert.Equal(labels.Bytes.ToArray(), seg.ToLabelMap(Geometry).Bytes.ToArray());
        long pixels = frames * 60L * 80 / 8, most = pixels + frames * FrameBytes + Segments * SegmentBytes + 30 * SliceBytes + RestBytes;
        Assert.InRange(binary.Length, pixels, most);
    }

    [Fact]
    public void WriteLabelMap_TheSame_TakesAByteAPixelAndFarLessEncoded()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        LabelMap labels = Columns();
        byte[] native = SegmentationCases.WriteLabelMap(series, labels, Description(), DicomTransferSyntax.ExplicitVRLittleEndian);
        byte[] encoded = SegmentationCases.WriteLabelMap(series, labels, Description(), DicomTransferSyntax.RLELossless);
        long header = 30 * (FrameBytes + SliceBytes) + (Segments + 1) * SegmentBytes + RestBytes;
        Assert.InRange(native.Length, 30 * 60 * 80, 30 * 60 * 80 + header);
        Assert.InRange(encoded.Length, 1, 30 * 60 * 80 / 4 + header);
        Assert.Equal(labels.Bytes.ToArray(), DicomSegmentation.Create(DicomFile.Open(encoded).Dataset).ToLabelMap(Geometry).Bytes.ToArray());
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Dciodvfy_OfManySegments_ReportsNoError()
    {
        string validator = ExternalTool.Require("dciodvfy");
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "seg.dcm");
        await File.WriteAllBytesAsync(path, SegmentationCases.Write(SyntheticSeries.Create(Geometry), Columns(), Description()), TestContext.Current.CancellationToken);
        (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
        Assert.DoesNotContain((output + errors).Split('\n'), line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>Each label a column of its own, 4 x 8 pixels wide, from a slice of its own on.</summary>
    private static LabelMap Columns()
    {
        LabelMap labels = LabelMap.Empty(Geometry, Segments);
        for (int label = 1; label <= Segments; label++)
            for (int k = label % 7; k < label % 7 + Depth(label); k++)
                for (int j = 0; j < 4; j++)
                    for (int i = 0; i < 8; i++) SegmentationCases.Set(labels, k, (label - 1) / 10 * 4 + j, (label - 1) % 10 * 8 + i, label);
        return labels;
    }

    private static int Depth(int label) => 3 + label % 19;

    private static SegmentationDescription Description() => SegmentationCases.Description() with
    {
        Segments = [.. Enumerable.Range(1, Segments).Select(label => new SegmentDescription
        {
            Labels = [label], Name = $"structure {label}", Colour = new Rgb((byte)label, 100, 200), TrackingUid = $"2.25.9{label:d3}",
        })],
    };
}
