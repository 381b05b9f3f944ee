using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

public sealed class EnhancedSeriesTests
{
    [Fact]
    public void Build_Frames_BecomeSlicesInOrderOfPosition()
    {
        DicomSeries series = SliceHeaders.Build(EnhancedHeader.Of(14, 10, 12));

        Assert.Equal([1, 2, 0], series.Slices.Select(slice => slice.Frame));
        Assert.Equal(new GridSize(3, 3, 5), series.Geometry.Grid);
        Assert.Equal(new SpacingMm(2, 0.7, 0.9), series.Geometry.Spacing);
        Assert.Equal(10, series.Geometry.IndexToPatient.Origin.Z);
    }

    [Fact]
    public void AttributesOf_FrameGroup_WinsOverShared()
    {
        DicomDataset header = EnhancedHeader.Of(0, 2);
        DicomDataset second = header.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items[1];
        second.AddOrUpdate(DicomTag.PixelMeasuresSequence, new DicomDataset().AddOrUpdate(DicomTag.PixelSpacing, 0.1, 0.2));

        Assert.Equal([0.1, 0.2], new DicomSlice("", 1, header).AttributesOf(DicomTag.PixelMeasuresSequence).GetValues<double>(DicomTag.PixelSpacing));
        Assert.Equal([0.7, 0.9], new DicomSlice("", 0, header).AttributesOf(DicomTag.PixelMeasuresSequence).GetValues<double>(DicomTag.PixelSpacing));
        Assert.Same(header, new DicomSlice("", 0, header).AttributesOf(DicomTag.FrameVOILUTSequence));
    }

    [Fact]
    public void Build_MissingFrame_NamesFrames()
    {
        SegmentationException refusal = SliceHeaders.Refusal(EnhancedHeader.Of(0, 2, 6, 8));

        Assert.StartsWith("Between frame 2 and frame 3 (at 2.0 and 6.0 mm", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_SeveralStacks_AreMixed() => AssertMixed(DicomTag.StackID, "2", "2 stacks");

    [Fact]
    public void Build_SeveralTimes_AreMixed() => AssertMixed(DicomTag.TemporalPositionIndex, 2, "2 time points");

    [Fact]
    public void Build_FewerGroupsThanFrames_IsUnreadable()
    {
        SegmentationException refusal = SliceHeaders.Refusal(EnhancedHeader.Of(0, 2).AddOrUpdate(DicomTag.NumberOfFrames, 2_000_000_000));

        Assert.Equal(ErrorCode.UnreadableImage, refusal.Code);
    }

    [Fact]
    public void Build_FramesWithoutPositions_AreInvalid()
    {
        DicomDataset header = EnhancedHeader.Of(0, 2);
        foreach (DicomDataset frame in header.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items) frame.Remove(DicomTag.PlanePositionSequence);

        Assert.Equal(ErrorCode.InvalidGeometry, SliceHeaders.Refusal(header).Code);
    }

    private static void AssertMixed<T>(DicomTag tag, T value, string expected)
    {
        DicomDataset header = EnhancedHeader.Of(0, 2, 4);
        header.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items[1].GetSequence(DicomTag.FrameContentSequence).Items[0].AddOrUpdate(tag, value);

        SegmentationException refusal = SliceHeaders.Refusal(header);

        Assert.Equal(ErrorCode.MixedSeries, refusal.Code);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
