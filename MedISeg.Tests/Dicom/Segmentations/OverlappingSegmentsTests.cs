using MedISeg.Dicom;
using MedISeg.Dicom.Reports;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Dicom.Structures;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>Segments that are unions of labels, and share some. What other programs read of them: <c>Validators</c>.</summary>
public sealed class OverlappingSegmentsTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(5, 7, 11));

    private static readonly DicomSeries Series = SyntheticSeries.Create(Geometry);

    [Theory]
    [InlineData(1, 2, 7)]
    [InlineData(40, 300, 65535)]
    public void Write_UnionsOfLabels_AreReadAsTheirMasks(int first, int second, int third)
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, first, second, third);
        SegmentationDescription description = SegmentationCases.Overlapping(
            SegmentationCases.Description(1, 2, 3, 4, 5), [first, second, third], [third, first], [third, third], [second], [9, 1000]);
        DicomDataset written = SegmentationCases.WriteAndOpen(Series, labels, description);
        Assert.Equal("YES", written.GetString(DicomTag.SegmentsOverlap));
        DicomSegmentation read = DicomSegmentation.Create(written);
        SegmentSummary[] truth = SegmentSummary.Of(labels, description);
        for (int n = 0; n < truth.Length; n++) SegmentSummary.AssertSame(truth[n], SegmentSummary.Of(read, n + 1));
        Assert.Equal(truth[0].Voxels, truth[1].Voxels + truth[3].Voxels);
        Assert.True(truth[2].Voxels > 0 && truth[4].Voxels == 0);
        Assert.Equal(ErrorCode.InvalidVoxels, Assert.Throws<SegmentationException>(() => read.ToLabelMap()).Code);
    }

    [Fact]
    public void Write_UnionsThatShareNoLabel_DoNotOverlap()
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 1, 2, 7);
        SegmentationDescription description = SegmentationCases.Overlapping(SegmentationCases.Description(1, 2), [1, 7], [2]);
        DicomDataset written = SegmentationCases.WriteAndOpen(Series, labels, description);
        Assert.Equal("NO", written.GetString(DicomTag.SegmentsOverlap));
        LabelMap read = DicomSegmentation.Create(written).ToLabelMap(Geometry);
        Assert.Equal(labels.Bytes.ToArray().Select(label => label is 1 or 7 ? 1 : label), read.Bytes.ToArray().Select(label => (int)label));
        Assert.Equal(read.Bytes, DicomSegmentation.Create(DicomFile.Open(
            SegmentationCases.WriteLabelMap(Series, labels, description, DicomTransferSyntax.ExplicitVRLittleEndian)).Dataset).ToLabelMap(Geometry).Bytes);
    }

    [Fact]
    public void Write_LabelOfNoSegmentOrSegmentOfNoLabel_IsRefused()
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 1, 2, 7);
        SegmentationDescription description = SegmentationCases.Description(1, 2);
        Assert.Contains("label 7", Refusal([1, 2], [2, 1]), StringComparison.Ordinal);
        Assert.Contains("Segment 2 has no label", Refusal([1, 2, 7], []), StringComparison.Ordinal);
        Assert.Contains("Label 0 ", Refusal([1, 2, 7], [0]), StringComparison.Ordinal);
        string Refusal(params int[][] of) => Assert.Throws<ArgumentException>(
            () => SegmentationCases.Write(Series, labels, SegmentationCases.Overlapping(description, of))).Message;
    }

    [Fact]
    public void WriteLabelMap_SharedLabel_IsRefused()
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 1, 2);
        SegmentationDescription description = SegmentationCases.Overlapping(SegmentationCases.Description(1, 2), [1, 2], [2]);
        Assert.Contains("Two segments have the label 2", Assert.Throws<ArgumentException>(() => SegmentationCases.WriteLabelMap(
            Series, labels, description, DicomTransferSyntax.ExplicitVRLittleEndian)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ContoursAndVolumesOfUnions_AreThoseOfTheirMasks()
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 1, 2), whole = LabelMap.Empty(Geometry, 1);
        for (int n = 0; n < whole.Bytes.Length; n++) whole.Bytes[n] = labels.Bytes[n] > 0 ? (byte)1 : (byte)0;
        SegmentationDescription both = SegmentationCases.Overlapping(SegmentationCases.Description(1, 2, 3), [1], [1, 2], [2]);
        SegmentationDescription one = SegmentationCases.Description(1, 1) with { Segments = [both.Segments[1] with { Labels = [1] }] };
        Assert.Equal(Contours(whole, one)[0], Contours(labels, both)[1]);
        double[] volumes = Volumes(labels, both), all = Volumes(whole, one);
        Assert.Equal(all[0], volumes[1], 1e-9);
        Assert.Equal(volumes[1], volumes[0] + volumes[2], 1e-9);
        Assert.True(volumes[0] > 0 && volumes[2] > 0);
    }

    private static string[][] Contours(LabelMap labels, SegmentationDescription description)
    {
        using MemoryStream output = new();
        StructureSetWriter.Write(output, Series, labels, description, TestContext.Current.CancellationToken);
        return [.. DicomFile.Open(output.ToArray()).Dataset.GetSequence(DicomTag.ROIContourSequence).Items.Select(roi =>
            roi.GetSequence(DicomTag.ContourSequence).Items.Select(contour => string.Join('|', contour.GetValues<double>(DicomTag.ContourData))).ToArray())];
    }

    private static double[] Volumes(LabelMap labels, SegmentationDescription description)
    {
        using MemoryStream output = new();
        MeasurementReportWriter.Write(output, Series, labels, description, description);
        IList<DicomDataset> groups = DicomFile.Open(output.ToArray()).Dataset.GetSequence(DicomTag.ContentSequence).Items[^1].GetSequence(DicomTag.ContentSequence).Items;
        return [.. groups.Select(group => group.GetSequence(DicomTag.ContentSequence).Items[^1].GetSequence(DicomTag.MeasuredValueSequence).Items[0]
            .GetSingleValue<double>(DicomTag.NumericValue))];
    }
}
