using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;

namespace MedISeg.Tests.Training.Data.Augmentation;

/// <summary>2-D operations against the paper's code (albumentations and OpenCV).</summary>
public sealed class PlaneGoldenTests
{
    private static NpyFile Source => NpyFile.Golden("aug2d/resize64.npy");

    [Fact]
    public void BrightnessContrast_Golden_IsEqual()
    {
        byte[] table = new byte[256];
        LevelTables.BrightnessContrast(1.13, -0.08, table);
        AssertTable("brightcontrast_a1.13_b-0.08", table);
    }

    [Theory]
    [InlineData(0.85)]
    [InlineData(1.17)]
    public void Gamma_Golden_IsEqual(double exponent)
    {
        byte[] table = new byte[256];
        LevelTables.Gamma(exponent, table);
        AssertTable(FormattableString.Invariant($"gamma{exponent}"), table);
    }

    [Fact]
    public void Clahe_GoldenGrey_IsEqualWithinOneLevel()
    {
        // The one-channel vector starts from the first channel.
        byte[] levels = GoldenCase.Channel(Source, 0);
        Clahe.Apply(levels, 64, 64, 2.5);
        Assert.InRange(GoldenCase.LargestDifference(NpyFile.Golden("aug2d/clahe2.5_gray.npy").As<byte>(), levels), 0, 1);
    }

    [Fact]
    public void Clahe_GoldenColour_IsEqualWithinOneLevel()
    {
        byte[][] c = [GoldenCase.Channel(Source, 0), GoldenCase.Channel(Source, 1), GoldenCase.Channel(Source, 2)];
        LightnessColour.FromRgb(c[0], c[1], c[2]);
        Clahe.Apply(c[0], 64, 64, 2.5);
        LightnessColour.ToRgbLevels(c[0], c[1], c[2]);
        NpyFile expected = NpyFile.Golden("aug2d/clahe2.5.npy");
        for (int n = 0; n < 3; n++) Assert.InRange(GoldenCase.LargestDifference(GoldenCase.Channel(expected, n), c[n]), 0, 1);
    }

    [Fact]
    public void Matrix_Golden_IsEqual()
    {
        double[][] matrix = GoldenTransform().Matrix;
        double[] expected = [0.9797589748733304, 0.4300841210218773, -9.070057520699043, -0.4300841210218773, 0.9797589748733304, 11.625242103679227];
        for (int n = 0; n < 6; n++) Assert.Equal(expected[n], matrix[n / 3][n % 3], 1e-12);
        (double x, double y) = GoldenTransform().Forward(3, 11);
        (x, y) = GoldenTransform().Back(x, y);
        Assert.Equal(3, x, 1e-12);
        Assert.Equal(11, y, 1e-12);
    }

    [Fact]
    public void Read_ShiftScaleRotate_EqualsOpenCv()
    {
        using TrainingCase source = Case(out GridSize grid);
        float[] image = new float[3 * grid.VoxelCount];
        byte[] classes = new byte[grid.VoxelCount];
        PlaneReader.Read(source, GoldenTransform(), default, grid, image, classes);
        NpyFile expected = NpyFile.Golden("aug2d/ssr_img.npy");
        for (int c = 0; c < 3; c++)
            GoldenCase.AssertClose([.. GoldenCase.Channel(expected, c).Select(v => (float)v)], image.AsSpan(c * 4096, 4096), 1.3);

        byte[] mask = NpyFile.Golden("aug2d/ssr_mask.npy").As<byte>();
        for (int n = 0; n < mask.Length; n++)
        {
            (double x, double y) = GoldenTransform().Back(n % 64, n / 64);
            // OpenCV counts places in steps of 1/1024 pixel: only there may the nearest pixel be another.
            bool between = Math.Abs(x - Math.Floor(x) - 0.5) < 2e-3 || Math.Abs(y - Math.Floor(y) - 0.5) < 2e-3;
            if (!between) Assert.Equal(mask[n], classes[n]);
        }
        Assert.Contains((byte)1, classes);
    }

