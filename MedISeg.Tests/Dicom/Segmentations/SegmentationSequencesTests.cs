using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>The sequences of the object: segments, dimensions, functional groups, references.</summary>
public sealed class SegmentationSequencesTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));

    private static readonly DicomDataset Seg = SegmentationCases.WriteAndOpen(
        SyntheticSeries.Create(Geometry), SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());

    [Fact]
    public void Segments_EveryClass_IsThereWithAllThatIsKnownOfIt()
    {
        IList<DicomDataset> segments = Seg.GetSequence(DicomTag.SegmentSequence).Items;
        Assert.Equal([1, 2, 3], segments.Select(segment => segment.GetSingleValue<int>(DicomTag.SegmentNumber)));
        Assert.Equal(["Niere, größte", "tumour", "rest 0"], segments.Select(segment => segment.GetString(DicomTag.SegmentLabel)));
        Assert.All(segments, segment =>
        {
            Assert.Equal("AUTOMATIC", segment.GetString(DicomTag.SegmentAlgorithmType));
            Assert.Equal("phantom-kidney", segment.GetString(DicomTag.SegmentAlgorithmName));
            Assert.Equal(segment.GetString(DicomTag.SegmentLabel), segment.GetString(DicomTag.TrackingID));
            DicomDataset algorithm = Assert.Single(segment.GetSequence(DicomTag.SegmentationAlgorithmIdentificationSequence).Items);
            AssertCode("DCM", "123110", "Artificial Intelligence", algorithm.GetSequence(DicomTag.AlgorithmFamilyCodeSequence));
            Assert.Equal("phantom-kidney", algorithm.GetString(DicomTag.AlgorithmName));
            Assert.Equal("2 sha256:0123456789abcdef", algorithm.GetString(DicomTag.AlgorithmVersion));
            Assert.Equal("overlap=0.5", algorithm.GetString(DicomTag.AlgorithmParameters));
        });
        Assert.Equal(["2.25.31", "2.25.32", "2.25.40"], segments.Select(segment => segment.GetString(DicomTag.TrackingUID)));
        AssertCode("SCT", "123037004", "Anatomical Structure", segments[0].GetSequence(DicomTag.SegmentedPropertyCategoryCodeSequence));
        AssertCode("SCT", "64033007", "Kidney", segments[0].GetSequence(DicomTag.SegmentedPropertyTypeCodeSequence));
        AssertCode("SCT", "7771000", "Left", segments[0].GetSequence(DicomTag.SegmentedPropertyTypeCodeSequence).Items[0]
            .GetSequence(DicomTag.SegmentedPropertyTypeModifierCodeSequence));
        AssertCode("SCT", "49755003", "Morphologically Abnormal Structure", segments[1].GetSequence(DicomTag.SegmentedPropertyCategoryCodeSequence));
        AssertCode("SCT", "123037004", "Anatomical Structure", segments[2].GetSequence(DicomTag.SegmentedPropertyCategoryCodeSequence));
        AssertCode("SCT", "85756007", "Tissue", segments[2].GetSequence(DicomTag.SegmentedPropertyTypeCodeSequence));
        Assert.Equal(CielabColour.FromRgb(new Rgb(255, 0, 0)), segments[0].GetValues<ushort>(DicomTag.RecommendedDisplayCIELabValue));
        Assert.False(segments[2].Contains(DicomTag.RecommendedDisplayCIELabValue));
    }

    [Fact]
    public void Segments_OverlongOrSeparatedText_IsMadeToFit()
    {
        SegmentationDescription description = SegmentationCases.Description() with { AlgorithmName = new string('n', 80), AlgorithmVersion = "1\\2\n3" };
        SegmentDescription first = description.Segments[0] with
        {
            Name = " ",
            Type = new DicomCode("SCT", "12345678901234567890", ""),
        };
        description = description with { Segments = [first, .. description.Segments.Skip(1)] };
        DicomDataset segment = SegmentationCases.WriteAndOpen(
            SyntheticSeries.Create(Geometry), SegmentationCases.Pattern(Geometry, 3, 300), description).GetSequence(DicomTag.SegmentSequence).Items[0];
        Assert.Equal("Segment 1", segment.GetString(DicomTag.SegmentLabel));
        Assert.Equal(new string('n', 64), segment.GetString(DicomTag.SegmentAlgorithmName));
        Assert.Equal("1 2 3", segment.GetSequence(DicomTag.SegmentationAlgorithmIdentificationSequence).Items[0].GetString(DicomTag.AlgorithmVersion));
        DicomDataset type = segment.GetSequence(DicomTag.SegmentedPropertyTypeCodeSequence).Items[0];
        Assert.Equal("12345678901234567890", type.GetString(DicomTag.LongCodeValue));
        Assert.Equal("12345678901234567890", type.GetString(DicomTag.CodeMeaning));
        Assert.False(type.Contains(DicomTag.CodeValue));
    }

    [Fact]
    public void Dimensions_OneOrganization_IndexesSegmentThenPosition()
    {
        Assert.Equal("2.25.13", Assert.Single(Seg.GetSequence(DicomTag.DimensionOrganizationSequence).Items).GetString(DicomTag.DimensionOrganizationUID));
        IList<DicomDataset> indices = Seg.GetSequence(DicomTag.DimensionIndexSequence).Items;
        Assert.All(indices, index => Assert.Equal("2.25.13", index.GetString(DicomTag.DimensionOrganizationUID)));
        Assert.Equal([DicomTag.ReferencedSegmentNumber, DicomTag.ImagePositionPatient],
            indices.Select(index => index.GetSingleValue<DicomTag>(DicomTag.DimensionIndexPointer)));
        Assert.Equal([DicomTag.SegmentIdentificationSequence, DicomTag.PlanePositionSequence],
            indices.Select(index => index.GetSingleValue<DicomTag>(DicomTag.FunctionalGroupPointer)));
    }

    [Fact]
    public void SharedGroups_OfTheSeries_HaveComputedSpacingAndCopiedThickness()
    {
        DicomDataset shared = Assert.Single(Seg.GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items);
        DicomDataset measures = shared.GetSequence(DicomTag.PixelMeasuresSequence).Items[0];
        Assert.Equal([1.1, 0.7], measures.GetValues<double>(DicomTag.PixelSpacing));
        Assert.Equal(3, measures.GetSingleValue<double>(DicomTag.SliceThickness));
        Assert.Equal(2.5, measures.GetSingleValue<double>(DicomTag.SpacingBetweenSlices), 1e-9);
        double[] cosines = shared.GetSequence(DicomTag.PlaneOrientationSequence).Items[0].GetValues<double>(DicomTag.ImageOrientationPatient);
        Affine map = Geometry.IndexToPatient;
        for (int axis = 0; axis < 3; axis++)
        {
            Assert.Equal(map.I[axis] / 0.7, cosines[axis], 1e-9);
            Assert.Equal(map.J[axis] / 1.1, cosines[3 + axis], 1e-9);
        }
    }

    [Fact]
    public void PerFrameGroups_EachFrame_PointsAtItsSliceAndSegment()
    {
        IList<DicomDataset> frames = Seg.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items;
        (int Segment, int Slice)[] expected = [(1, 0), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)];
        Assert.Equal(expected.Length, frames.Count);
        for (int n = 0; n < expected.Length; n++)
        {
            (int segment, int k) = expected[n];
            Assert.Equal([segment, k + 1], frames[n].GetSequence(DicomTag.FrameContentSequence).Items[0].GetValues<int>(DicomTag.DimensionIndexValues));
            Assert.Equal(segment, frames[n].GetSequence(DicomTag.SegmentIdentificationSequence).Items[0].GetSingleValue<int>(DicomTag.ReferencedSegmentNumber));
            double[] place = frames[n].GetSequence(DicomTag.PlanePositionSequence).Items[0].GetValues<double>(DicomTag.ImagePositionPatient);
            Assert.True((new Vector3D(place[0], place[1], place[2]) - Geometry.IndexToPatient.Apply(0, 0, k)).Length < 1e-6);
            DicomDataset derivation = frames[n].GetSequence(DicomTag.DerivationImageSequence).Items[0];
            AssertCode("DCM", "113076", "Segmentation", derivation.GetSequence(DicomTag.DerivationCodeSequence));
            DicomDataset source = Assert.Single(derivation.GetSequence(DicomTag.SourceImageSequence).Items);
            Assert.Equal(DicomUID.CTImageStorage, source.GetString(DicomTag.ReferencedSOPClassUID));
            Assert.Equal($"2.25.2{k:d4}", source.GetString(DicomTag.ReferencedSOPInstanceUID));
            Assert.Equal("YES", source.GetString(DicomTag.SpatialLocationsPreserved));
            Assert.False(source.Contains(DicomTag.ReferencedFrameNumber));
            AssertCode("DCM", "121322", "Source image for image processing operation", source.GetSequence(DicomTag.PurposeOfReferenceCodeSequence));
        }
    }

    [Fact]
    public void PerFrameGroups_SlicesWithoutVoxels_LeaveNoGapInTheIndices()
    {
        LabelMap labels = LabelMap.Empty(Geometry, 300);
        SegmentationCases.Set(labels, 1, 2, 4, 300);
        SegmentationCases.Set(labels, 3, 0, 1, 300);
        SegmentationCases.Set(labels, 3, 1, 1, 7);
        IList<DicomDataset> frames = SegmentationCases.WriteAndOpen(SyntheticSeries.Create(Geometry), labels, SegmentationCases.Description())
            .GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items;
        int[][] indices = [.. frames.Select(frame => frame.GetSequence(DicomTag.FrameContentSequence).Items[0].GetValues<int>(DicomTag.DimensionIndexValues))];
        Assert.Equal([[2, 1], [2, 2], [3, 2]], indices);
    }

    [Fact]
    public void ReferencedSeries_HasEveryInstanceOnce()
    {
        DicomDataset series = Assert.Single(Seg.GetSequence(DicomTag.ReferencedSeriesSequence).Items);
        Assert.Equal(SyntheticSeries.SeriesUid, series.GetString(DicomTag.SeriesInstanceUID));
        Assert.Equal(["2.25.20000", "2.25.20001", "2.25.20002", "2.25.20003"],
            series.GetSequence(DicomTag.ReferencedInstanceSequence).Items.Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID)));
    }

    [Fact]
    public void MultiFrameSource_FramesPointAtFramesOfOneInstance()
    {
        DicomSeries source = SyntheticSeries.CreateMultiFrame(Geometry);
        DicomDataset seg = SegmentationCases.WriteAndOpen(source, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        IList<DicomDataset> frames = seg.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items;
        DicomDataset[] images = [.. frames.Select(frame => frame.GetSequence(DicomTag.DerivationImageSequence).Items[0]
            .GetSequence(DicomTag.SourceImageSequence).Items[0])];
        // The source's frames run against k: slice 0 is frame 4.
        Assert.Equal([4, 3, 2, 1, 3, 2, 1], images.Select(image => image.GetSingleValue<int>(DicomTag.ReferencedFrameNumber)));
        Assert.All(images, image => Assert.Equal("2.25.20000", image.GetString(DicomTag.ReferencedSOPInstanceUID)));
        Assert.Single(seg.GetSequence(DicomTag.ReferencedSeriesSequence).Items[0].GetSequence(DicomTag.ReferencedInstanceSequence).Items);
        Assert.Equal([1.1, 0.7], seg.GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items[0].GetSequence(DicomTag.PixelMeasuresSequence)
            .Items[0].GetValues<double>(DicomTag.PixelSpacing));
        Assert.Equal(SegmentationCases.Pattern(Geometry, 1, 2).Bytes.ToArray(), DicomSegmentation.Create(seg).ToLabelMap(Geometry).Bytes.ToArray());
    }

    [Fact]
    public void SharedGroups_OneSliceWithoutThickness_TakesTheGridsAndNamesNoSpacing()
    {
        VolumeGeometry plane = SyntheticSeries.Oblique(new GridSize(1, 3, 5));
        DicomSeries source = SyntheticSeries.Create(plane);
        source.Header.Remove(DicomTag.SliceThickness);
        DicomDataset measures = SegmentationCases.WriteAndOpen(source, SegmentationCases.Pattern(plane, 3, 300), SegmentationCases.Description())
            .GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items[0].GetSequence(DicomTag.PixelMeasuresSequence).Items[0];
        Assert.Equal(2.5, measures.GetSingleValue<double>(DicomTag.SliceThickness), 1e-9);
        Assert.False(measures.Contains(DicomTag.SpacingBetweenSlices));
    }

    private static void AssertCode(string scheme, string value, string meaning, DicomSequence sequence)
    {
        DicomDataset code = Assert.Single(sequence.Items);
        Assert.Equal((scheme, value, meaning),
            (code.GetString(DicomTag.CodingSchemeDesignator), code.GetString(DicomTag.CodeValue), code.GetString(DicomTag.CodeMeaning)));
    }
}
