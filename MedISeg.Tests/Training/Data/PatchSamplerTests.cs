using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;

namespace MedISeg.Tests.Training.Data;

public sealed class PatchSamplerTests
{
    private static readonly GridSize Grid = new(12, 17, 23), Patch = new(4, 6, 8);

    [Fact]
    public void Draw_ForegroundAlways_EveryPatchHoldsForegroundInsideAndBothClassesAreChosen()
    {
        using TrainingCase source = ToyCases.Case(1, Grid);
        PatchSampler sampler = new(Patch, new SamplingOptions { Foreground = 1 }, 3);
        int[] holding = new int[3];
        for (int n = 0; n < 600; n++)
        {
            SeededRandom random = new(5, n, 2);
            bool[] seen = Seen(source, sampler.Draw(source, ref random));
            Assert.True(seen[1] || seen[2]);
            for (int c = 0; c < 3; c++) holding[c] += seen[c] ? 1 : 0;
        }
        // Class 2 has a tenth of the voxels of class 1, and yet half of the draws aim at it.
        Assert.InRange(holding[2], 250, 600);
        Assert.InRange(holding[1], 250, 600);
    }

    [Fact]
    public void Draw_ForegroundNever_CoversEveryStartInside()
    {
        using TrainingCase source = ToyCases.Case(1, Grid);
        PatchSampler sampler = new(Patch, new SamplingOptions { Foreground = 0 }, 3);
        HashSet<int> k = [], j = [], i = [];
        for (int n = 0; n < 2000; n++)
        {
            SeededRandom random = new(5, n, 2);
            VoxelIndex start = sampler.Draw(source, ref random);
            k.Add(start.K);
            j.Add(start.J);
            i.Add(start.I);
        }
        Assert.Equal(Enumerable.Range(0, 9), k.Order());
        Assert.Equal(Enumerable.Range(0, 12), j.Order());
        Assert.Equal(Enumerable.Range(0, 16), i.Order());
    }

    [Fact]
    public void Draw_CaseSmallerThanThePatch_PadsTheSmallerHalfInFront()
    {
        using TrainingCase source = ToyCases.Case(1, new GridSize(5, 8, 12));
        SeededRandom random = new(1, 1, 2);
        VoxelIndex start = new PatchSampler(new GridSize(8, 8, 16), new SamplingOptions { Foreground = 1 }, 3).Draw(source, ref random);
        Assert.Equal(new VoxelIndex(-1, 0, -2), start);
    }

    private static bool[] Seen(TrainingCase source, VoxelIndex start)
    {
        bool[] seen = new bool[3];
        for (int k = start.K; k < start.K + Patch.Depth; k++)
            for (int j = start.J; j < start.J + Patch.Height; j++)
                for (int i = start.I; i < start.I + Patch.Width; i++)
                {
                    Assert.True(k >= 0 && k < Grid.Depth && j >= 0 && j < Grid.Height && i >= 0 && i < Grid.Width);
                    seen[source.Classes[(int)Grid.Offset(k, j, i)]] = true;
                }
        return seen;
    }
}
