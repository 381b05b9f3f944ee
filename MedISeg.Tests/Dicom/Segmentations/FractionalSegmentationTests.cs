using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

public sealed class FractionalSegmentationTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));

    [Fact]
    public void WriteFractional_Values_ComeBackWithinHalfAStepAtTheirPlaces()
    {
        Volume map = Map();
        DicomSegmentation seg = DicomSegmentation.Create(Write(map));
        Assert.Equal((SegmentationKind.Fractional, 255, 1), (seg.Kind, seg.MaximumFraction, seg.Segments.Count));
        // The second plane is zero.
        Assert.Equal(3, seg.FrameCount);
        Volume read = seg.ToFractions(1, null, TestContext.Current.CancellationToken);
        Assert.True(read.Geometry.Matches(Geometry, 1e-3));
        for (int n = 0; n < 60; n++) Assert.Equal(Math.Clamp(map.Voxels<float>(0)[n], 0, 1), read.Voxels<float>(0)[n], 0.5 / 255 + 1e-6);
    }

    [Fact]
    public void WriteFractional_Attributes_AreThoseOfItsKind()
    {
        DicomDataset seg = Write(Map());
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.66.4"), (DicomTag.SegmentationType, "FRACTIONAL"),
            (DicomTag.SegmentationFractionalType, "PROBABILITY"), (DicomTag.MaximumFractionalValue, "255"), (DicomTag.BitsAllocated, "8"),
            (DicomTag.BitsStored, "8"), (DicomTag.HighBit, "7"), (DicomTag.NumberOfFrames, "3"),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, seg.GetString(tag));
    }

    [Fact]
    public void WriteFractional_Zeros_HaveOneEmptyFrame()
    {
        DicomDataset seg = Write(new Volume(Geometry, [new float[60]]));
        Assert.Equal("1", seg.GetString(DicomTag.NumberOfFrames));
        Assert.Equal(new byte[16], seg.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray());
    }

    [Fact]
    public void WriteFractional_TwoSegments_AreOurBug() => Assert.Throws<ArgumentException>(() => SegmentationCases.WriteFractional(
        SyntheticSeries.Create(Geometry), Map(), SegmentationCases.Description(1, 2)));

    internal static Volume Map(VolumeGeometry? geometry = null)
    {
        geometry ??= Geometry;
        GridSize grid = geometry.Grid;
        float[] values = new float[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int n = 0; n < grid.Height * grid.Width; n++)
                // From a bit below 0 to a bit above 1.
                values[k * grid.Height * grid.Width + n] = k == 1 ? 0 : (n * 7 + k * 3) % 23 / 21f - 0.02f;
        return new Volume(geometry, [values]);
    }

    private static DicomDataset Write(Volume map)
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        SegmentationDescription description = SegmentationCases.Description(1, 2);
        return DicomFile.Open(SegmentationCases.WriteFractional(series, map, description with { Segments = [description.Segments[0]] })).Dataset;
    }
}
