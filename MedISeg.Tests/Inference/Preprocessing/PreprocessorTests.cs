using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Preprocessing;

public sealed class PreprocessorTests
{
    private static readonly VolumeGeometry Small = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(4, 2, 1));

    [Fact]
    public void Run_ColoursRgb_RepeatsGreyAndKeepsColour()
    {
        VolumeGeometry plane = VolumeGeometry.AxisAligned(new GridSize(1, 2, 3), new SpacingMm(1, 1, 1));
        Preprocessor preprocessor = new(new ModelGrid(), [], 2, 3, ColourRule.Rgb);
        byte[] grey = [1, 2, 3, 4, 5, 6], green = [9, 8, 7, 6, 5, 4];
        float[] asFloats = [1, 2, 3, 4, 5, 6];
        Assert.Equal([asFloats, asFloats, asFloats], preprocessor.Run(new Volume(plane, [grey]), CancellationToken.None).Channels);
        Assert.Equal([9, 8, 7, 6, 5, 4], preprocessor.Run(new Volume(plane, [grey, green, grey]), CancellationToken.None).Channels[1]);
    }

    [Fact]
    public void Run_ColoursGrey_WeighsRedGreenBlue()
    {
        VolumeGeometry plane = VolumeGeometry.AxisAligned(new GridSize(1, 1, 3), new SpacingMm(1, 1, 1));
        Preprocessor preprocessor = new(new ModelGrid(), [], 2, 1, ColourRule.Grey);
        Volume colour = new(plane, [new byte[] { 100, 0, 0 }, new byte[] { 0, 100, 0 }, new byte[] { 0, 0, 101 }]);
        Assert.Equal([30, 59, 12], preprocessor.Run(colour, CancellationToken.None).Channels[0]);
        Assert.Equal([7, 8, 9], preprocessor.Run(new Volume(plane, [new byte[] { 7, 8, 9 }]), CancellationToken.None).Channels[0]);
    }

    [Fact]
    public void Run_EveryAxisOrder_BringsEachPlaceToItsValue()
    {
        ModelGrid grid = new() { Orientation = "LAS", Spacing = [2.5, 1, 1.4] };
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            Volume image = PositionImages.Image(PositionImages.Oblique(order));
            PreparedImage prepared = new Preprocessor(grid, [], 3, 1).Run(image, CancellationToken.None);
            VolumeGeometry model = prepared.Mapping.Model;
            Assert.Equal(2.5, model.Spacing.K, 0.2);
            Assert.True(model.IndexToPatient.I.X > 0 && model.IndexToPatient.J.Y < 0 && model.IndexToPatient.K.Z > 0, "LAS");
            PositionImages.ForEach(model, (n, mm) =>
            {
                Vector3D index = image.Geometry.PatientToIndex.Apply(mm);
                bool interior = Enumerable.Range(0, 3).All(a => index[a] >= 0 && index[a] <= image.Geometry.Grid[2 - a] - 1);
                if (interior) Assert.Equal(PositionImages.Value(mm), prepared.Channels[0][n], 1e-3);
            });
        }
    }

    [Fact]
    public void Run_StepsInOrder_MapValues()
    {
        float[] channel = Run([new ClipStep(2, 20), new ZScoreStep(10, 4)]);
        for (int n = 0; n < 30; n++) Assert.Equal((Math.Clamp(n, 2, 20) - 10) / 4.0, channel[n], 1e-5);
    }

    [Fact]
    public void Run_OwnStatistics_AreThoseOfTheValuesSoFar()
    {
        float[] zScore = Run([new ClipStep(5, 100), new ZScoreStep()]);
        double[] clipped = [.. Enumerable.Range(0, 30).Select(n => Math.Max(5.0, n))];
        double mean = clipped.Average(), std = Math.Sqrt(clipped.Average(v => (v - mean) * (v - mean)));
        for (int n = 0; n < 30; n++) Assert.Equal((clipped[n] - mean) / std, zScore[n], 1e-5);

        float[] range = Run([new MinMaxStep()]);
        for (int n = 0; n < 30; n++) Assert.Equal(n / 29.0, range[n], 1e-5);

        float[] percentiles = Run([new PercentileClipStep(10, 90)]);
        for (int n = 0; n < 30; n++) Assert.Equal(Math.Clamp(n, 2.9, 26.1), percentiles[n], 1e-5);
    }

    [Fact]
    public void Run_ZScoreOverNonzero_LeavesZerosZero()
    {
        float[] values = [.. Enumerable.Range(0, 30).Select(n => n < 10 ? 0f : n)];
        float[] result = new Preprocessor(new ModelGrid(), [new ZScoreStep(Mask: "nonzero")], 3, 1)
            .Run(new Volume(Small, [values]), CancellationToken.None).Channels[0];
        double[] inside = [.. values.Where(v => v != 0).Select(v => (double)v)];
        double mean = inside.Average(), std = Math.Sqrt(inside.Average(v => (v - mean) * (v - mean)));
        for (int n = 0; n < 30; n++) Assert.Equal(n < 10 ? 0 : (values[n] - mean) / std, result[n], 1e-5);
    }

    [Fact]
    public void Run_ZScoreInsideTheClip_LeavesTheClippedOutOfTheStatistics()
    {
        float[] result = Run([new ClipStep(5, 20), new ZScoreStep(Mask: "inside")]);
        double[] inside = [.. Enumerable.Range(6, 14).Select(n => (double)n)];
        double mean = inside.Average(), std = Math.Sqrt(inside.Average(v => (v - mean) * (v - mean)));
        for (int n = 0; n < 30; n++) Assert.Equal((Math.Clamp(n, 5, 20) - mean) / std, result[n], 1e-5);
        Assert.All(Run([new ClipStep(40, 50), new ZScoreStep(Mask: "inside")]), v => Assert.Equal(0, v));
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => Run([new ZScoreStep(Mask: "inside")])).Code);
    }

    [Fact]
    public void Run_ConstantImage_GivesFiniteValues() =>
        Assert.All(new Preprocessor(new ModelGrid(), [new ZScoreStep(), new MinMaxStep()], 3, 1)
            .Run(new Volume(Small, [Enumerable.Repeat(7f, 30).ToArray()]), CancellationToken.None).Channels[0], v => Assert.Equal(0f, v));

    [Fact]
    public void Run_Rgb_IsNormalisedByChannelAndReordered()
    {
        VolumeGeometry plane = VolumeGeometry.AxisAligned(new GridSize(1, 2, 2), new SpacingMm(1, 1, 1));
        Volume image = new(plane, (byte[][])[[0, 51, 102, 153], [1, 2, 3, 4], [255, 255, 0, 0]]);
        IReadOnlyList<float[]> result = new Preprocessor(new ModelGrid(), [new ChannelOrderStep([2, 1, 0]), new ImageNetStep()], 2, 3)
            .Run(image, CancellationToken.None).Channels;
        Assert.Equal((1 - 0.485) / 0.229, result[0][0], 1e-5);
        Assert.Equal((2 / 255.0 - 0.456) / 0.224, result[1][1], 1e-5);
        Assert.Equal((153 / 255.0 - 0.406) / 0.225, result[2][3], 1e-5);
    }

    [Fact]
    public void Run_CropBeforeAndAfterNormalise_TakesStatisticsOfTheCropOrTheWhole()
    {
        float[] values = new float[30];
        (values[7], values[8], values[12], values[13]) = (1, 2, 3, 6);
        ModelGrid cropFirst = new() { Crop = CropKind.Nonzero };
        ModelGrid cropLast = cropFirst with { Order = [PreprocessingStep.Normalise, PreprocessingStep.Crop, PreprocessingStep.Resample] };
        PreparedImage first = new Preprocessor(cropFirst, [new ZScoreStep()], 3, 1).Run(new Volume(Small, [values]), CancellationToken.None);
        Assert.Equal(new GridSize(1, 2, 2), first.Mapping.Model.Grid);
        Assert.Equal(new VoxelIndex(0, 1, 2), first.Mapping.CropStart);
        Assert.Equal(-2 / Math.Sqrt(3.5), first.Channels[0][0], 1e-5);
        PreparedImage last = new Preprocessor(cropLast, [new ZScoreStep()], 3, 1).Run(new Volume(Small, [values]), CancellationToken.None);
        double std = Math.Sqrt(50 / 30.0 - 0.4 * 0.4);
        Assert.Equal([(1 - 0.4) / std, (2 - 0.4) / std, (3 - 0.4) / std, (6 - 0.4) / std], last.Channels[0].Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(SliceStatistics.Slice)]
    [InlineData(SliceStatistics.Volume)]
    public void Run_CropOfSlicesInAVolume_IsTheVolumes(SliceStatistics statistics)
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(4, 3, 5), new SpacingMm(4, 2, 1));
        float[] values = new float[60];
        // Slice 1 fills columns 1 and 2 of row 0, slice 2 column 3 of row 1; the others are empty.
        (values[16], values[17], values[38]) = (1, 2, 3);
        Preprocessor preprocessor = new(
            new ModelGrid { Crop = CropKind.Nonzero }, [new MinMaxStep(null, null)], 2, 1, slices: new ModelSlices { Statistics = statistics });
        PreparedImage prepared = preprocessor.Run(new Volume(geometry, [values]), CancellationToken.None);
        Assert.Equal(new VoxelIndex(1, 0, 1), prepared.Mapping.CropStart);
        Assert.Equal(new GridSize(2, 2, 3), prepared.Mapping.Model.Grid);
        float second = statistics == SliceStatistics.Slice ? 1 : 2 / 3f;
        Assert.Equal([second / 2, second, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], prepared.Channels[0]);
    }

    [Fact]
    public void Run_ResampleBeforeNormalise_TakesStatisticsOfTheModelGrid()
    {
        ModelGrid grid = new()
        {
            Spacing = [4, 2, 2.5],
            Order = [PreprocessingStep.Orient, PreprocessingStep.Resample, PreprocessingStep.Normalise],
        };
        float[] values = new Preprocessor(grid, [new ZScoreStep()], 3, 1).Run(new Volume(Small, [Ramp()]), CancellationToken.None).Channels[0];
        Assert.Equal(12, values.Length);
        Assert.Equal(0, values.Average(), 1e-5);
        Assert.Equal(1, values.Average(v => (double)v * v), 1e-5);
    }

    [Fact]
    public void BringLabels_OnTheImagesGrid_TakesTheNearestVoxel()
    {
        GridMapping mapping = GridMapping.Whole(Small, new ModelGrid { Spacing = [4, 2, 0.5] }, 3);
        byte[] labels = [.. Enumerable.Range(0, 30).Select(n => (byte)n)];
        LabelMap brought = Preprocessor.BringLabels(new LabelMap(Small, labels), mapping);
        Assert.Equal(new GridSize(2, 3, 10), brought.Geometry.Grid);
        for (int n = 0; n < 60; n++) Assert.Equal(labels[n / 2], brought.Bytes[n]);
        LabelMap elsewhere = new(VolumeGeometry.AxisAligned(Small.Grid, Small.Spacing, new(1, 0, 0)), labels);
        Assert.Equal(ErrorCode.InvalidGeometry, Assert.Throws<SegmentationException>(() => Preprocessor.BringLabels(elsewhere, mapping)).Code);
    }

    [Fact]
    public void Run_PlaneToThreeDimensionalModelOrVolumeToPlane_IsADimensionMismatch()
    {
        Volume plane = new(VolumeGeometry.AxisAligned(new GridSize(1, 2, 3), new SpacingMm(1, 1, 1)), [new float[6]]);
        Fails(ErrorCode.DimensionMismatch, new Preprocessor(new ModelGrid(), [], 3, 1), plane, "one plane and the model is 3-D");
        Fails(ErrorCode.DimensionMismatch, new Preprocessor(new ModelGrid(), [], 2, 1), new Volume(Small, [new float[30]]), "has 2 planes and the model is 2-D");
        Volume coronal = new(new VolumeGeometry(new GridSize(1, 2, 3), new Affine(new(1, 0, 0), new(0, 0, 1), new(0, 1, 0), default)), [new float[6]]);
        Fails(ErrorCode.DimensionMismatch, new Preprocessor(new ModelGrid { Orientation = "LPS" }, [], 2, 1), coronal, "plane is not the one");
    }

    [Fact]
    public void Run_RgbToOneChannelModel_IsAChannelMismatch() =>
        Fails(ErrorCode.ChannelMismatch, new Preprocessor(new ModelGrid(), [], 3, 1), new Volume(Small, [new byte[30], new byte[30], new byte[30]]),
            "has 3 channels and the model needs 1; convert the image, for example from RGB to grey");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Run_VoxelThatIsNotFinite_IsRefused(float bad)
    {
        float[] values = new float[30];
        values[29] = bad;
        Fails(ErrorCode.InvalidVoxels, new Preprocessor(new ModelGrid(), [], 3, 1), new Volume(Small, [values]), "not finite");
        double[] wide = new double[30];
        wide[11] = bad;
        Fails(ErrorCode.InvalidVoxels, new Preprocessor(new ModelGrid(), [], 3, 1), new Volume(Small, [wide]), "not finite");
        Fails(ErrorCode.InvalidVoxels, new Preprocessor(new ModelGrid(), [], 3, 1), new Volume(Small, [new short[30]], slope: bad), "not finite");
    }

    [Fact]
    public void Run_SlopeThatLeavesSinglePrecision_IsRefused() =>
        Fails(ErrorCode.InvalidVoxels, new Preprocessor(new ModelGrid(), [new ZScoreStep()], 3, 1),
            new Volume(Small, [Enumerable.Range(0, 30).Select(n => (short)(n * 1000)).ToArray()], slope: 1e37), "beyond 32-bit floats");

    [Fact]
    public void Run_SpacingThatWouldNeedTooManyVoxels_IsTooLarge() =>
        Fails(ErrorCode.TooLarge, new Preprocessor(new ModelGrid { Spacing = [1e-3, 1e-3, 1e-3] }, [], 3, 1), new Volume(Small, [new byte[30]]), "At the model's spacing");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_SizeMeanAndStd_EqualsThePapersCodeWithinALevel(bool bgr)
    {
        // cv2.resize to 64 x 64 by lines between pixel centres, rounded to levels, then albumentations Normalize.
        NpyFile source = NpyFile.Golden("aug2d/img.npy"), resized = NpyFile.Golden("aug2d/resize64.npy"), normalised = NpyFile.Golden("aug2d/normalize.npy");
        Volume image = new(
            VolumeGeometry.AxisAligned(new GridSize(1, 60, 80), new SpacingMm(1, 0.7, 0.4)),
            [.. Enumerable.Range(0, 3).Select(c => source.As<byte>().Where((_, n) => n % 3 == c).ToArray())]);
        IntensityStep[] steps = bgr ? [new ChannelOrderStep([2, 1, 0]), new ImageNetStep()] : [new ImageNetStep()];
        PreparedImage prepared = new Preprocessor(new ModelGrid { Size = [64, 64] }, steps, 2, 3).Run(image, CancellationToken.None);
        double[] mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225];
        for (int c = 0; c < 3; c++)
            for (int n = 0; n < 4096; n++)
            {
                // With blue first its levels get the mean and deviation of red, as in the published code.
                double expected = bgr ? (resized.As<byte>()[3 * n + 2 - c] / 255.0 - mean[c]) / std[c] : normalised.As<float>()[c * 4096 + n];
                Assert.Equal(expected, prepared.Channels[c][n], 1.01 / 255 / std[c]);
            }
        Assert.Equal(new GridSize(1, 64, 64), prepared.Mapping.Model.Grid);
        // The field of view stays: edges of the outermost pixels, in mm.
        Assert.Equal(60 * 0.7 / 64, prepared.Mapping.Model.Spacing.J, 1e-9);
        Assert.Equal(80 * 0.4 / 64, prepared.Mapping.Model.Spacing.I, 1e-9);
        Vector3D first = prepared.Mapping.Model.IndexToPatient.Apply(-0.5, -0.5, 0), last = prepared.Mapping.Model.IndexToPatient.Apply(63.5, 63.5, 0);
        Assert.Equal((-0.2, -0.35), (first.X, first.Y));
        Assert.Equal(31.8, last.X, 1e-9);
        Assert.Equal(41.65, last.Y, 1e-9);
    }

    private static float[] Ramp() => [.. Enumerable.Range(0, 30).Select(n => (float)n)];

    private static float[] Run(IReadOnlyList<IntensityStep> steps) =>
        new Preprocessor(new ModelGrid(), steps, 3, 1).Run(new Volume(Small, [Ramp()]), CancellationToken.None).Channels[0];

    private static void Fails(ErrorCode code, Preprocessor preprocessor, Volume image, string message)
    {
        SegmentationException e = Assert.Throws<SegmentationException>(() => preprocessor.Run(image, CancellationToken.None));
        Assert.Equal(code, e.Code);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }
}
