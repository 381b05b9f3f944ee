using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Slices that form no regular grid and are interpolated to one: pixels of 0.7 x 0.9 mm, oblique, values that are linear in mm.</summary>
public sealed class SliceStackTests : IDisposable
{
    private const double Tilt = 12 * Math.PI / 180;

    /// <summary>Turned about all axes; rounded nowhere.</summary>
    private static readonly Vector3D Row = Unit(new(0.9, 0.3, -0.1)), Normal = Unit(Row.Cross(new(-0.2, 0.9, 0.3))), Column = Normal.Cross(Row);

    private static readonly Vector3D Origin = new(-31, 17, 203);

    private readonly SliceFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(GeometryPolicy.Resample, 0d, 0d, 0d, 3d, 6d, 12d, 15d)]
    [InlineData(GeometryPolicy.Resample, 0d, 0d, 0d, 2d, 4d, 7.4d, 9.4d)]
    [InlineData(GeometryPolicy.Resample, Tilt, 0.4d, 0d, 3d, 6d, 9d, 12d)]
    [InlineData(GeometryPolicy.Resample, -Tilt, 0.7d, 0d, 3d, 6.5d, 9d, 14d)]
    [InlineData(GeometryPolicy.Shear, Tilt, -1.1d, 0d, 3d, 6d, 9d, 12d)]
    public void Read_FieldThatIsLinearInSpace_IsThatFieldOnTheUprightGrid(GeometryPolicy policy, double tilt, double sideways, params double[] places)
    {
        AddField(tilt, sideways, places);
        DicomSeries series = _files.Open(policy);
        Volume volume = _files.Reader.Read(series, new ImageLimits(), null, TestContext.Current.CancellationToken);
        Assert.True(series.Geometry.Matches(volume.Geometry));
        Assert.Contains("interpolated to", series.Stack!.Warning, StringComparison.Ordinal);

        Affine affine = volume.Geometry.IndexToPatient;
        Assert.Equal(0, affine.K.Dot(affine.I), 1e-9);
        Assert.Equal(0, affine.K.Dot(affine.J), 1e-9);
        Assert.Equal(places[^1] - places[0], affine.K.Length * (volume.Geometry.Grid.Depth - 1), 1e-9);
        GridSize grid = volume.Geometry.Grid;
        int compared = 0;
        for (int k = 0; k < grid.Depth; k++)
        {
            // Only where both slices beside the plane reach: beyond, their border is repeated.
            int above = Array.FindIndex(places, place => place >= k * affine.K.Length - 1e-9), below = Array.FindLastIndex(places, place => place <= k * affine.K.Length + 1e-9);
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    Vector3D point = affine.Apply(i, j, k);
                    if (!Reaches(point, places[below], tilt, sideways) || !Reaches(point, places[above], tilt, sideways)) continue;
                    compared++;
                    // Stored values are whole hundredths.
                    Assert.Equal(Field(point), Value(volume, k, j, i), 0.011);
                }
        }
        Assert.InRange(compared, grid.Depth * (SliceHeaders.Rows - 2) * (SliceHeaders.Columns - 2), grid.VoxelCount);
    }

    [Fact]
    public void Resample_AnyNumberOfThreads_GivesTheSameBytes()
    {
        AddField(Tilt, 0.4, 0, 3, 6.5, 9, 14);
        DicomSeries series = _files.Open(GeometryPolicy.Resample);
        float[] one = _files.Reader.Read(series, new ImageLimits(), null, 1, TestContext.Current.CancellationToken).Voxels<float>(0).ToArray();
        Assert.Equal(one, _files.Reader.Read(series, new ImageLimits(), null, 4, TestContext.Current.CancellationToken).Voxels<float>(0).ToArray());
    }

    [Theory]
    [InlineData(0d, 0d, 0d, 2d, 4d, 7.4d, 9.4d)]
    [InlineData(Tilt, 0.4d, 0d, 3d, 6d, 9d, 12d)]
    [InlineData(-Tilt, 0.7d, 0d, 3d, 6d, 12d, 15d)]
    public void Write_LabelsOfTheUprightGrid_LieOnTheSlicesWhereTheyWere(double tilt, double sideways, params double[] places)
    {
        AddField(tilt, sideways, places);
        DicomSeries series = _files.Open(GeometryPolicy.Resample);
        Affine grid = series.Geometry.IndexToPatient;
        LabelMap labels = LabelMap.Empty(series.Geometry, 2);
        GridSize size = series.Geometry.Grid;
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
                for (int i = 0; i < size.Width; i++) labels.Bytes[(int)size.Offset(k, j, i)] = (byte)Truth(grid.Apply(i, j, k));

        DicomDataset written = SegmentationCases.WriteAndOpen(series, labels, SegmentationCases.Description(1, 2));
        Assert.False(written.GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items[0].GetSequence(DicomTag.PixelMeasuresSequence).Items[0].Contains(DicomTag.SpacingBetweenSlices));
        DicomSegmentation read = DicomSegmentation.Create(written);
        int compared = 0;
        for (int n = 0; n < read.FrameCount; n++)
        {
            SegmentationFrame frame = read.Frames[n];
            int[] pixels = read.ReadFrame(n, TestContext.Current.CancellationToken);
            Vector3D origin = frame.PositionMm!.Value;
            // The frame lies on a slice, to the digits of the header.
            Assert.Contains(places, place => (At(place, tilt, sideways) - origin).Length < 1e-6);
            for (int p = 0; p < pixels.Length; p++)
            {
                Vector3D point = origin + Row * (0.9 * (p % SliceHeaders.Columns)) + Column * (0.7 * (p / SliceHeaders.Columns));
                Vector3D index = series.Geometry.PatientToIndex.Apply(point);
                // At most half a voxel lies between a pixel and the voxel whose label it takes.
                Vector3D nearest = grid.Apply(Math.Floor(index.X + 0.5), Math.Floor(index.Y + 0.5), Math.Floor(index.Z + 0.5));
                if (Math.Abs(Margin(point)) < (nearest - point).Length + 1e-6) continue;
                compared++;
                Assert.Equal(Truth(point) == frame.SegmentNumber, pixels[p] != 0);
            }
        }
        Assert.InRange(compared, 20, int.MaxValue);
    }

    [Fact]
    public void Open_UnevenSlicesToBeSheared_AreRefusedWithTheRemedy()
    {
        AddField(Tilt, 0, 0, 3, 6, 12);
        SegmentationException refusal = Assert.Throws<SegmentationException>(() => _files.Open(GeometryPolicy.Shear));
        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.EndsWith("Send the complete series, or ask for option geometry 'resample'.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_RegularSlices_AreLeftAsTheyAre()
    {
        AddField(0, 0, 0, 3, 6);
        Assert.Null(_files.Open(GeometryPolicy.Resample).Stack);
    }

    [Fact]
    public void Open_SlicesMilesApart_AreTooLarge()
    {
        AddField(0, 0, 0, 0.01, 0.02, 0.03, 9e6);
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<SegmentationException>(() => _files.Open(GeometryPolicy.Resample)).Code);
    }

    private static double Field(Vector3D point) => 2.5 * point.X - 1.5 * point.Y + 0.75 * point.Z;

    private static double Margin(Vector3D point) => (point - Origin).Dot(Unit(Row + Column)) - 2.2;

    private static int Truth(Vector3D point) => Margin(point) > 0 ? 2 : 1;

    private static Vector3D Unit(Vector3D v) => v * (1 / v.Length);

    private static Vector3D At(double place, double tilt, double sideways) =>
        Origin + Normal * place + Column * (Math.Tan(tilt) * place) + Row * (tilt == 0 ? 0 : sideways * 0.01 * place);

    private static bool Reaches(Vector3D point, double place, double tilt, double sideways)
    {
        Vector3D off = point - At(place, tilt, sideways);
        double j = off.Dot(Column) / 0.7, i = off.Dot(Row) / 0.9;
        return j >= -1e-9 && j <= SliceHeaders.Rows - 1 + 1e-9 && i >= -1e-9 && i <= SliceHeaders.Columns - 1 + 1e-9;
    }

    private static float Value(Volume volume, int k, int j, int i)
    {
        Span<float> value = stackalloc float[1];
        volume.ReadRow(0, k, j, i, value);
        return value[0];
    }

    private void AddField(double tilt, double sideways, params double[] places)
    {
        // Sent in no order.
        foreach (int n in Enumerable.Range(0, places.Length).OrderBy(n => (n * 7 + 3) % 5))
        {
            Vector3D origin = At(places[n], tilt, sideways);
            short[] values = [.. Enumerable.Range(0, SliceHeaders.Rows * SliceHeaders.Columns).Select(p =>
                (short)Math.Round(100 * (Field(origin + Column * (0.7 * (p / SliceHeaders.Columns)) + Row * (0.9 * (p % SliceHeaders.Columns))) - Field(Origin))))];
            DicomDataset header = SliceHeaders.At(n + 1, origin)
                .AddOrUpdate(DicomTag.ImageOrientationPatient, Row.X, Row.Y, Row.Z, Column.X, Column.Y, Column.Z)
                .AddOrUpdate(DicomTag.RescaleSlope, 0.01).AddOrUpdate(DicomTag.RescaleIntercept, Field(Origin));
            _files.Add(header, values);
        }
    }
}