    [Fact]
    public void Read_WindowOfATransformedPlane_IsThatPartOfIt()
    {
        using TrainingCase source = Case(out GridSize grid);
        GridSize window = new(1, 6, 9);
        float[] whole = new float[3 * grid.VoxelCount], part = new float[3 * window.VoxelCount];
        byte[] wholeClasses = new byte[grid.VoxelCount], partClasses = new byte[window.VoxelCount];
        PlaneReader.Read(source, GoldenTransform(), default, grid, whole, wholeClasses);
        PlaneReader.Read(source, GoldenTransform(), new VoxelIndex(0, -2, 60), window, part, partClasses);
        for (int c = 0; c < 3; c++)
            for (int j = 0; j < 6; j++)
                for (int i = 0; i < 9; i++)
                    Assert.Equal(j >= 2 && i < 4 ? whole[c * 4096 + (j - 2) * 64 + 60 + i] : 0, part[c * 54 + j * 9 + i]);
        Assert.Equal(wholeClasses[3 * 64 + 62], partClasses[5 * 9 + 2]);
    }

    [Fact]
    public void Take_ImageNetIntensities_GivesTheLevelsBack()
    {
        NpyFile normalised = NpyFile.Golden("aug2d/normalize.npy");
        GreyLevels levels = new([new ImageNetStep()], 3);
        Assert.True(levels.AreKnown);
        byte[] grey = new byte[4096];
        float[] restored = new float[4096];
        for (int c = 0; c < 3; c++)
        {
            ReadOnlySpan<float> values = normalised.As<float>().AsSpan(c * 4096, 4096);
            (float, float) map = levels.Take(values, c, grey);
            Assert.Equal(GoldenCase.Channel(Source, c), grey);
            GreyLevels.Restore(grey, map, restored);
            GoldenCase.AssertClose(values.ToArray(), restored, 1e-5);
        }
    }

    [Fact]
    public void Take_OwnStatistics_SpreadsThePatchOverAllLevels()
    {
        GreyLevels levels = new([new ZScoreStep()], 1);
        Assert.False(levels.AreKnown);
        byte[] grey = new byte[3];
        (float, float) map = levels.Take([-1.5f, 0, 3.5f], 0, grey);
        Assert.Equal([0, 76, 255], grey);
        float[] values = new float[3];
        GreyLevels.Restore(grey, map, values);
        GoldenCase.AssertClose([-1.5f, 0, 3.5f], values, 0.011);
    }

    [Fact]
    public void Resample_ToAnotherNumberOfPixels_EqualsOpenCvsResize()
    {
        NpyFile source = NpyFile.Golden("aug2d/img.npy");
        VolumeGeometry from = VolumeGeometry.AxisAligned(new GridSize(1, 60, 80), new SpacingMm(1, 1, 1));
        VolumeGeometry to = VolumeGeometry.AxisAligned(new GridSize(1, 64, 64), new SpacingMm(1, 60.0 / 64, 80.0 / 64), new Vector3D(0.125, -0.03125, 0));
        for (int c = 0; c < 3; c++)
        {
            float[] resized = VolumeResampler.Resample(
                new Volume(from, [GoldenCase.Channel(source, c)]), 0, to, Interpolation.Linear, IntensityMap.Identity, CancellationToken.None);
            GoldenCase.AssertClose([.. GoldenCase.Channel(Source, c).Select(v => (float)v)], resized, 1);
        }
    }

    private static PlaneTransform GoldenTransform() => new(64, 64, 23.7, 1.07, 0.06, -0.04);

    private static TrainingCase Case(out GridSize grid)
    {
        grid = new GridSize(1, 64, 64);
        float[][] channels = [.. Enumerable.Range(0, 3).Select(c => GoldenCase.Channel(Source, c).Select(v => (float)v).ToArray())];
        byte[] mask = [.. NpyFile.Golden("aug2d/mask64.npy").As<byte>()];
        return new TrainingCase(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), channels, mask, 256);
    }

    private static void AssertTable(string name, byte[] table)
    {
        byte[] levels = [.. Source.As<byte>()];
        LevelTables.Apply(table, levels);
        Assert.Equal(NpyFile.Golden($"aug2d/{name}.npy").As<byte>(), levels);
    }
}
