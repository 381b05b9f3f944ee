using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;

namespace MedISeg.Tests.Training.Data.Augmentation;

public sealed class SampleMakerTests
{
    private static readonly GridSize Patch = new(3, 4, 6);
    private static readonly SamplingOptions Anywhere = new() { Placement = PlacementRule.Random };

    [Fact]
    public void Fill_NoOperation_IsTheSamplerThenTheCutter()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(9, 12, 17));
        SamplingOptions sampling = new() { Foreground = 0.5 };
        AugmentationOptions options = new() { Flips = ["k", "i"], Intensity = 0.5 };
        for (int n = 0; n < 20; n++)
        {
            SeededRandom random = new(3, n, 2), same = new(3, n, 2);
            (float[] image, byte[] classes) = Fill(source, 3, options, sampling, ref random);
            float[] expected = new float[Patch.VoxelCount];
            byte[] expectedClasses = new byte[Patch.VoxelCount];
            VoxelIndex start = new PatchSampler(Patch, sampling, 3).Draw(source, ref same);
            new PatchCutter(Patch, options).Cut(source, start, ref same, expected, expectedClasses);
            Assert.Equal(expected, image);
            Assert.Equal(expectedClasses, classes);
        }
    }

    [Fact]
    public void Fill_FlipAndRotateIn3D_GivesSubsetsOfTheCaseInAll32Positions()
    {
        using TrainingCase source = Positions(new GridSize(7, 9, 11), 1);
        HashSet<(int, int, int)> steps = [];
        for (int n = 0; n < 600; n++)
        {
            SeededRandom random = new(5, n, 2);
            (float[] image, byte[] classes) = Fill(source, 3, Of(AugmentationOperation.Flip, AugmentationOperation.Rotate), Anywhere, ref random);
            // The value of a voxel is its place in the case, so that the steps along the patch's axes say how it was turned.
            int first = (int)image[0];
            steps.Add(((int)image[24] - first, (int)image[6] - first, (int)image[1] - first));
            for (int v = 0; v < image.Length; v++) Assert.Equal((int)image[v] % 3, classes[v]);
        }
        int[] plane = [99, -99], row = [11, -11], column = [1, -1];
        IEnumerable<(int, int, int)> all = plane.SelectMany(k => row.SelectMany(j => column.SelectMany(i => new[] { (k, j, i), (k, i, j) })));
        Assert.Equal(all.Order(), steps.Order());
    }

    [Fact]
    public void Fill_RotateIn3D_NeverLeavesThePlaneAndFillsAPatchThatIsNotSquare()
    {
        using TrainingCase source = Positions(new GridSize(3, 6, 6), 1);
        for (int n = 0; n < 100; n++)
        {
            SeededRandom random = new(6, n, 2);
            (float[] image, _) = Fill(source, 3, Of(AugmentationOperation.Rotate), Anywhere, ref random);
            for (int v = 0; v < image.Length; v++) Assert.Equal(v / 24, (int)image[v] / 36);
            Assert.Equal(image.Length, image.Distinct().Count());
        }
    }

    [Fact]
    public void Fill_GtAugAIn3D_AlwaysChangesIntensitiesAndNeverClasses()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(9, 12, 17));
        for (int n = 0; n < 20; n++)
        {
            SeededRandom random = new(3, n, 2), same = new(3, n, 2);
            (float[] image, byte[] classes) = Fill(source, 3, Of(AugmentationOperation.GtAugA), Anywhere, ref random);
            (float[] plain, byte[] plainClasses) = Fill(source, 3, new AugmentationOptions(), Anywhere, ref same);
            Assert.Equal(plainClasses, classes);
            Assert.NotEqual(plain, image);
        }
    }

    [Theory]
    [InlineData(NoiseUnit.Absolute, 0.1)]
    [InlineData(NoiseUnit.Range, 0.5)]
    [InlineData(NoiseUnit.Deviation, 0.25)]
    public void AddNoise_Unit_ScalesTheDeviation(NoiseUnit unit, double deviation)
    {
        // Half 0, half 5: range 5, standard deviation 2.5.
        float[] values = [.. Enumerable.Range(0, 20000).Select(n => n % 2 * 5f)], before = [.. values];
        SeededRandom random = new(1, 2, 3);
        VolumeIntensities.AddNoise(values, 0.1, unit, ref random);
        double[] noise = [.. values.Select((v, n) => (double)v - before[n])];
        Assert.Equal(2 * deviation, noise.Max(Math.Abs), 1e-5);
        // A normal number clipped at two deviations has 0.9594 of its deviation.
        Assert.Equal(0.9594 * deviation, Math.Sqrt(noise.Average(v => v * v)), 0.01 * deviation * 2);
    }

    [Fact]
    public void DrawExponent_ManyDraws_HalfAreBelowOneAndAllInRange()
    {
        SeededRandom random = new(1, 2, 3);
        double[] exponents = new double[4000];
        for (int n = 0; n < exponents.Length; n++) exponents[n] = VolumeIntensities.DrawExponent(ref random);
        Assert.InRange(exponents.Count(e => e < 1), 1900, 2100);
        Assert.InRange(exponents.Min(), 0.5, 0.502);
        Assert.InRange(exponents.Max(), 1.998, 2);
    }

    [Fact]
    public void Fill_ScaleIn3D_KeepsForegroundInPatchesThatMustHoldIt()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(24, 33, 45));
        for (int n = 0; n < 60; n++)
        {
            SeededRandom random = new(3, n, 2);
            (float[] image, byte[] classes) = Fill(source, 3, Of(AugmentationOperation.Scale), new SamplingOptions { Foreground = 1 }, ref random);
            Assert.Contains(classes, c => c > 0);
            (float smallest, float largest) = source.Range(0);
            Assert.All(image, v => Assert.InRange(v, smallest, largest));
        }
    }

    [Fact]
    public void Fill_2DPartsCompat_ChangeNothingAndFixedDo()
    {
        GridSize grid = new(1, 11, 13);
        using TrainingCase source = Positions(grid, 1);
        foreach (AugmentationOperation part in (AugmentationOperation[])[AugmentationOperation.Flip, AugmentationOperation.Rotate, AugmentationOperation.Scale])
        {
            int changed = 0;
            for (int n = 0; n < 20; n++)
            {
                float[] plain = Plane(source, new AugmentationOptions(), n), real = Plane(source, Of(part), n);
                Assert.Equal(plain, Plane(source, Of(part) with { Compat = true }, n));
                changed += plain.SequenceEqual(real) ? 0 : 1;
            }
            Assert.InRange(changed, 5, 20);
            Assert.NotEqual(Plane(source, new AugmentationOptions(), 1), Plane(source, Of(AugmentationOperation.GtAugB) with { Compat = true }, 1));
        }
    }

    [Fact]
    public void Fill_All2DOperationsOnAColourImage_StayWithinItsLevels()
    {
        using TrainingCase source = ColourCase();
        GridSize patch = new(1, 16, 24);
        GreyLevels levels = new([new ImageNetStep()], 3);
        using SampleMaker maker = new(patch, 2, Anywhere, Of(AugmentationOperation.All), 2, levels);
        HashSet<float> first = [];
        for (int n = 0; n < 40; n++)
        {
            SeededRandom random = new(4, n, 2), again = new(4, n, 2);
            float[] image = new float[3 * patch.VoxelCount], repeated = new float[3 * patch.VoxelCount];
            byte[] classes = new byte[patch.VoxelCount];
            maker.Fill(source, ref random, image, classes);
            maker.Fill(source, ref again, repeated, classes);
            Assert.Equal(image, repeated);
            for (int c = 0; c < 3; c++)
            {
                float low = (float)(-((double[])[0.485, 0.456, 0.406])[c] / ((double[])[0.229, 0.224, 0.225])[c]);
                float high = low + (float)(1 / ((double[])[0.229, 0.224, 0.225])[c]);
                foreach (float v in image.AsSpan(c * 384, 384)) Assert.InRange(v, low - 1e-3f, high + 1e-3f);
            }
            first.Add(image[0]);
        }
        Assert.True(first.Count > 30);
    }

    [Fact]
    public void Draw_OverSam_LaysTheVoxelBehindTheMiddleAsOftenAsAsked()
    {
        // One foreground voxel alone, at (4, 5, 6): a patch of OverSam starts 3, 3 and 4 before it.
        GridSize grid = new(9, 12, 17);
        byte[] classes = new byte[grid.VoxelCount];
        classes[grid.Offset(4, 5, 6)] = 2;
        using TrainingCase source = new(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [new float[grid.VoxelCount]], classes, 3);
        PatchSampler always = new(new GridSize(4, 5, 6), new SamplingOptions { Placement = PlacementRule.OverSam, OverSam = 1 }, 3);
        PatchSampler sometimes = new(new GridSize(4, 5, 6), new SamplingOptions { Placement = PlacementRule.OverSam }, 3);
        int there = 0;
        for (int n = 0; n < 2000; n++)
        {
            SeededRandom random = new(8, n, 2), other = new(8, n, 2);
            Assert.Equal(new VoxelIndex(1, 2, 2), always.Draw(source, ref random));
            there += sometimes.Draw(source, ref other) == new VoxelIndex(1, 2, 2) ? 1 : 0;
        }
        // 0.3 and what chance adds: 1 of 6 * 8 * 12 other places.
        Assert.InRange(there, 540, 670);
    }

    [Fact]
    public void Draw_RandomCompat_MissesTheLastPlaceAndPadsAllAxes()
    {
        using TrainingCase source = Positions(new GridSize(8, 12, 10), 1);
        (HashSet<int> K, HashSet<int> J, HashSet<int> I) inside = Starts(source, new GridSize(6, 6, 6)), padded = Starts(source, new GridSize(4, 14, 10));
        Assert.Equal(Enumerable.Range(0, 2), inside.K.Order());
        Assert.Equal(Enumerable.Range(0, 6), inside.J.Order());
        Assert.Equal(Enumerable.Range(0, 4), inside.I.Order());
        Assert.Equal(Enumerable.Range(-1, 6), padded.K.Order());
        Assert.Equal(Enumerable.Range(-4, 6), padded.J.Order());
        Assert.Equal(Enumerable.Range(-3, 6), padded.I.Order());
    }

    [Theory]
    [InlineData(3, AugmentationOperation.Clahe, "augmentation.operations[0]")]
    [InlineData(3, AugmentationOperation.Shift, "augmentation.operations[0]")]
    [InlineData(2, AugmentationOperation.Noise, "augmentation.operations[0]")]
    public void Check_OperationOfOtherDimensions_IsNamed(int dimensionality, AugmentationOperation operation, string key) =>
        Assert.Equal(key, Assert.Single(Of(operation).Check(dimensionality)).Key);

    [Fact]
    public void Check_OperationsBesideFlips_IsRefused()
    {
        KeyError error = Assert.Single((Of(AugmentationOperation.Flip) with { Flips = ["k"] }).Check(3));
        Assert.Equal("augmentation.operations", error.Key);
        Assert.Empty(Of(AugmentationOperation.All).Check(3));
        Assert.Empty(Of(AugmentationOperation.All).Check(2));
    }

    private static AugmentationOptions Of(params AugmentationOperation[] operations) => new() { Operations = operations };

    private static (HashSet<int> K, HashSet<int> J, HashSet<int> I) Starts(TrainingCase source, GridSize patch)
    {
        PatchSampler sampler = new(patch, Anywhere with { Compat = true }, 3);
        HashSet<int> k = [], j = [], i = [];
        for (int n = 0; n < 500; n++)
        {
            SeededRandom random = new(5, n, 2);
            VoxelIndex start = sampler.Draw(source, ref random);
            k.Add(start.K);
            j.Add(start.J);
            i.Add(start.I);
        }
        return (k, j, i);
    }

    /// <summary>Every voxel of the case says where it is.</summary>
    private static TrainingCase Positions(GridSize grid, int channels)
    {
        int voxels = (int)grid.VoxelCount;
        float[] image = [.. Enumerable.Range(0, voxels).Select(n => (float)n)];
        byte[] classes = [.. Enumerable.Range(0, voxels).Select(n => (byte)(n % 3))];
        return new TrainingCase(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [.. Enumerable.Repeat(image, channels)], classes, 3);
    }

    private static TrainingCase ColourCase()
    {
        GridSize grid = new(1, 20, 30);
        SeededRandom random = new(1, 1, 1);
        float[][] channels = [new float[600], new float[600], new float[600]];
        for (int c = 0; c < 3; c++)
            for (int n = 0; n < 600; n++)
                channels[c][n] = (float)((random.NextInt(256) / 255.0 - ((double[])[0.485, 0.456, 0.406])[c]) / ((double[])[0.229, 0.224, 0.225])[c]);
        return new TrainingCase(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), channels, [.. Enumerable.Range(0, 600).Select(n => (byte)(n % 2))], 2);
    }

    private static (float[] Image, byte[] Classes) Fill(
        TrainingCase source, int dimensionality, AugmentationOptions options, SamplingOptions sampling, ref SeededRandom random)
    {
        using SampleMaker maker = new(Patch, dimensionality, sampling, options, 3, new GreyLevels([], source.Channels));
        float[] image = new float[source.Channels * Patch.VoxelCount];
        byte[] classes = new byte[Patch.VoxelCount];
        maker.Fill(source, ref random, image, classes);
        return (image, classes);
    }

    private static float[] Plane(TrainingCase source, AugmentationOptions options, int n)
    {
        using SampleMaker maker = new(source.Grid, 2, Anywhere, options, 3, new GreyLevels([], 1));
        SeededRandom random = new(7, n, 2);
        float[] image = new float[source.Grid.VoxelCount];
        maker.Fill(source, ref random, image, new byte[source.Grid.VoxelCount]);
        return image;
    }
}
