using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Volumes whose values say where they lie are written as slices, read back in another file order, and compared in mm.</summary>
public sealed class SeriesRoundTripTests : IDisposable
{
    /// <summary>The grid that everything is stored from: 4 x 3 x 5 voxels of 2.5 x 0.7 x 0.9 mm, oblique.</summary>
    private static readonly VolumeGeometry Patient = Oblique(new GridSize(4, 3, 5), new SpacingMm(2.5, 0.7, 0.9), new Vector3D(-123.4567891, 87.654321, -1004.25));

    private readonly SliceFiles _files = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<int> Orders => [.. Enumerable.Range(0, 48)];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Write_AnyAxisOrder_KeepsEveryVoxelInItsPlace(int order)
    {
        // 24 are right-handed; the others are left-handed grids, which slices cannot be: their planes come back in reverse.
        VolumeGeometry geometry = AxisOrientation.All().ElementAt(order).Apply(Patient);
        Volume source = Encoded(geometry);

        Volume back = RoundTrip(source);

        Assert.True(back.Geometry.IndexToPatient.Determinant > 0);
        Assert.Equal(geometry.IndexToPatient.Determinant > 0, back.Geometry.Matches(geometry));
        AssertInPlace(source, back);
    }

    [Theory]
    [InlineData(0.3, 0.3, 5.0)]
    [InlineData(1.5, 0.2, 0.4)]
    [InlineData(0.666666686534882, 0.699987828731537, 0.666666686534882)]
    public void Write_AnySpacing_KeepsEveryVoxelInItsPlace(double i, double j, double k)
    {
        Volume source = Encoded(Oblique(new GridSize(6, 2, 3), new SpacingMm(k, j, i), new Vector3D(333.3333333333, -0.0000001, 1e-9)));

        Volume back = RoundTrip(source);

        Assert.True(back.Geometry.Matches(source.Geometry));
        AssertInPlace(source, back);
    }

    [Fact]
    public void Write_OneSlice_ComesBack()
    {
        Volume source = Encoded(Oblique(new GridSize(1, 2, 3), new SpacingMm(4, 0.7, 0.9), new Vector3D(1, 2, 3)));

        Volume back = RoundTrip(source);

        Assert.True(back.Geometry.Matches(source.Geometry));
        Assert.Equal(4, back.Geometry.Spacing.K, 1e-9);
    }

    private Volume RoundTrip(Volume source)
    {
        DicomSeriesWriter.Write(_files.Folder, source, new DicomDataset());
        string[] paths = Directory.GetFiles(_files.Folder);
        Assert.Equal(source.Geometry.Grid.Depth, paths.Length);
        new Random(7).Shuffle(paths);
        return _files.Reader.Read(_files.Reader.OpenSingle(paths, TestContext.Current.CancellationToken), new(), null, TestContext.Current.CancellationToken);
    }

    /// <summary>Numbers the voxels by their place in the patient, whatever the storage order.</summary>
    private static Volume Encoded(VolumeGeometry geometry)
    {
        GridSize grid = geometry.Grid;
        short[] values = new short[grid.VoxelCount];
        for (int n = 0; n < values.Length; n++) values[n] = (short)(n * 37 - 500);
        return new Volume(geometry, [values], 0.25, -7);
    }

    /// <summary>The voxel of the source at the place of each read voxel has its value; the places agree within 1e-3 mm.</summary>
    private static void AssertInPlace(Volume source, Volume back)
    {
        GridSize grid = back.Geometry.Grid;
        float[] expected = source.ToFloats(0), actual = back.ToFloats(0);
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    Vector3D place = back.Geometry.IndexToPatient.Apply(i, j, k), index = source.Geometry.PatientToIndex.Apply(place);
                    (int si, int sj, int sk) = ((int)Math.Round(index.X), (int)Math.Round(index.Y), (int)Math.Round(index.Z));
                    Assert.True((source.Geometry.IndexToPatient.Apply(si, sj, sk) - place).Length < 1e-3);
                    Assert.Equal(expected[source.Geometry.Grid.Offset(sk, sj, si)], actual[grid.Offset(k, j, i)]);
                }
    }

    private static VolumeGeometry Oblique(GridSize grid, SpacingMm spacing, Vector3D origin)
    {
        (double sa, double ca) = Math.SinCos(0.31);
        (double sb, double cb) = Math.SinCos(-0.72);
        Vector3D i = new(ca * cb, sa * cb, -sb), j = new(-sa, ca, 0);
        return new VolumeGeometry(grid, new Affine(i * spacing.I, j * spacing.J, i.Cross(j) * spacing.K, origin));
    }
}
