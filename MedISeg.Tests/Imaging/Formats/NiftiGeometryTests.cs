using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Formats;

/// <summary>The image encodes its own position: the value of a voxel is its x, y or z in mm.</summary>
public sealed class NiftiGeometryTests
{
    private const double ToleranceMm = 1e-3;

    private static readonly ImageLimits Limits = new();

    private static readonly VolumeGeometry Oblique = new(new GridSize(4, 3, 5),
        Rotated(0.3, -0.5, 1.1, new(0.7, 1.3, 2.9), new(-111.3, 47.25, -893.7)));

    private static readonly VolumeGeometry Sheared = new(
        new GridSize(2, 3, 5), new Affine(new(0.7, 0.1, -0.05), new(-0.2, 1.1, 0.2), new(0.1, -0.3, 2.5), new(10, -20, 30)));

    public static TheoryData<int, bool> Orders()
    {
        TheoryData<int, bool> data = [];
        for (int n = 0; n < 48; n++)
            foreach (bool gzip in new[] { false, true })
                data.Add(n, gzip);
        return data;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void WriteThenRead_RampInEveryAxisOrder_ValueIsThePositionInMm(int order, bool gzip)
    {
        AxisOrientation turn = AxisOrientation.All().ElementAt(order);
        foreach (VolumeGeometry geometry in new[] { Oblique, Sheared,
            VolumeGeometry.AxisAligned(new(2, 3, 5), new(5, 0.5, 0.8), new(-90, 12, 300)) })
        {
            VolumeGeometry stored = turn.Apply(geometry);
            using MemoryStream stream = new();
            NiftiWriter.Write(stream, Ramp(stored), gzip);
            stream.Position = 0;
            AssertRamp(NiftiReader.Read(stream, Limits), stored.Grid);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Read_QformOnlyInEveryAxisOrder_ValueIsThePositionInMm(int version, bool bigEndian)
    {
        foreach (AxisOrientation turn in AxisOrientation.All())
        {
            VolumeGeometry stored = turn.Apply(Oblique);
            AssertRamp(NiftiReader.Read(HandMadeQform(stored, version, bigEndian).ToStream(), Limits), stored.Grid);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Read_SformOnlyInEveryAxisOrder_ValueIsThePositionInMm(int version, bool bigEndian)
    {
        foreach (AxisOrientation turn in AxisOrientation.All())
        {
            VolumeGeometry stored = turn.Apply(Sheared);
            HandMadeNifti file = HandMadeRamp(stored, version, bigEndian);
            file.SformCode = 2;
            file.Rows = RasRows(stored.IndexToPatient);
            // A qform that says something else, and pixel sizes that are nonsense: the sform wins.
            file.QformCode = 1;
            file.Quaternion = [0, 0, 0];
            file.Pixdim = [1, -9, 0, 9, 1, 1, 1, 1];
            AssertRamp(NiftiReader.Read(file.ToStream(), Limits), stored.Grid);
        }
    }

    [Fact]
    public void Read_NeitherForm_IsPixelSizesAlongRightAnteriorSuperior()
    {
        HandMadeNifti file = new() { Pixdim = [-1, 0.5, 2, 3, 1, 1, 1, 1], Rows = new double[12], QuaternionOffset = [7, 7, 7] };
        Affine map = NiftiReader.Read(file.ToStream(), Limits).Geometry.IndexToPatient;
        Assert.Equal(new Affine(new(-0.5, 0, 0), new(0, -2, 0), new(0, 0, 3), new(0, 0, 0)), map);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1000)]
    [InlineData(2, 1)]
    [InlineData(3, 0.001)]
    [InlineData(2 + 8, 1)]
    [InlineData(1 + 16, 1000)]
    public void Read_UnitOfLength_IsTurnedIntoMm(int units, double toMm)
    {
        HandMadeNifti file = new() { Units = units, SformCode = 1, Rows = [2, 0, 0, -10, 0, 3, 0, 20, 0, 0, 4, 30] };
        VolumeGeometry geometry = NiftiReader.Read(file.ToStream(), Limits).Geometry;
        Assert.Equal(2 * toMm, geometry.Spacing.I, 1e-9);
        Assert.Equal(4 * toMm, geometry.Spacing.K, 1e-9);
        Assert.Equal(10 * toMm, geometry.IndexToPatient.Origin.X, 1e-9);
        Assert.Equal(-20 * toMm, geometry.IndexToPatient.Origin.Y, 1e-9);
        Assert.Equal(30 * toMm, geometry.IndexToPatient.Origin.Z, 1e-9);
    }

    [Fact]
    public void Read_QuaternionLongerThanOneByRounding_IsAHalfTurn()
    {
        HandMadeNifti file = new() { QformCode = 1, Quaternion = [0, 1.0000002, 0] };
        Affine map = NiftiReader.Read(file.ToStream(), Limits).Geometry.IndexToPatient;
        // Half a turn about RAS y: x and z change sign; then RAS to LPS.
        Assert.True((map.I - new Vector3D(1, 0, 0)).Length < 1e-6);
        Assert.True((map.J - new Vector3D(0, -1, 0)).Length < 1e-6);
        Assert.True((map.K - new Vector3D(0, 0, -1)).Length < 1e-6);
    }

    [Theory]
    [InlineData(1.2, 0, 1.0)]
    [InlineData(double.NaN, 0, 1.0)]
    [InlineData(0, 0, -1.0)]
    [InlineData(0, 0, 0.0)]
    [InlineData(0, double.PositiveInfinity, 1.0)]
    public void Read_ImpossibleQform_IsInvalidGeometry(double b, double offset, double pixel) =>
        Assert.Equal(ErrorCode.InvalidGeometry, Assert.Throws<SegmentationException>(() => NiftiReader.Read(
            new HandMadeNifti { QformCode = 1, Quaternion = [b, 0, 0], QuaternionOffset = [offset, 0, 0],
                Pixdim = [1, 1, pixel, 1, 1, 1, 1, 1] }.ToStream(),
            Limits)).Code);

    [Theory]
    [InlineData(new double[] { 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0 })]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new double[] { double.NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0 })]
    public void Read_SingularSform_IsInvalidGeometry(double[] rows) =>
        Refusal.Is(ErrorCode.InvalidGeometry,
            "affine", () => NiftiReader.Read(new HandMadeNifti { SformCode = 1, Rows = rows }.ToStream(), Limits));

    [Fact]
    public void Write_RigidAffine_SformAndQformAgree()
    {
        foreach (AxisOrientation turn in AxisOrientation.All())
        {
            VolumeGeometry stored = turn.Apply(Oblique);
            byte[] bytes = Written(stored);
            Assert.Equal(1, BitConverter.ToInt16(bytes, 252));
            Assert.Equal(1, BitConverter.ToInt16(bytes, 254));
            // Without the sform the qform must say the same.
            bytes[254] = 0;
            AssertRamp(NiftiReader.Read(new MemoryStream(bytes), Limits), stored.Grid);
        }
    }

    [Fact]
    public void Write_ShearedAffine_HasNoQform()
    {
        byte[] bytes = Written(Sheared);
        Assert.Equal(0, BitConverter.ToInt16(bytes, 252));
        Assert.Equal(1, BitConverter.ToInt16(bytes, 254));
    }

    private static byte[] Written(VolumeGeometry geometry)
    {
        using MemoryStream stream = new();
        NiftiWriter.Write(stream, Ramp(geometry), gzip: false);
        return stream.ToArray();
    }

    /// <summary>Three channels: x, y and z of each voxel in mm, LPS.</summary>
    private static Volume Ramp(VolumeGeometry geometry)
    {
        float[][] channels = [.. Enumerable.Range(0, 3).Select(_ => new float[geometry.Grid.VoxelCount])];
        int n = 0;
        for (int k = 0; k < geometry.Grid.Depth; k++)
            for (int j = 0; j < geometry.Grid.Height; j++)
                for (int i = 0; i < geometry.Grid.Width; i++, n++)
                    for (int c = 0; c < 3; c++)
                        channels[c][n] = (float)geometry.IndexToPatient.Apply(i, j, k)[c];
        return new Volume(geometry, channels);
    }

    private static void AssertRamp(Volume volume, GridSize grid)
    {
        Assert.Equal(grid, volume.Geometry.Grid);
        float[] value = new float[1];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                    for (int c = 0; c < 3; c++)
                    {
                        volume.ReadRow(c, k, j, i, value);
                        Assert.Equal(volume.Geometry.IndexToPatient.Apply(i, j, k)[c], value[0], ToleranceMm);
                    }
    }

    private static HandMadeNifti HandMadeRamp(VolumeGeometry geometry, int version, bool bigEndian)
    {
        GridSize grid = geometry.Grid;
        HandMadeNifti file = new()
        {
            Version = version,
            BigEndian = bigEndian,
            Datatype = 16,
            Bitpix = 32,
            Dim = [4, grid.Width, grid.Height, grid.Depth, 3, 1, 1, 1],
        };
        Volume ramp = Ramp(geometry);
        file.Voxels = [.. Enumerable.Range(0, 3).SelectMany(c => file.Floats(4, [.. ramp.ToFloats(c).Select(v => (double)v)]))];
        return file;
    }

    private static HandMadeNifti HandMadeQform(VolumeGeometry geometry, int version, bool bigEndian)
    {
        HandMadeNifti file = HandMadeRamp(geometry, version, bigEndian);
        double[] rows = RasRows(geometry.IndexToPatient);
        double[,] unit = new double[3, 3];
        for (int column = 0; column < 3; column++)
        {
            double length = Math.Sqrt(rows[column] * rows[column] + rows[4 + column] * rows[4 + column] + rows[8 + column] * rows[8 + column]);
            file.Pixdim[column + 1] = length;
            for (int row = 0; row < 3; row++) unit[row, column] = rows[4 * row + column] / length;
        }
        double determinant = geometry.IndexToPatient.Determinant;
        if (determinant < 0)
            for (int row = 0; row < 3; row++)
                unit[row, 2] *= -1;
        file.Pixdim[0] = determinant < 0 ? -1 : 1;
        file.QformCode = 1;
        file.Quaternion = SearchQuaternion(unit);
        file.QuaternionOffset = [rows[3], rows[7], rows[11]];
        return file;
    }

    /// <summary>b, c, d as the eigenvector of Bar-Itzhack's matrix, found by power iteration: no branch in common with the product's
    /// way.</summary>
    private static double[] SearchQuaternion(double[,] r)
    {
        double[,] matrix =
        {
            { r[0, 0] - r[1, 1] - r[2, 2], r[1, 0] + r[0, 1], r[2, 0] + r[0, 2], r[2, 1] - r[1, 2] },
            { r[1, 0] + r[0, 1], r[1, 1] - r[0, 0] - r[2, 2], r[2, 1] + r[1, 2], r[0, 2] - r[2, 0] },
            { r[2, 0] + r[0, 2], r[2, 1] + r[1, 2], r[2, 2] - r[0, 0] - r[1, 1], r[1, 0] - r[0, 1] },
            { r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1], r[0, 0] + r[1, 1] + r[2, 2] },
        };
        double[] v = [0.5, 0.4, 0.3, 0.7];
        for (int round = 0; round < 500; round++)
        {
            double[] next = new double[4];
            for (int row = 0; row < 4; row++)
            {
                // Shifted by 2: the wanted eigenvalue is the largest (3), the others are -1.
                next[row] = 2 * v[row];
                for (int column = 0; column < 4; column++) next[row] += matrix[row, column] * v[column];
            }
            double length = Math.Sqrt(next.Sum(x => x * x));
            v = [.. next.Select(x => x / length)];
        }
        double sign = v[3] < 0 ? -1 : 1;
        return [sign * v[0], sign * v[1], sign * v[2]];
    }

    private static double[] RasRows(Affine lps) =>
    [
        -lps.I.X, -lps.J.X, -lps.K.X, -lps.Origin.X,
        -lps.I.Y, -lps.J.Y, -lps.K.Y, -lps.Origin.Y,
        lps.I.Z, lps.J.Z, lps.K.Z, lps.Origin.Z,
    ];

    private static Affine Rotated(double alpha, double beta, double gamma, Vector3D spacing, Vector3D origin)
    {
        Affine z = new(new(Math.Cos(alpha), Math.Sin(alpha), 0), new(-Math.Sin(alpha), Math.Cos(alpha), 0), new(0, 0, 1), default);
        Affine y = new(new(Math.Cos(beta), 0, -Math.Sin(beta)), new(0, 1, 0), new(Math.Sin(beta), 0, Math.Cos(beta)), default);
        Affine x = new(new(1, 0, 0), new(0, Math.Cos(gamma), Math.Sin(gamma)), new(0, -Math.Sin(gamma), Math.Cos(gamma)), default);
        Affine turn = z * y * x;
        return new Affine(turn.I * spacing.X, turn.J * spacing.Y, turn.K * spacing.Z, origin);
    }
}
