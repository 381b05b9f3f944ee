using MedISeg.Training.Data;

namespace MedISeg.Tests.Training.Data;

public sealed class SeededRandomTests
{
    [Fact]
    public void NextBits_SamePlace_RepeatsAndOtherPlacesDiffer()
    {
        static ulong First(long seed, long index, int stream) => new SeededRandom(seed, index, stream).NextBits();
        Assert.Equal(First(2022, 7, 1), First(2022, 7, 1));
        ulong[] others = [First(2022, 7, 1), First(2023, 7, 1), First(2022, 8, 1), First(2022, 7, 2), First(7, 2022, 1)];
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    [Fact]
    public void NextDouble_ManyDraws_AreUniform()
    {
        SeededRandom random = new(1, 2, 3);
        int[] counts = new int[10];
        for (int n = 0; n < 100_000; n++) counts[(int)(10 * random.NextDouble())]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void NextGaussian_ManyDraws_HaveMeanZeroAndDeviationOne()
    {
        SeededRandom random = new(1, 2, 3);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(_ => 0.0)];
        for (int n = 0; n < values.Length; n++) values[n] = random.NextGaussian();
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, Math.Sqrt(values.Average(v => v * v)), 0.02);
    }
}
