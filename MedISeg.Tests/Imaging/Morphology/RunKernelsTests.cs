using MedISeg.Imaging.Morphology;

namespace MedISeg.Tests.Imaging.Morphology;

[Trait("Category", "Kernel")]
public sealed class RunKernelsTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(63, 0.5)]
    [InlineData(64, 0.02)]
    [InlineData(65, 0.5)]
    [InlineData(129, 0.98)]
    [InlineData(512, 0.02)]
    [InlineData(512, 0.5)]
    [InlineData(515, 0.98)]
    public unsafe void Join_TwoRows_JoinsExactlyTheNeighbours(int width, double density)
    {
        Random random = new(width);
        for (int n = 0; n < 50; n++)
        {
            ulong[] b = Row(random, width, density), a = Row(random, width, density);
            int runsB = RunKernels.Count(b), runs = runsB + RunKernels.Count(a);
            int[] bounds = new int[2 * runs];
            RunKernels.Cut(b, width, bounds.AsSpan(0, 2 * runsB));
            RunKernels.Cut(a, width, bounds.AsSpan(2 * runsB));
            for (int apart = 0; apart < 2; apart++)
            {
                int[] byBits = [.. Enumerable.Range(0, runs)], byPointers = [.. byBits], expected = [.. byBits];
                for (int i = runsB; i < runs; i++)
                    for (int j = 0; j < runsB; j++)
                        if (Gap(bounds, i, j) < apart) Merge(expected, i, j);

                fixed (int* parent = byBits) RunKernels.Join(a, b, parent, runsB, 0, apart);
                fixed (int* parent = byPointers)
                fixed (int* places = bounds) RunKernels.Join(places, parent, runsB, runs, 0, runsB, apart);

                Assert.Equal(expected, Roots(byBits));
                Assert.Equal(expected, Roots(byPointers));
            }
        }
    }

    [Theory]
    [InlineData(64, 0.5)]
    [InlineData(130, 0.9)]
    [InlineData(515, 0.98)]
    [InlineData(515, 0.999)]
    [InlineData(512, 1)]
    public void MoveSeeded_RunsOfAnyLength_MovesThoseWithASeed(int width, double density)
    {
        Random random = new(width);
        for (int n = 0; n < 200; n++)
        {
            ulong[] runs = Row(random, width, density), seeds = Row(random, width, n % 2 == 0 ? 0.01 : 0), to = new ulong[runs.Length];
            int[] bounds = new int[2 * RunKernels.Count(runs)];
            RunKernels.Cut(runs, width, bounds);
            ulong[] stay = new ulong[runs.Length], moved = new ulong[runs.Length];
            int left = 0;
            for (int run = 0; run < bounds.Length; run += 2)
            {
                bool isSeeded = MaskKernels.Any(seeds, bounds[run], bounds[run + 1]);
                if (!isSeeded) left++;
                for (int at = bounds[run]; at < bounds[run + 1]; at++) (isSeeded ? moved : stay)[at / 64] |= 1UL << at;
            }

            Assert.Equal(left, RunKernels.MoveSeeded(runs, seeds, to, 0, runs.Length - 1));
            Assert.Equal(stay, runs);
            Assert.Equal(moved, to);
        }
    }

    private static ulong[] Row(Random random, int width, double density)
    {
        ulong[] words = new ulong[(width + 63) / 64];
        for (int n = 0; n < width; n++)
            if (random.NextDouble() < density) words[n / 64] |= 1UL << n;
        return words;
    }

    /// <summary>Columns between two runs; below 0 where they overlap.</summary>
    private static int Gap(int[] bounds, int i, int j) => Math.Max(bounds[2 * i] - bounds[2 * j + 1], bounds[2 * j] - bounds[2 * i + 1]);

    private static void Merge(int[] root, int i, int j)
    {
        (int low, int high) = (Math.Min(root[i], root[j]), Math.Max(root[i], root[j]));
        for (int n = 0; n < root.Length; n++)
            if (root[n] == high) root[n] = low;
    }

    /// <summary>A parent is never higher than its child.</summary>
    private static int[] Roots(int[] parent)
    {
        int[] roots = new int[parent.Length];
        for (int n = 0; n < parent.Length; n++) roots[n] = parent[n] == n ? n : roots[parent[n]];
        return roots;
    }
}
