using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;

namespace MedISeg.Tests.Training.Data;

[Collection(TrainingTests.Name)]
public sealed class BatchLoaderTests
{
    private static readonly GridSize Patch = new(4, 6, 8);

    [Fact]
    public void Take_SameSeed_GivesTheSameBatchesFromAnyFirstStep()
    {
        using TrainingCase a = ToyCases.Case(1, new GridSize(12, 17, 23)), b = ToyCases.Case(2, new GridSize(9, 12, 30));
        float[][] all = Batches([a, b], seed: 5, first: 0), later = Batches([a, b], seed: 5, first: 4), other = Batches([a, b], seed: 6, first: 4);
        Assert.Equal(10, all.Length);
        for (int n = 0; n < later.Length; n++) Assert.Equal(all[n + 4], later[n]);
        Assert.NotEqual(all[4], other[0]);
        Assert.Equal(10, all.Select(batch => batch.Sum()).Distinct().Count());
    }

    [Fact]
    public void Take_AfterTheLastStep_IsAnError()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(12, 17, 23));
        using BatchLoader loader = Loader([source], 1, 0, 1);
        float[] image = new float[2 * Patch.VoxelCount];
        byte[] classes = new byte[2 * Patch.VoxelCount];
        loader.Take(0, image, classes);
        Assert.Throws<InvalidOperationException>(() => loader.Take(1, image, classes));
    }

    [Fact]
    public void Take_SteadyState_AllocatesNothing()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(12, 17, 23));
        using BatchLoader loader = Loader([source], 1, 0, 400);
        float[] image = new float[2 * Patch.VoxelCount];
        byte[] classes = new byte[2 * Patch.VoxelCount];
        for (int step = 0; step < 100; step++) loader.Take(step, image, classes);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int step = 100; step < 400; step++) loader.Take(step, image, classes);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 300 * 1024);
    }

    [Fact]
    public void Take_AllOperations_GivesTheSameBatchesFromAnyFirstStep()
    {
        using TrainingCase a = ToyCases.Case(1, new GridSize(12, 17, 23)), b = ToyCases.Case(2, new GridSize(9, 12, 30));
        AugmentationOptions all = new() { Operations = [AugmentationOperation.All] };
        float[] whole = new float[2 * Patch.VoxelCount], later = new float[2 * Patch.VoxelCount], before = [];
        byte[] classes = new byte[2 * Patch.VoxelCount];
        using BatchLoader fromStart = Loader([a, b], all, 5, 0, 6), fromThree = Loader([a, b], all, 5, 3, 6);
        for (int step = 0; step < 6; step++)
        {
            fromStart.Take(step, whole, classes);
            Assert.NotEqual(before, whole);
            before = [.. whole];
            if (step < 3) continue;
            fromThree.Take(step, later, classes);
            Assert.Equal(whole, later);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Take_SeveralThreads_GivesTheBatchesOfOne(int threads)
    {
        using TrainingCase a = ToyCases.Case(1, new GridSize(12, 17, 23)), b = ToyCases.Case(2, new GridSize(9, 12, 30));
        AugmentationOptions all = new() { Operations = [AugmentationOperation.All] };
        float[] expected = new float[2 * Patch.VoxelCount], got = new float[2 * Patch.VoxelCount];
        byte[] classes = new byte[2 * Patch.VoxelCount];
        using BatchLoader one = Loader([a, b], all, 5, 3, 43), several = Loader([a, b], all, 5, 3, 43, threads);
        for (int step = 3; step < 43; step++)
        {
            one.Take(step, expected, classes);
            several.Take(step, got, classes);
            Assert.Equal(expected, got);
        }
        Assert.True(several.Busy > TimeSpan.Zero && several.Waited > TimeSpan.Zero);
    }

    [Fact]
    public void Dispose_WhileThreadsWaitForRoom_EndsThem()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(12, 17, 23));
        BatchLoader loader = Loader([source], new AugmentationOptions(), 1, 0, 1000, threads: 3);
        loader.Take(0, new float[2 * Patch.VoxelCount], new byte[2 * Patch.VoxelCount]);
        loader.Dispose();
        Assert.Throws<InvalidOperationException>(() => loader.Take(999, new float[2 * Patch.VoxelCount], new byte[2 * Patch.VoxelCount]));
    }

    [Fact]
    public void CasesOf_ABatch_AreThoseThatItIsMadeOf()
    {
        using TrainingCase a = ToyCases.Case(1, new GridSize(12, 17, 23)), b = ToyCases.Case(2, new GridSize(9, 12, 30));
        (a.Name, b.Name) = ("a", "b");
        using BatchLoader loader = Loader([a, b], 5, 0, 40), onlyA = Loader([a, a], 5, 0, 40);
        float[] image = new float[2 * Patch.VoxelCount], imageOfA = new float[2 * Patch.VoxelCount];
        byte[] classes = new byte[2 * Patch.VoxelCount];
        HashSet<string> seen = [];
        for (int step = 0; step < 40; step++)
        {
            loader.Take(step, image, classes);
            onlyA.Take(step, imageOfA, classes);
            Assert.Equal(loader.CasesOf(step).SequenceEqual(["a"]), image.SequenceEqual(imageOfA));
            seen.Add(string.Join('+', loader.CasesOf(step)));
        }
        Assert.Equal(["a", "a+b", "b"], seen.Order());
    }

    private static BatchLoader Loader(IReadOnlyList<TrainingCase> cases, long seed, int first, int steps) =>
        Loader(cases, new AugmentationOptions { Flips = ["i"], Intensity = 0.5 }, seed, first, steps);

    private static BatchLoader Loader(IReadOnlyList<TrainingCase> cases, AugmentationOptions augmentation, long seed, int first, int steps, int threads = 1) => new(
        cases, [.. Enumerable.Range(0, threads).Select(_ => new SampleMaker(Patch, 3, new SamplingOptions { Foreground = 0.5 }, augmentation, 3, new GreyLevels([], 1)))], 2, seed, first, steps);

    private static float[][] Batches(IReadOnlyList<TrainingCase> cases, long seed, int first)
    {
        using BatchLoader loader = Loader(cases, seed, first, 10);
        List<float[]> batches = [];
        for (int step = first; step < 10; step++)
        {
            float[] image = new float[2 * Patch.VoxelCount];
            loader.Take(step, image, new byte[2 * Patch.VoxelCount]);
            batches.Add(image);
        }
        return [.. batches];
    }
}
