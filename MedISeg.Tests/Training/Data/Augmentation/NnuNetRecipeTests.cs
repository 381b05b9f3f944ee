using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;

namespace MedISeg.Tests.Training.Data.Augmentation;

/// <summary>nnU-Net's operations. Expected arrays are those of scipy 1.10 and torch 1.13 on the same numbers.</summary>
public sealed class NnuNetRecipeTests
{
    private static readonly GridSize Small = new(2, 3, 5);
    private static readonly SamplingOptions Anywhere = new() { Placement = PlacementRule.Random };

    private static float[] Numbers => [.. Enumerable.Range(0, 30).Select(n => (float)(n * 37 % 29))];

    // scipy.ndimage.gaussian_filter1d(axis, mode="mirror"), kernel cut off at the whole voxel beyond three deviations.
    private static readonly float[] Blurred =
    [
        11.103f, 13.593f, 16.195f, 15.172f, 13.203f, 12.892f, 13.794f, 15.14f, 14.46f, 13.681f, 14.205f, 13.351f, 13.888f, 14.158f, 14.425f,
        12.311f, 13.911f, 15.025f, 15.329f, 14.02f, 14.089f, 14.034f, 13.754f, 14.184f, 13.623f, 15.413f, 13.669f, 12.663f, 13.527f, 13.323f,
    ];

    // torch.nn.functional.interpolate(mode="nearest-exact") to 1x2x3, then mode="trilinear" back.
    private static readonly float[] Lowered = [4, 10.4f, 20, 12.2f, 7, 15, 15.6f, 16.5f, 8.7f, 3.5f, 26, 20.8f, 13, 5.2f, 0];

    // scipy.ndimage.map_coordinates(order=1, mode="grid-constant"), of the image and of each class.
    private static readonly float[] Turned =
    [
        50.35f, 57.272f, 46.243f, 62.825f, 53.694f, 59.919f, 44.386f, 22.08f, 52.69f, 36.322f, 41.322f, 48.605f, 67.031f, 55.161f, 72.939f,
        72.401f, 63.719f, 42.034f, 44.395f, 51.678f, 59.966f, 40.31f, 70.991f, 48.614f, 33.996f, 34.628f, 30.175f, 63.438f, 56.983f, 44.658f,
    ];

    private static readonly byte[] TurnedClasses = [1, 2, 1, 2, 0, 1, 2, 0, 1, 2, 1, 1, 0, 1, 2, 2, 0, 1, 0, 0, 2, 0, 1, 2, 0, 1, 2, 0, 2, 0];

    [Fact]
    public void Blur_ThreeAxes_EqualsScipy()
    {
        float[] values = Numbers;
        using AxisFilter filter = new();
        filter.Blur(values, Small, 0, 0.6);
        filter.Blur(values, Small, 1, 0.9);
        filter.Blur(values, Small, 2, 0.75);
        GoldenCase.AssertClose(Blurred, values, 1e-3);
    }

    [Fact]
    public void LowerResolution_ThreeAxes_EqualsTorch()
    {
        float[] values = Numbers;
        using AxisFilter filter = new();
        for (int axis = 0; axis < 3; axis++) filter.LowerResolution(values, Small, axis, 0.6);
        GoldenCase.AssertClose([.. Lowered, .. Lowered], values, 1e-4);
    }

    [Fact]
    public void Read_TurnedAndScaled_EqualsScipy()
    {
        using TrainingCase source = Numbered(new GridSize(4, 5, 7));
        (float[] image, byte[] classes) = Read(source, new VoxelTransform(0.4, -0.3, 0.25, 0.9, 1.2), new VoxelIndex(1, 1, 1), Small);
        GoldenCase.AssertClose(Turned, image, 1e-3);
        Assert.Equal(TurnedClasses, classes);
    }

