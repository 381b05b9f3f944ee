using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Tiling;

public sealed class SlidingWindowTests
{
    private static readonly double[] Half = [0.5, 0.5, 0.5];

    public static TheoryData<int, PatchPlacement, BlendKind> Ways()
    {
        TheoryData<int, PatchPlacement, BlendKind> ways = [];
        for (int axis = 0; axis < 3; axis++)
            foreach (PatchPlacement placement in Enum.GetValues<PatchPlacement>())
                foreach (BlendKind blend in Enum.GetValues<BlendKind>())
                    ways.Add(axis, placement, blend);
        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_IdentityPredictor_ReturnsTheImage(int axis, PatchPlacement placement, BlendKind blend)
    {
        foreach ((GridSize image, GridSize patch) in ((GridSize, GridSize)[])
            [(new(13, 17, 11), new(4, 6, 5)), (new(2, 3, 5), new(4, 6, 5)), (new(5, 3, 31), new(5, 4, 7)), (new(1, 30, 21), new(1, 8, 8))])
        {
            float[] values = Ramp(image);
            (CollectingSink sink, long bytes) = Run(values, image, patch, axis, placement, blend);
            Assert.True(sink.IsComplete);
            for (int n = 0; n < values.Length; n++)
            {
                Assert.Equal(values[n], sink.Scores[n], 1e-4f);
                Assert.Equal(-values[n], sink.Scores[values.Length + n], 1e-4f);
            }
            Assert.Equal(AccumulatorPlan.Along(PatchGrid.Create(image, patch, Half, placement), 2, axis).Bytes, bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_ScoresThatDependOnThePlaceInThePatch_AreTheWeightedMeanOfAllPatches(int axis, PatchPlacement placement, BlendKind blend)
    {
        GridSize image = new(9, 14, 10), patch = new(4, 6, 5);
        PatchGrid grid = PatchGrid.Create(image, patch, Half, placement);
        BlendWeights weights = BlendWeights.Create(blend, patch);
        double[] sum = new double[image.VoxelCount], total = new double[image.VoxelCount];
        foreach (int k0 in grid.Starts(0))
            foreach (int j0 in grid.Starts(1))
                foreach (int i0 in grid.Starts(2))
                    for (int k = 0; k < 4; k++)
                        for (int j = 0; j < 6; j++)
                            for (int i = 0; i < 5; i++)
                            {
                                long voxel = image.Offset(k0 + k, j0 + j, i0 + i);
                                sum[voxel] += weights[k, j, i] * PlaceScore(k, j, i);
                                total[voxel] += weights[k, j, i];
                            }

        ScoresPredictor predictor = new(1, 1, (_, size, scores) =>
        {
            for (int k = 0; k < size.Depth; k++)
                for (int j = 0; j < size.Height; j++)
                    for (int i = 0; i < size.Width; i++)
                        scores[(int)size.Offset(k, j, i)] = PlaceScore(k, j, i);
        });
        CollectingSink sink = new(image, 1);
        SlidingWindow.Run([new float[image.VoxelCount]], grid, default, AccumulatorPlan.Along(grid, 1, axis), blend, PaddingKind.Constant,
            predictor, sink, null, CancellationToken.None);

        for (int n = 0; n < sum.Length; n++) Assert.Equal(sum[n] / total[n], sink.Scores[n], 1e-4);

        static float PlaceScore(int k, int j, int i) => 3 * k - 2 * j + 0.5f * i * i;
    }

    [Fact]
    public void Run_Bands_StayThin()
    {
        GridSize image = new(40, 64, 64), patch = new(16, 16, 16);
        (CollectingSink sink, _) = Run(Ramp(image), image, patch, 0, PatchPlacement.Even, BlendKind.Gaussian);
        Assert.True(sink.LargestBand < 2 * image.VoxelCount / 4, $"a band of {sink.LargestBand} scores is no band");
        Assert.True(sink.Bands > 10);
    }

    [Fact]
    public void Run_MoreSlicesAlongTheStreamingAxis_HoldsNoMoreSums()
    {
        GridSize patch = new(8, 12, 12);
        long[] bytes = [.. new[] { 32, 64, 128 }.Select(depth =>
            Run(new float[depth * 30 * 40], new GridSize(depth, 30, 40), patch, 0, PatchPlacement.Pullback, BlendKind.Gaussian).Bytes)];
        Assert.Equal(bytes[0], bytes[1]);
        Assert.Equal(bytes[1], bytes[2]);
        // classes, (p - step + a strip of p lines) planes: 4 carried planes and 4 lines-strips of 12 of 30.
        Assert.Equal(sizeof(float) * 2 * 40 * (4 * 30 + 4 * 12), bytes[0]);
    }

    [Fact]
    public void Run_ParallelPatches_GiveTheSameBytes()
    {
        GridSize image = new(40, 80, 80), patch = new(32, 64, 64);
        float[] first = Run(Ramp(image), image, patch, 0, PatchPlacement.Even, BlendKind.Gaussian).Sink.Scores;
        float[] second = Run(Ramp(image), image, patch, 0, PatchPlacement.Even, BlendKind.Gaussian).Sink.Scores;
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    [InlineData(2, 4)]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    public void Run_AnyThreadsAndBatch_GivesTheSameBytesAndReportsPatchesInOrder(int threads, int batch)
    {
        GridSize image = new(40, 70, 60), patch = new(16, 40, 36);
        for (int axis = 0; axis < 3; axis++)
        {
            float[] expected = RunWith(new WindowSettings(1, 1), axis, out List<long> single);
            Assert.Equal(Enumerable.Range(1, single.Count).Select(n => (long)n), single);
            Assert.True(expected.AsSpan().SequenceEqual(RunWith(new WindowSettings(threads, batch), axis, out List<long> done)), $"axis {axis}");
            Assert.Equal(Enumerable.Range(1, (single.Count + batch - 1) / batch).Select(n => Math.Min(single.Count, n * (long)batch)), done);
        }

        float[] RunWith(WindowSettings settings, int axis, out List<long> done)
        {
            PatchGrid grid = PatchGrid.Create(image, patch, Half, PatchPlacement.Even);
            CollectingSink sink = new(image, 2);
            List<long> heard = done = [];
            SlidingWindow.Run([Ramp(image)], grid, default, AccumulatorPlan.Along(grid, 2, axis), BlendKind.Gaussian, PaddingKind.Constant,
                PaddingKind.Constant, settings, PlaceInPatch(), sink, heard.Add, CancellationToken.None);
            return sink.Scores;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_SinkFails_ThrowsWhatItThrewAndStops(int threads)
    {
        GridSize image = new(40, 20, 20);
        PatchGrid grid = PatchGrid.Create(image, new GridSize(8, 8, 8), Half, PatchPlacement.Even);
        ScoresPredictor predictor = new(1, 1, (patch, _, scores) => patch.CopyTo(scores));
        FailingSink sink = new();
        InvalidTimeZoneException e = Assert.Throws<InvalidTimeZoneException>(() => SlidingWindow.Run([new float[16000]], grid, default,
            AccumulatorPlan.Along(grid, 1, 0), BlendKind.Gaussian, PaddingKind.Constant, PaddingKind.Constant, new WindowSettings(threads, 1), predictor,
            sink, null, CancellationToken.None));
        Assert.Equal("band 2", e.Message);
        Assert.InRange(predictor.Calls, 1, grid.Count / 2);
        Assert.False(sink.IsComplete);
    }

    [Fact]
    public void Run_PredictorFailsBesideTheOtherThread_ThrowsWhatItThrew()
    {
        GridSize image = new(40, 20, 20);
        PatchGrid grid = PatchGrid.Create(image, new GridSize(8, 8, 8), Half, PatchPlacement.Even);
        int calls = 0;
        ScoresPredictor predictor = new(1, 1, (patch, _, scores) =>
        {
            if (++calls == 5) throw new InvalidTimeZoneException("call 5");
            patch.CopyTo(scores);
        });
        InvalidTimeZoneException e = Assert.Throws<InvalidTimeZoneException>(() => SlidingWindow.Run([new float[16000]], grid, default,
            AccumulatorPlan.Along(grid, 1, 0), BlendKind.Gaussian, PaddingKind.Constant, PaddingKind.Constant, new WindowSettings(2, 1), predictor,
            new CollectingSink(image, 1), null, CancellationToken.None));
        Assert.Equal("call 5", e.Message);
    }

    [Fact]
    public void Sets_LargeScores_AreHeldOnce()
    {
        Assert.Equal(2, new WindowSettings(2, 1).Sets(1 << 20, 1 << 22));
        Assert.Equal(1, new WindowSettings(1, 1).Sets(1 << 20, 1 << 22));
        Assert.Equal(1, new WindowSettings(2, 1).Sets(1 << 21, 104 << 21));
        Assert.Equal(8, new WindowSettings(2, 8).BatchOf(1 << 21, 1 << 21));
        Assert.Equal(9, new WindowSettings(2, 64).BatchOf(1 << 21, 104 << 21));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_CancelledInAPatch_StopsBeforeTheNextAndNeverCompletes(int threads)
    {
        GridSize image = new(20, 20, 20);
        PatchGrid grid = PatchGrid.Create(image, new GridSize(8, 8, 8), Half, PatchPlacement.Even);
        using CancellationTokenSource source = new();
        ScoresPredictor predictor = new(1, 1, (patch, _, scores) =>
        {
            patch.CopyTo(scores);
            source.Cancel();
        });
        CollectingSink sink = new(image, 1);
        Assert.Throws<OperationCanceledException>(() => SlidingWindow.Run([new float[8000]], grid, default, AccumulatorPlan.Smallest(grid, 1),
            BlendKind.Gaussian, PaddingKind.Constant, PaddingKind.Constant, new WindowSettings(threads, 1), predictor, sink, null, source.Token));
        Assert.Equal(1, predictor.Calls);
        Assert.False(sink.IsComplete);
    }

    [Theory]
    [InlineData(PaddingKind.Constant, new float[] { 0, 0, 1, 2, 3, 0, 0, 0 })]
    [InlineData(PaddingKind.Edge, new float[] { 1, 1, 1, 2, 3, 3, 3, 3 })]
    [InlineData(PaddingKind.Reflect, new float[] { 3, 2, 1, 2, 3, 2, 1, 2 })]
    public void Read_OutsideTheImage_ExtendsAsAsked(PaddingKind padding, float[] expected)
    {
        PatchReader reader = new([[1, 2, 3]], new GridSize(1, 1, 3), new GridSize(1, 1, 8), padding);
        float[] patch = new float[8];
        reader.Read(new VoxelIndex(0, 0, -2), patch);
        Assert.Equal(expected, patch);
        PatchReader upright = new([[1, 2, 3]], new GridSize(3, 1, 1), new GridSize(8, 1, 1), padding);
        upright.Read(new VoxelIndex(-2, 0, 0), patch);
        Assert.Equal(expected, patch);
    }

    [Fact]
    public void Smallest_LongAxis_IsTheStreamingAxis()
    {
        for (int axis = 0; axis < 3; axis++)
        {
            int[] sides = [30, 30, 30];
            sides[axis] = 90;
            PatchGrid grid = PatchGrid.Create(new GridSize(sides[0], sides[1], sides[2]), new GridSize(8, 8, 8), Half, PatchPlacement.Even);
            Assert.Equal(axis, AccumulatorPlan.Smallest(grid, 3).StreamingAxis);
        }
    }

    private static (CollectingSink Sink, long Bytes) Run(
        float[] values, GridSize image, GridSize patch, int axis, PatchPlacement placement, BlendKind blend)
    {
        PatchGrid grid = PatchGrid.Create(image, patch, Half, placement);
        ScoresPredictor predictor = new(1, 2, (input, _, scores) =>
        {
            input.CopyTo(scores);
            for (int n = 0; n < input.Length; n++) scores[input.Length + n] = -input[n];
        });
        CollectingSink sink = new(image, 2);
        long bytes = SlidingWindow.Run([values], grid, default, AccumulatorPlan.Along(grid, 2, axis), blend, PaddingKind.Reflect, predictor, sink,
            null, CancellationToken.None);
        return (sink, bytes);
    }

    /// <summary>Two classes whose scores depend on image and place; takes batches.</summary>
    private static ScoresPredictor PlaceInPatch() => new(1, 2, (input, size, scores) =>
    {
        int voxels = (int)size.VoxelCount;
        for (int n = 0; n < input.Length; n++)
        {
            (int patch, int voxel) = Math.DivRem(n, voxels);
            scores[2 * patch * voxels + voxel] = input[n] + voxel % 7;
            scores[(2 * patch + 1) * voxels + voxel] = -input[n] * (voxel % 5);
        }
    });

    /// <summary>Throws at the second band.</summary>
    private sealed class FailingSink : IBandSink
    {
        private int _bands;

        public bool IsComplete { get; private set; }

        public void Accept(in Band band)
        {
            if (++_bands == 2) throw new InvalidTimeZoneException("band 2");
        }

        public void Complete() => IsComplete = true;
    }

    private static float[] Ramp(GridSize size) => [.. Enumerable.Range(0, (int)size.VoxelCount).Select(n => n % 97 * 0.25f - 10)];
}
