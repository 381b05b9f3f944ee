using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Imaging.Formats;

namespace MedISeg.Tests.Dicom.Segmentations;

public sealed class LabelMapSegmentationTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));

    public static TheoryData<string> Syntaxes() => ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.8.1"];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void WriteLabelMap_LabelsThatAreNotContiguous_AreSegmentNumbersInEverySyntax(string syntax)
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 3, 300);
        DicomFile file = DicomFile.Open(SegmentationCases.WriteLabelMap(
            SyntheticSeries.Create(Geometry), labels, SegmentationCases.Description(), DicomTransferSyntax.Parse(syntax)));
        Assert.Equal(syntax, file.FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
        DicomSegmentation seg = DicomSegmentation.Create(file.Dataset);
        LabelMap own = seg.ToLabelMap();
        Assert.True(own.Geometry.Matches(Geometry, 1e-3));
        int[] expected = [.. labels.Words.ToArray().Select(label => label switch { 3 => 1, 300 => 2, _ => 0 })];
        Assert.Equal(expected, own.Bytes.ToArray().Select(label => (int)label));
        Assert.Contains(2, expected);
    }

    [Theory]
    [InlineData(255, 8, "OB")]
    [InlineData(256, 16, "OW")]
    public void WriteLabelMap_ManySegments_TakesAsManyBitsAsTheirNumbers(int segments, int bits, string representation)
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, segments, 2);
        DicomDataset seg = LabelMapOf(labels, SegmentationCases.Description([.. Enumerable.Range(1, segments)]));
        Assert.Equal((bits, bits, bits - 1),
            (seg.GetSingleValue<int>(DicomTag.BitsAllocated), seg.GetSingleValue<int>(DicomTag.BitsStored), seg.GetSingleValue<int>(DicomTag.HighBit)));
        Assert.Equal(representation, seg.GetDicomItem<DicomElement>(DicomTag.PixelData)!.ValueRepresentation.Code);
        LabelMap read = DicomSegmentation.Create(seg).ToLabelMap(Geometry);
        Assert.Equal(SegmentSummary.Of(labels, segments, 2)[0].Voxels, SegmentSummary.Of(read, segments)[0].Voxels);
    }

    [Fact]
    public void WriteLabelMap_Attributes_AreThoseOfItsKind()
    {
        DicomDataset seg = LabelMapOf(SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.66.7"), (DicomTag.SegmentationType, "LABELMAP"), (DicomTag.SegmentsOverlap, "NO"),
            (DicomTag.NumberOfFrames, "4"), (DicomTag.BitsAllocated, "8"), (DicomTag.PixelPaddingValue, "0"), (DicomTag.PhotometricInterpretation, "MONOCHROME2"),
            (DicomTag.PresentationLUTShape, "IDENTITY"), (DicomTag.DimensionOrganizationType, "3D"), (DicomTag.ImageType, @"DERIVED\PRIMARY"),
            (DicomTag.Modality, "SEG"), (DicomTag.StudyInstanceUID, SyntheticSeries.StudyUid), (DicomTag.LossyImageCompression, "00"),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, seg.GetString(tag));
        DicomDataset index = Assert.Single(seg.GetSequence(DicomTag.DimensionIndexSequence).Items);
        Assert.Equal(DicomTag.ImagePositionPatient, index.GetSingleValue<DicomTag>(DicomTag.DimensionIndexPointer));
        IList<DicomDataset> frames = seg.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items;
        Assert.All(frames, frame => Assert.False(frame.Contains(DicomTag.SegmentIdentificationSequence)));
        Assert.Equal([1, 2, 3, 4], frames.Select(frame => frame.GetSequence(DicomTag.FrameContentSequence).Items[0].GetSingleValue<int>(DicomTag.DimensionIndexValues)));
    }

    [Fact]
    public void WriteLabelMap_Segments_BeginWithTheBackground()
    {
        IReadOnlyList<DicomSegment> segments =
            DicomSegmentation.Create(LabelMapOf(SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description())).Segments;
        Assert.Equal([0, 1, 2, 3], segments.Select(segment => segment.Number));
        DicomCode background = new("DCM", "125040", "Background");
        Assert.Equal(("Background", background, background, ""), (segments[0].Label, segments[0].Category, segments[0].Type, segments[0].TrackingUid));
        Assert.Equal(("Niere, größte", "2.25.31"), (segments[1].Label, segments[1].TrackingUid));
    }

    [Fact]
    public void WriteLabelMap_BackgroundOnly_HasOneEmptyFrameASlice()
    {
        DicomDataset seg = LabelMapOf(LabelMap.Empty(Geometry, 300), SegmentationCases.Description());
        Assert.Equal(4, seg.GetSingleValue<int>(DicomTag.NumberOfFrames));
        Assert.Equal(new byte[60], seg.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray());
    }

    [Fact]
    public void WriteLabelMap_UnevenSlices_LieWhereTheyLayAndAreNoThreeDimensionalWhole()
    {
        DicomSeries even = SyntheticSeries.Create(SyntheticSeries.Oblique(new GridSize(5, 3, 7)));
        DicomSeries series = SeriesBuilder.Build(
            even.Slices.Where((_, k) => k != 3).Select(slice => (slice.Header.GetString(DicomTag.SOPInstanceUID), slice.Header)), GeometryPolicy.Resample);
        LabelMap labels = SegmentationCases.Pattern(series.Geometry, 1, 2);
        DicomDataset seg = DicomFile.Open(SegmentationCases.WriteLabelMap(
            series, labels, SegmentationCases.Description(1, 2), DicomTransferSyntax.ExplicitVRLittleEndian)).Dataset;
        Assert.False(seg.Contains(DicomTag.DimensionOrganizationType));
        byte[] pixels = seg.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();
        int[] planes = [0, 1, 2, 4];
        for (int frame = 0; frame < 4; frame++)
            Assert.Equal(labels.Bytes.Slice(planes[frame] * 21, 21).ToArray(), pixels[(frame * 21)..((frame + 1) * 21)]);
    }

    [Fact]
    public void WriteLabelMap_UnknownLabelOrSyntax_IsOurBug()
    {
        Assert.Throws<ArgumentException>(() => LabelMapOf(SegmentationCases.Pattern(Geometry, 3, 4), SegmentationCases.Description()));
        Assert.Throws<ArgumentException>(() => SegmentationCases.WriteLabelMap(
            SyntheticSeries.Create(Geometry), LabelMap.Empty(Geometry, 3), SegmentationCases.Description(), DicomTransferSyntax.JPEG2000Lossless));
    }

    [Fact]
    public void WriteLabelMap_SourceWithoutFrameOfReference_IsInvalidGeometry()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        series.Header.Remove(DicomTag.FrameOfReferenceUID);
        Refusal.Is(ErrorCode.InvalidGeometry, "NIfTI or PNG", () => SegmentationCases.WriteLabelMap(
            series, LabelMap.Empty(Geometry, 3), SegmentationCases.Description(), DicomTransferSyntax.ExplicitVRLittleEndian));
    }

    private static DicomDataset LabelMapOf(LabelMap labels, SegmentationDescription description) => DicomFile.Open(SegmentationCases.WriteLabelMap(
        SyntheticSeries.Create(Geometry), labels, description, DicomTransferSyntax.ExplicitVRLittleEndian)).Dataset;
}
