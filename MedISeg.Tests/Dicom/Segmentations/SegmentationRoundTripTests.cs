using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>What is written is read back voxel for voxel, and lies where it lay.</summary>
public sealed class SegmentationRoundTripTests
{
    public static TheoryData<int> RightHandedOrders()
    {
        TheoryData<int> data = [];
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(2, 3, 5));
        for (int n = 0; n < 48; n++)
            if (AxisOrientation.All().ElementAt(n).Apply(geometry).IndexToPatient.Determinant > 0) data.Add(n);
        return data;
    }

    [Fact]
    public void RightHandedOrders_AreTwentyFour() => Assert.Equal(24, RightHandedOrders().Count);

    [Theory]
    [MemberData(nameof(RightHandedOrders))]
    public void WriteThenRead_EveryRightHandedOrder_EveryVoxelKeepsItsPlace(int order)
    {
        VolumeGeometry geometry = AxisOrientation.All().ElementAt(order).Apply(SyntheticSeries.Oblique(new GridSize(2, 3, 5)));
        LabelMap labels = SegmentationCases.Pattern(geometry, 1, 2);
        DicomSegmentation seg = DicomSegmentation.Create(
            SegmentationCases.WriteAndOpen(SyntheticSeries.Create(geometry), labels, SegmentationCases.Description(1, 2)));

        LabelMap onGrid = seg.ToLabelMap(geometry);
        Assert.Equal(labels.Bytes.ToArray(), onGrid.Bytes.ToArray());

        // Of its own accord: the object's positions alone say where the voxels lie.
        LabelMap own = seg.ToLabelMap();
        Assert.True(own.Geometry.Matches(geometry, 1e-3));
        Assert.Equal(labels.Bytes.ToArray(), own.Bytes.ToArray());
    }

    [Fact]
    public void WriteThenRead_WideLabelsThatAreNotContiguous_AreSegmentNumbers()
    {
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));
        LabelMap labels = SegmentationCases.Pattern(geometry, 3, 300);
        LabelMap read = DicomSegmentation.Create(
            SegmentationCases.WriteAndOpen(SyntheticSeries.Create(geometry), labels, SegmentationCases.Description())).ToLabelMap(geometry);
        int[] expected = [.. labels.Words.ToArray().Select(label => label switch { 3 => 1, 300 => 2, _ => 0 })];
        Assert.Equal(expected, read.Bytes.ToArray().Select(label => (int)label));
        Assert.Contains(2, expected);
    }

    [Fact]
    public void WriteThenRead_GridRunningAgainstTheNormal_IsMatchedByPosition()
    {
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));
        LabelMap labels = SegmentationCases.Pattern(geometry, 1, 2);
        VolumeGeometry reversed = new AxisOrientation(0, true, 1, false, 2, false).Apply(geometry);
        LabelMap read = DicomSegmentation.Create(
            SegmentationCases.WriteAndOpen(SyntheticSeries.Create(geometry), labels, SegmentationCases.Description(1, 2))).ToLabelMap(reversed);
        for (int k = 0; k < 4; k++)
            for (int j = 0; j < 3; j++)
                for (int i = 0; i < 5; i++) Assert.Equal(labels[k, j, i], read[3 - k, j, i]);
    }

    [Fact]
    public void Read_WhatWasWritten_HasNamesCodesColoursAndAlgorithm()
    {
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(2, 3, 5));
        SegmentationDescription description = SegmentationCases.Description();
        DicomSegmentation seg = DicomSegmentation.Create(
            SegmentationCases.WriteAndOpen(SyntheticSeries.Create(geometry), SegmentationCases.Pattern(geometry, 3, 300), description));
        Assert.Equal(SegmentationKind.Binary, seg.Kind);
        Assert.Equal((3, 5, 3), (seg.Rows, seg.Columns, seg.FrameCount));
        for (int n = 0; n < 3; n++)
        {
            SegmentDescription written = description.Segments[n];
            DicomSegment read = seg.Segments[n];
            Assert.Equal((n + 1, written.Name, written.Category, written.Type, written.Colour, written.TrackingUid),
                (read.Number, read.Label, read.Category, read.Type, read.Colour, read.TrackingUid));
            Assert.Equal(written.Modifiers, read.Modifiers);
            Assert.Equal(("AUTOMATIC", "phantom-kidney", "2 sha256:0123456789abcdef"), (read.AlgorithmType, read.AlgorithmName, read.AlgorithmVersion));
        }
    }
}
