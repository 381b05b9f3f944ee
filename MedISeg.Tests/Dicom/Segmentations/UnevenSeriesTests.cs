using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Series;
using MedISeg.Tests.Imaging.Formats;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>What a series may be off its regular grid, its segmentation may be too: it is read back on the series' grid.</summary>
public sealed class UnevenSeriesTests
{
    public static TheoryData<string> Kinds() => ["drifts", "sideways", "leans"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ToLabelMap_SeriesThatIsJustAccepted_IsReadBackOnItsGrid(string kind)
    {
        DicomSeries series = Series(kind);
        LabelMap labels = SegmentationCases.Pattern(series.Geometry, 1, 2);

        DicomSegmentation seg = DicomSegmentation.Create(SegmentationCases.WriteAndOpen(series, labels, SegmentationCases.Description(1, 2)));

        Assert.Equal(labels.Bytes.ToArray(), seg.ToLabelMap(series.Geometry).Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FindGrid_SeriesThatIsJustAccepted_IsTheSeriesGrid(string kind)
    {
        DicomSeries series = Series(kind);
        LabelMap labels = SegmentationCases.Pattern(series.Geometry, 1, 2);

        LabelMap own = DicomSegmentation.Create(SegmentationCases.WriteAndOpen(series, labels, SegmentationCases.Description(1, 2))).ToLabelMap();

        Assert.True(own.Geometry.Matches(series.Geometry, 1e-3));
        Assert.Equal(labels.Bytes.ToArray(), own.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0.06, true)] // of the smaller pixel side, 0.7 mm
    [InlineData(0.15, false)]
    public void ToLabelMap_GridShiftedAlongItsRows_IsTakenUpToATenthOfAPixel(double pixels, bool fits)
    {
        DicomSeries series = SliceHeaders.Build(SliceHeaders.Stack(0, 3, 6));
        LabelMap labels = SegmentationCases.Pattern(series.Geometry, 1, 2);
        DicomSegmentation seg = DicomSegmentation.Create(SegmentationCases.WriteAndOpen(series, labels, SegmentationCases.Description(1, 2)));
        Affine map = series.Geometry.IndexToPatient;
        VolumeGeometry shifted = new(series.Geometry.Grid, map with { Origin = map.Origin + new Vector3D(0.7 * pixels, 0, 0) });

        if (fits) Assert.Equal(labels.Bytes.ToArray(), seg.ToLabelMap(shifted).Bytes.ToArray());
        else Refusal.Is(ErrorCode.IrregularGeometry, "0.105 mm off those of the grid", () => seg.ToLabelMap(shifted));
    }

    private static DicomSeries Series(string kind)
    {
        const int Slices = 41;
        List<DicomDataset> headers = [];
        double z = 0;
        for (int n = 0; n < Slices; n++)
        {
            // In the middle 4.8 % of the gap below its place; or 0.063 of 0.7 mm sideways; or 0.09 degrees off the normal.
            double x = kind switch { "sideways" when n == 7 => 0.063, "leans" => n * 3 * Math.Tan(0.09 * Math.PI / 180), _ => 0 };
            headers.Add(SliceHeaders.At(n + 1, new Vector3D(-20 + x, 30, z)));
            z += kind != "drifts" ? 3 : n < Slices / 2 ? 3 * 0.9976 : 3 * 1.0024;
        }
        return SliceHeaders.Build(headers);
    }
}
