using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;

namespace MedISeg.Tests.Training.Data.Augmentation;

/// <summary>3-D operations against the paper's code.</summary>
public sealed class VolumeGoldenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_QuarterTurns_EqualRot90(int turns)
    {
        NpyFile source = GoldenCase.Volume("img"), expected = GoldenCase.Volume($"rot90_{turns}_img");
        float[] result = new float[expected.Values.Length];
        new QuarterTurn(turns, false, false, false).Apply<float>(source.ToFloats(), GoldenCase.Grid(expected), result);
        Assert.Equal(expected.ToFloats(), result);
    }

    [Fact]
    public void Apply_AllMirrors_EqualThePapersCode()
    {
        NpyFile source = GoldenCase.Volume("img");
        float[] result = new float[source.Values.Length];
        new QuarterTurn(0, true, true, true).Apply<float>(source.ToFloats(), GoldenCase.Grid(source), result);
        Assert.Equal(GoldenCase.Volume("mirror_all_img").ToFloats(), result);
    }

    [Fact]
    public void Apply_TurnAndMirrors_IsTheTurnThenEachMirror()
    {
        GridSize patch = new(2, 3, 5), window = new QuarterTurn(1, true, false, true).WindowOf(patch);
        Assert.Equal(new GridSize(2, 5, 3), window);
        int[] source = [.. Enumerable.Range(0, 30)], turned = new int[30], both = new int[30], mirrored = new int[30];
        new QuarterTurn(1, false, false, false).Apply<int>(source, patch, turned);
        new QuarterTurn(0, true, false, true).Apply<int>(turned, patch, mirrored);
        new QuarterTurn(1, true, false, true).Apply<int>(source, patch, both);
        Assert.Equal(mirrored, both);
        // Height turns towards width: row 0 of the result is the last column of the window.
        Assert.Equal([2, 5, 8, 11, 14], turned[..5]);
    }

    [Theory]
    [InlineData("gamma0.7_img", 0.7)]
    [InlineData("gamma1.4_img", 1.4)]
    public void Gamma_Golden_EqualsThePapersCode(string name, double exponent)
    {
        float[] values = GoldenCase.Volume("img").ToFloats();
        VolumeIntensities.Gamma(values, exponent);
        GoldenCase.AssertClose(GoldenCase.Volume(name).ToFloats(), values, 1e-5);
    }

    [Fact]
    public void Noise_GoldenNumbers_AreClippedAtTwoDeviations()
    {
        float[] values = GoldenCase.Volume("img").ToFloats(), normal = GoldenCase.Volume("randn_used").ToFloats();
        for (int n = 0; n < values.Length; n++) values[n] += VolumeIntensities.Noise(normal[n], 0.1f);
        GoldenCase.AssertClose(GoldenCase.Volume("noise_img").ToFloats(), values, 1e-6);
        Assert.Contains(normal, value => Math.Abs(value) > 2);
    }

    [Fact]
    public void Read_Scaled_EqualsTheWholeVolumeResampled()
    {
        using TrainingCase source = GoldenCase.Case3D();
        using ScaledReader reader = new();
        NpyFile image = GoldenCase.Volume("scale1.13_img"), label = GoldenCase.Volume("scale1.13_label");
        GridSize scaled = SampleMaker.Scaled(source.Grid, 1.13);
        Assert.Equal(GoldenCase.Grid(image), scaled);
        float[] values = new float[scaled.VoxelCount];
        byte[] classes = new byte[scaled.VoxelCount];
        reader.Read(source, scaled, default, scaled, values, classes);
        GoldenCase.AssertClose(image.ToFloats(), values, GoldenCase.HalfTolerance);
        Assert.Equal(label.ToBytes(), classes);
    }

    [Fact]
    public void Read_WindowOfALargeScaledCase_EqualsThatPartOfTheWhole()
    {
        using TrainingCase source = ToyCases.Case(3, new GridSize(37, 53, 71));
        using ScaledReader reader = new();
        GridSize scaled = SampleMaker.Scaled(source.Grid, 0.87), window = new(5, 7, 11);
        Assert.Equal(new GridSize(32, 46, 61), scaled);
        float[] whole = new float[scaled.VoxelCount], part = new float[window.VoxelCount];
        byte[] wholeClasses = new byte[scaled.VoxelCount], partClasses = new byte[window.VoxelCount];
        reader.Read(source, scaled, default, scaled, whole, wholeClasses);
        foreach (VoxelIndex start in (VoxelIndex[])[new(13, 20, 25), new(-2, 41, -3), new(29, -1, 57)])
        {
            reader.Read(source, scaled, start, window, part, partClasses);
            for (int k = 0; k < window.Depth; k++)
                for (int j = 0; j < window.Height; j++)
                    for (int i = 0; i < window.Width; i++)
                    {
                        int z = start.K + k, y = start.J + j, x = start.I + i, to = (int)window.Offset(k, j, i);
                        bool inside = z >= 0 && z < 32 && y >= 0 && y < 46 && x >= 0 && x < 61;
                        Assert.Equal(inside ? whole[scaled.Offset(z, y, x)] : 0, part[to], 1e-5f);
                        Assert.Equal(inside ? wholeClasses[scaled.Offset(z, y, x)] : 0, partClasses[to]);
                    }
        }
    }

    [Theory]
    [InlineData("randomcrop6_mid_img", 6, 6, 6)]
    [InlineData("randomcrop14_10_4_mid_img", 4, 14, 10)]
    public void PublishedStarts_Golden_EqualRandomCrop(string name, int depth, int height, int width)
    {
        using TrainingCase source = GoldenCase.Case3D();
        GridSize patch = new(depth, height, width);
        bool pads = PaperCrop.Pads(source.Grid, patch);
        int Middle(int axis)
        {
            (int first, int count) = PaperCrop.PublishedStarts(source.Grid[axis], patch[axis], pads);
            return first + (count - 1) / 2;
        }
        AssertWindow(name, source, new VoxelIndex(Middle(0), Middle(1), Middle(2)), patch);
    }

    [Theory]
    [InlineData("centercrop6_img", 6, 6, 6)]
    [InlineData("centercrop14_14_6_img", 6, 14, 14)]
    public void Centre_Golden_EqualsCenterCrop(string name, int depth, int height, int width)
    {
        using TrainingCase source = GoldenCase.Case3D();
        GridSize patch = new(depth, height, width);
        AssertWindow(name, source, PaperCrop.Centre(source.Grid, patch), patch);
    }

    [Fact]
    public void Centre_OddRest_GoesToTheEvenStart() =>
        Assert.Equal(new VoxelIndex(0, 2, 2), PaperCrop.Centre(new GridSize(5, 7, 9), new GridSize(4, 4, 4)));

    [Fact]
    public void StartAt_Golden_EqualsSelectedCrop()
    {
        using TrainingCase source = GoldenCase.Case3D();
        // The chosen voxel is (6, 2, 2) in (y, x, z).
        VoxelIndex start = new(PaperCrop.StartAt(2, 6), PaperCrop.StartAt(6, 6), PaperCrop.StartAt(2, 6));
        byte[] classes = AssertWindow("selectedcrop6_img", source, start, new GridSize(6, 6, 6));
        Assert.Equal(GoldenCase.Volume("selectedcrop6_label").ToBytes(), classes);
    }

    private static byte[] AssertWindow(string name, TrainingCase source, VoxelIndex start, GridSize patch)
    {
        NpyFile expected = GoldenCase.Volume(name);
        Assert.Equal(GoldenCase.Grid(expected), patch);
        float[] image = new float[patch.VoxelCount];
        byte[] classes = new byte[patch.VoxelCount];
        WindowReader.Read(source, start, patch, image, classes);
        GoldenCase.AssertClose(expected.ToFloats(), image, GoldenCase.HalfTolerance);
        return classes;
    }
}
