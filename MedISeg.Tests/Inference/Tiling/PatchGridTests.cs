using CsCheck;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Tiling;

public sealed class PatchGridTests
{
    private static readonly double[] Half = [0.5, 0.5, 0.5];

    [Theory]
    [InlineData(PatchPlacement.Even)]
    [InlineData(PatchPlacement.Pullback)]
    public void Create_AnySizes_CoversEveryVoxelInRisingOrder(PatchPlacement placement) =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 20], Gen.Double[0, 0.95]).Check(200, (n, p, overlap) =>
        {
            PatchGrid grid = PatchGrid.Create(new GridSize(n, 1, 1), new GridSize(p, 1, 1), [overlap, 0, 0], placement);
            IReadOnlyList<int> starts = grid.Starts(0);
            bool[] seen = new bool[n];
            for (int s = 0; s < starts.Count; s++)
            {
                (int from, int to) = grid.Covered(0, s);
                Array.Fill(seen, true, from, to - from);
                Assert.True(s == 0 || starts[s] > starts[s - 1]);
            }
            Assert.DoesNotContain(false, seen);
        });

    [Theory]
    [InlineData(PatchPlacement.Even)]
    [InlineData(PatchPlacement.Pullback)]
    public void Finished_AllStarts_PartitionTheAxisAndAreTouchedByNoLaterPatch(PatchPlacement placement) =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 20], Gen.Double[0, 0.95]).Check(200, (n, p, overlap) =>
        {
            PatchGrid grid = PatchGrid.Create(new GridSize(n, 1, 1), new GridSize(p, 1, 1), [overlap, 0, 0], placement);
            int at = 0;
            for (int s = 0; s < grid.Starts(0).Count; s++)
            {
                (int from, int to) = grid.Finished(0, s);
                Assert.Equal(at, from);
                Assert.True(to > from && from >= grid.Covered(0, s).From && to <= grid.Covered(0, s).To);
                Assert.True(s + 1 == grid.Starts(0).Count || grid.Covered(0, s + 1).From >= to);
                at = to;
            }
            Assert.Equal(n, at);
        });

    [Fact]
    public void Create_Pullback_HasMedISegStrides()
    {
        // p // 2, also for an odd patch (9 -> 4), the last start pulled back to n - p.
        PatchGrid grid = PatchGrid.Create(new GridSize(9, 20, 17), new GridSize(5, 9, 9), Half, PatchPlacement.Pullback);
        Assert.Equal([0, 2, 4], grid.Starts(0));
        Assert.Equal([0, 4, 8, 11], grid.Starts(1));
        Assert.Equal([0, 4, 8], grid.Starts(2));
        Assert.Equal(36, grid.Count);
    }

    [Fact]
    public void Create_Even_HasNnUnetPositions()
    {
        // ceil((110 - 64) / 32) + 1 = 3 starts over 46 voxels: 0, 23, 46. 512 with 128 and half overlap: 7 starts 64 apart.
        PatchGrid grid = PatchGrid.Create(new GridSize(110, 512, 67), new GridSize(64, 128, 64), Half, PatchPlacement.Even);
        Assert.Equal([0, 23, 46], grid.Starts(0));
        Assert.Equal([0, 64, 128, 192, 256, 320, 384], grid.Starts(1));
        Assert.Equal([0, 3], grid.Starts(2));
        // Starts 1.75 apart are rounded, and 2.5 and 3.5 to even, as numpy rounds.
        PatchGrid rounded = PatchGrid.Create(new GridSize(11, 9, 1), new GridSize(4, 4, 1), [0.5, 0.25, 0], PatchPlacement.Even);
        Assert.Equal([0, 2, 4, 5, 7], rounded.Starts(0));
        Assert.Equal([0, 2, 5], rounded.Starts(1));
    }

    [Fact]
    public void Create_EvenWithNoiseInTheStep_AddsNoPatch()
    {
        // 10 * (1 - 0.9) is 0.99999999999999978 in binary; 20 voxels have 11 starts, not 12.
        PatchGrid grid = PatchGrid.Create(new GridSize(20, 1, 1), new GridSize(10, 1, 1), [0.9, 0, 0], PatchPlacement.Even);
        Assert.Equal(Enumerable.Range(0, 11), grid.Starts(0));
    }

    [Theory]
    [InlineData(6, 8, -1)]
    [InlineData(3, 4, 0)]
    [InlineData(5, 9, -2)]
    public void Create_ImageSmallerThanPatch_StartsInFrontByTheSmallerHalf(int n, int p, int start)
    {
        PatchGrid grid = PatchGrid.Create(new GridSize(n, 1, 1), new GridSize(p, 1, 1), Half, PatchPlacement.Pullback);
        Assert.Equal([start], grid.Starts(0));
        Assert.Equal((0, n), grid.Covered(0, 0));
    }

    [Fact]
    public void Create_OverlapOfOne_IsAnArgumentError() => Assert.Throws<ArgumentException>(
        () => PatchGrid.Create(new GridSize(2, 3, 5), new GridSize(2, 2, 2), [0, 1.0, 0], PatchPlacement.Even));
}
