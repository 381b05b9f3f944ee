using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesGeometryTests
{
    [Fact]
    public void Build_ShuffledSlices_AreInOrderOfPositionNotOfInstanceNumber()
    {
        DicomSeries series = SliceHeaders.Build(SliceHeaders.At(1, 14), SliceHeaders.At(2, 10), SliceHeaders.At(3, 16), SliceHeaders.At(4, 12));

        Assert.Equal([2, 4, 1, 3], SliceHeaders.Order(series));
        Assert.True(series.IsInPatientSpace);
    }

    [Fact]
    public void Build_Slices_TakesSpacingFromPositionsNotFromThickness()
    {
        VolumeGeometry geometry = SliceHeaders.Build(SliceHeaders.Stack(10, 12, 14, 16)).Geometry;

        Assert.Equal(new GridSize(4, 3, 5), geometry.Grid);
        // Rows are 0.7 mm apart (j), columns 0.9 mm (i).
        Assert.Equal(new SpacingMm(2, 0.7, 0.9), geometry.Spacing);
        Assert.Equal(0, (geometry.IndexToPatient.Apply(4, 2, 3) - new Vector3D(-20 + 3.6, 30 + 1.4, 16)).Length, 1e-9);
    }

    [Fact]
    public void Build_Slices_LastSliceIsExactAlthoughTheSpacingIsRounded()
    {
        // Rounded to 2 decimals, the first gap is 3.27 and the last place 0.05 mm off 10 x 3.27.
        double[] places = [.. Enumerable.Range(0, 11).Select(n => Math.Round(n * 3.275, 2))];

        VolumeGeometry geometry = SliceHeaders.Build(SliceHeaders.Stack(places)).Geometry;

        Assert.Equal(places[^1], geometry.IndexToPatient.Apply(0, 0, 10).Z, 1e-9);
    }

    [Fact]
    public void Build_DescendingNormal_FirstSliceIsTheHighest()
    {
        // Rows along x and columns against y: the normal points down.
        DicomDataset[] slices = [.. SliceHeaders.Stack(5, 7, 9).Select(slice => slice.AddOrUpdate(DicomTag.ImageOrientationPatient, 1.0, 0, 0, 0, -1, 0))];

        DicomSeries series = SliceHeaders.Build(slices);

        Assert.Equal([3, 2, 1], SliceHeaders.Order(series));
        Assert.Equal(new Vector3D(0, 0, -2), series.Geometry.IndexToPatient.K);
        Assert.True(series.Geometry.IndexToPatient.Determinant > 0);
    }

    [Fact]
    public void Build_AnyFileOrder_GivesTheSameGeometry()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 2.001, 3.999, 6);
        // Within tolerance, and still the first slice along the normal decides.
        slices[3].AddOrUpdate(DicomTag.ImageOrientationPatient, 1.0, 0.00005, 0, 0, 1, 0);

        Affine forwards = SliceHeaders.Build(slices).Geometry.IndexToPatient, backwards = SliceHeaders.Build(slices.Reverse()).Geometry.IndexToPatient;

        Assert.Equal(forwards, backwards);
        Assert.Equal(new Vector3D(0.9, 0, 0), forwards.I);
    }

    [Fact]
    public void Build_CosinesRoundedToThreeDecimals_AreUnitDirections()
    {
        DicomDataset[] slices = [.. SliceHeaders.Stack(0, 2).Select(slice => slice.AddOrUpdate(DicomTag.ImageOrientationPatient, 0.985, 0.174, 0, -0.174, 0.985, 0))];

        VolumeGeometry geometry = SliceHeaders.Build(slices).Geometry;

        Assert.Equal(0.9, geometry.Spacing.I, 1e-12);
        Assert.Equal(0.7, geometry.Spacing.J, 1e-12);
    }

    [Theory]
    [InlineData(8.0, 9.0, 8.0)]
    [InlineData(null, 9.0, 9.0)]
    [InlineData(-8.0, 9.0, 9.0)]
    [InlineData(null, null, 1.0)]
    public void Build_OneSlice_TakesItsDistanceFromWhatIsThere(double? between, double? thickness, double expected)
    {
        DicomDataset slice = SliceHeaders.At(1, 4).Remove(DicomTag.SpacingBetweenSlices).Remove(DicomTag.SliceThickness);
        if (between is { } distance) slice.AddOrUpdate(DicomTag.SpacingBetweenSlices, distance);
        if (thickness is { } thick) slice.AddOrUpdate(DicomTag.SliceThickness, thick);

        VolumeGeometry geometry = SliceHeaders.Build(slice).Geometry;

        Assert.Equal(new Vector3D(0, 0, expected), geometry.IndexToPatient.K);
        Assert.Equal(new GridSize(1, 3, 5), geometry.Grid);
    }

    [Fact]
    public void Build_OneImageWithoutPosition_IsAPlaneOfItsPixelSpacing()
    {
        DicomDataset image = SliceHeaders.At(1, 4).Remove(DicomTag.ImagePositionPatient).Remove(DicomTag.PixelSpacing).Remove(DicomTag.SpacingBetweenSlices)
            .Remove(DicomTag.SliceThickness).AddOrUpdate(DicomTag.ImagerPixelSpacing, 0.2, 0.3).AddOrUpdate(DicomTag.Modality, "DX");

        DicomSeries series = SliceHeaders.Build(image);

        Assert.False(series.IsInPatientSpace);
        Assert.Equal(new SpacingMm(1, 0.2, 0.3), series.Geometry.Spacing);
        Assert.Equal(default, series.Geometry.IndexToPatient.Origin);
    }

    [Fact]
    public void Build_OneImageWithoutSpacing_HasPixelsOfOneMm()
    {
        DicomDataset image = SliceHeaders.At(1, 4).Remove(DicomTag.ImageOrientationPatient).Remove(DicomTag.PixelSpacing)
            .Remove(DicomTag.SpacingBetweenSlices).Remove(DicomTag.SliceThickness);

        Assert.Equal(new SpacingMm(1, 1, 1), SliceHeaders.Build(image).Geometry.Spacing);
    }
}