    [Fact]
    public void Read_Identity_IsTheWindowBitByBit()
    {
        using TrainingCase source = Numbered(new GridSize(4, 5, 7));
        GridSize window = new(3, 4, 6);
        foreach (VoxelIndex start in (VoxelIndex[])[new(0, 0, 0), new(-1, 2, 3), new(2, -3, -2)])
        {
            float[] expected = new float[window.VoxelCount];
            byte[] expectedClasses = new byte[window.VoxelCount];
            WindowReader.Read(source, start, window, expected, expectedClasses);
            (float[] image, byte[] classes) = Read(source, new VoxelTransform(0, 0, 0, 1, 1), start, window);
            Assert.Equal(expected, image);
            Assert.Equal(expectedClasses, classes);
        }
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, 1)]
    public void Apply_QuarterTurn_BringsAnAxisToTheNext(int aboutK, int aboutJ, int aboutI)
    {
        const double Quarter = Math.PI / 2;
        VoxelTransform transform = new(aboutK * Quarter, aboutJ * Quarter, aboutI * Quarter, 1, 1);
        (double k, double j, double i) = transform.Apply(2, 3, 5);
        double[] expected = aboutK == 1 ? [2, -5, 3] : aboutJ == 1 ? [5, 3, -2] : [-3, 2, 5];
        Assert.Equal(expected[0], k, 1e-12);
        Assert.Equal(expected[1], j, 1e-12);
        Assert.Equal(expected[2], i, 1e-12);
    }

    [Fact]
    public void Fill_RotateAndScale_MoveImageAndClassesAlike()
    {
        // The image is the class: a voxel whose eight neighbours agree must show its class.
        GridSize grid = new(21, 25, 33), patch = new(9, 10, 13);
        byte[] truth = [.. Enumerable.Range(0, (int)grid.VoxelCount).Select(n => (byte)(n / (7 * 33) % 3))];
        using TrainingCase source = new(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [[.. truth.Select(c => (float)c)]], truth, 3);
        int moved = 0;
        for (int n = 0; n < 60; n++)
        {
            (float[] image, byte[] classes) = Fill(source, patch, 3, n, AugmentationOperation.NnuRotate, AugmentationOperation.NnuScale, AugmentationOperation.Flip);
            for (int v = 0; v < image.Length; v++)
            {
                Assert.InRange(image[v], 0, 2.00001f);
                if (image[v] == MathF.Round(image[v])) continue;
                moved++;
                // Between two classes a voxel has the nearer one, unless it lies between all three.
                Assert.True(Math.Abs(image[v] - classes[v]) < 1.5, $"{image[v]} {classes[v]}");
            }
            Assert.All(image.Zip(classes).Where(p => p.First is 0 or 2), p => Assert.Equal((byte)p.First, p.Second));
        }
        Assert.True(moved > 1000, $"{moved}");
    }

    [Theory]
    [InlineData(3, 8, 9, 10, false, 30)]
    [InlineData(3, 8, 20, 24, false, 30)]
    [InlineData(3, 8, 20, 25, true, 180)]
    [InlineData(2, 1, 20, 24, true, 180)]
    [InlineData(2, 1, 20, 31, true, 15)]
    public void LargestAngle_ShapeOfThePatch_IsNnuNets(int dimensionality, int depth, int height, int width, bool inPlane, double degrees)
    {
        using NnuNetRecipe recipe = new(Plan(AugmentationOperation.NnuNet), new GridSize(depth, height, width), dimensionality);
        Assert.Equal(inPlane, recipe.InPlane);
        Assert.Equal(degrees, recipe.LargestAngle * 180 / Math.PI, 1e-9);
    }

    [Fact]
    public void DrawTransform_FlatPatch_NeverLeavesThePlane()
    {
        using NnuNetRecipe recipe = new(Plan(AugmentationOperation.NnuNet), new GridSize(4, 16, 20), 3);
        int changes = 0;
        for (int n = 0; n < 2000; n++)
        {
            SeededRandom random = new(1, n, 2);
            if (recipe.DrawTransform(ref random) is not { } transform) continue;
            changes++;
            Assert.Equal((3, 0, 0), transform.Apply(3, 0, 0));
            Assert.Equal(0, transform.Apply(0, 3, 5).K);
        }
        // Neither in 0.8 * 0.8 of the samples.
        Assert.InRange(changes, 640, 800);
    }

    [Theory]
    [InlineData(AugmentationOperation.NnuNoise, 0.1)]
    [InlineData(AugmentationOperation.NnuBlur, 0.1)]
    [InlineData(AugmentationOperation.NnuBrightness, 0.15)]
    [InlineData(AugmentationOperation.NnuContrast, 0.15)]
    [InlineData(AugmentationOperation.NnuLowResolution, 0.125)]
    [InlineData(AugmentationOperation.NnuGammaInverted, 0.1)]
    [InlineData(AugmentationOperation.NnuGamma, 0.3)]
    public void ChangeIntensities_OneOperation_RunsByItsChance(AugmentationOperation operation, double chance)
    {
        // Blur and resolution take half of the channels; one channel is changed half as often.
        GridSize patch = new(3, 4, 8);
        using NnuNetRecipe recipe = new(Plan(operation), patch, 3);
        float[] before = [.. Enumerable.Range(0, 96).Select(n => n * 37 % 29 - 11f)];
        int changed = 0;
        for (int n = 0; n < 2000; n++)
        {
            SeededRandom random = new(4, n, 2);
            float[] values = [.. before];
            recipe.ChangeIntensities(values, 1, ref random);
            if (!values.SequenceEqual(before)) changed++;
        }
        double deviation = Math.Sqrt(2000 * chance * (1 - chance));
        // A scale near 1 keeps all voxels, so that fewer patches are changed than the chance says.
        double kept = operation == AugmentationOperation.NnuLowResolution ? 0.15 * 2000 * chance : 0;
        Assert.InRange(changed, (2000 * chance) - kept - (4 * deviation), (2000 * chance) + (4 * deviation));
    }

    [Fact]
    public void Contrast_Factor_StretchesAboutTheMeanAndStaysInRange()
    {
        float[] values = [-2, 0, 1, 5];
        NnuNetRecipe.Contrast(values, 1.25f);
        Assert.Equal([-2, -0.25f, 1, 5], values);
        NnuNetRecipe.Contrast(values, 0.75f);
        GoldenCase.AssertClose([-1.265625f, 0.046875f, 0.984375f, 3.984375f], values, 1e-6);
    }

    [Fact]
    public void Gamma_Exponent_KeepsMeanAndDeviation()
    {
        float[] values = [-1, 0, 1, 4];
        NnuNetRecipe.Gamma(values, 1);
        GoldenCase.AssertClose([-1, 0, 1, 4], values, 1e-5);
        NnuNetRecipe.Gamma(values, 1.5);
        (double mean, double deviation) = IntensityMoments.Of(values);
        Assert.Equal(1, mean, 1e-5);
        Assert.Equal(Math.Sqrt(3.5), deviation, 1e-5);
        // numpy: x = ((v + 1) / 5) ** 1.5 * 5 - 1, brought back to the mean and deviation of v.
        GoldenCase.AssertClose([-0.592878f, -0.168359f, 0.607844f, 4.153393f], values, 1e-4);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void Fill_WholeRecipe_DependsOnSeedStepAndSampleAloneAndAllocatesNothing(int dimensionality)
    {
        GridSize patch = dimensionality == 3 ? new(4, 6, 8) : new(1, 6, 8);
        using TrainingCase source = Numbered(dimensionality == 3 ? new(9, 12, 17) : new(1, 12, 17));
        using SampleMaker maker = new(patch, dimensionality, Anywhere, Of(AugmentationOperation.NnuNet), 3, new GreyLevels([], 1));
        float[] image = new float[patch.VoxelCount], again = new float[patch.VoxelCount];
        byte[] classes = new byte[patch.VoxelCount], classesAgain = new byte[patch.VoxelCount];
        for (int n = 0; n < 200; n++) Make(n, image, classes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 200; n++) Make(n, image, classes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Make(37, image, classes);
        Make(36, again, classesAgain);
        Assert.NotEqual(image, again);
        Make(37, again, classesAgain);
        Assert.Equal(image, again);
        Assert.Equal(classes, classesAgain);

        void Make(int n, float[] values, byte[] truth)
        {
            SeededRandom random = new(2022, n, 2);
            maker.Fill(source, ref random, values, truth);
        }
    }

    [Fact]
    public void Fill_NoChanceDrawn_IsThePlainPatch()
    {
        using TrainingCase source = Numbered(new GridSize(9, 12, 17));
        GridSize patch = new(4, 6, 8);
        AugmentationOptions options = Of(AugmentationOperation.NnuRotate, AugmentationOperation.NnuScale);
        using NnuNetRecipe recipe = new(new AugmentationPlan(options, 3), patch, 3);
        int plain = 0;
        for (int n = 0; n < 50; n++)
        {
            SeededRandom random = new(3, n, 2), same = new(3, n, 2);
            (float[] image, byte[] classes) = Fill(source, patch, ref random, 3, options);
            if (recipe.DrawTransform(ref same) is not null) continue;
            plain++;
            VoxelIndex start = new PatchSampler(patch, Anywhere, 3).Draw(source, ref same);
            float[] expected = new float[patch.VoxelCount];
            byte[] expectedClasses = new byte[patch.VoxelCount];
            WindowReader.Read(source, start, patch, expected, expectedClasses);
            Assert.Equal(expected, image);
            Assert.Equal(expectedClasses, classes);
        }
        Assert.InRange(plain, 20, 45);
    }

    private static AugmentationOptions Of(params AugmentationOperation[] operations) => new() { Operations = operations };

    private static AugmentationPlan Plan(AugmentationOperation operation) => new(Of(operation), 3);

    private static TrainingCase Numbered(GridSize grid)
    {
        int voxels = (int)grid.VoxelCount;
        return new TrainingCase(
            VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [[.. Enumerable.Range(0, voxels).Select(n => (float)(n * 37 % 101))]],
            [.. Enumerable.Range(0, voxels).Select(n => (byte)(n * 11 / 9 % 3))], 3);
    }

    private static (float[] Image, byte[] Classes) Read(TrainingCase source, VoxelTransform transform, VoxelIndex start, GridSize window)
    {
        float[] image = new float[window.VoxelCount];
        byte[] classes = new byte[window.VoxelCount];
        TransformedReader.Read(source, transform, start, window, image, classes);
        return (image, classes);
    }

    private static (float[] Image, byte[] Classes) Fill(TrainingCase source, GridSize patch, int dimensionality, int n, params AugmentationOperation[] operations)
    {
        SeededRandom random = new(3, n, 2);
        return Fill(source, patch, ref random, dimensionality, Of(operations));
    }

    private static (float[] Image, byte[] Classes) Fill(
        TrainingCase source, GridSize patch, ref SeededRandom random, int dimensionality, AugmentationOptions options)
    {
        using SampleMaker maker = new(patch, dimensionality, Anywhere, options, 3, new GreyLevels([], 1));
        float[] image = new float[patch.VoxelCount];
        byte[] classes = new byte[patch.VoxelCount];
        maker.Fill(source, ref random, image, classes);
        return (image, classes);
    }
}
