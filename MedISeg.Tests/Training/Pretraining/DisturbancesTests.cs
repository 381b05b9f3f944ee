using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Pretraining;

namespace MedISeg.Tests.Training.Pretraining;

/// <summary>Disturbances of Models Genesis against loops over voxels, and their draws against the published ranges.</summary>
public sealed class DisturbancesTests
{
    private static readonly GridSize Patch = new(21, 35, 49);

    [Theory]
    [InlineData(0.2, 0.9, 0.7, 0.1, false)]
    [InlineData(0.2, 0.9, 0.7, 0.1, true)]
    [InlineData(0.85, 0.05, 0.4, 0.6, false)]
    public void Apply_BezierCurve_EqualsTheCurveSolvedByBisection(double x1, double y1, double x2, double y2, bool falling)
    {
        float[] values = [-0.5f, 0, 0.013f, 0.25f, 0.5f, 0.77f, 1, 1.5f];
        float[] bent = [.. values];
        new BezierCurve((x1, y1), (x2, y2), falling).Apply(bent);
        for (int n = 0; n < values.Length; n++)
        {
            double low = 0, high = 1;
            for (int halving = 0; halving < 60; halving++)
            {
                double middle = (low + high) / 2;
                if (Curve(x1, x2, middle) < Math.Clamp(values[n], 0, 1)) low = middle;
                else high = middle;
            }
            Assert.Equal(Curve(y1, y2, falling ? 1 - low : low), bent[n], 1e-4);
        }
    }

    [Fact]
    public void DrawCurve_ManyDraws_HalfOfThemFall()
    {
        SeededRandom random = new(3, 0, 0);
        int falling = 0;
        for (int n = 0; n < 200; n++)
        {
            float[] ends = [0, 1];
            BezierCurve.Draw(ref random).Apply(ends);
            Assert.True(ends is [0, 1] or [1, 0]);
            if (ends[0] == 1) falling++;
        }
        Assert.InRange(falling, 75, 125);
    }

    [Fact]
    public void Shuffle_OneBox_PermutesItAndLeavesTheRest()
    {
        GridSize patch = new(4, 5, 7);
        float[] source = [.. Enumerable.Range(0, 140).Select(n => (float)n)], target = [.. source];
        VoxelBox box = new(new VoxelIndex(1, 2, 3), new GridSize(2, 3, 4));
        SeededRandom random = new(1, 0, 0);
        Disturbances.Shuffle(source, target, patch, box, ref random);
        List<float> inside = [], shuffled = [];
        for (int k = 0; k < 4; k++)
            for (int j = 0; j < 5; j++)
                for (int i = 0; i < 7; i++)
                {
                    int n = (k * 5 + j) * 7 + i;
                    if (k is 1 or 2 && j is >= 2 and < 5 && i is >= 3 and < 7)
                    {
                        inside.Add(source[n]);
                        shuffled.Add(target[n]);
                    }
                    else
                    {
                        Assert.Equal(source[n], target[n]);
                    }
                }
        Assert.Equal(24, inside.Count);
        Assert.NotEqual(inside, shuffled);
        Assert.Equal(inside, shuffled.Order());
    }

    [Fact]
    public void Shuffle_WholePatch_MovesVoxelsByLessThanATenthOfEachSide()
    {
        // Each voxel's value is its own place, so that the way it went can be read.
        float[] source = [.. Enumerable.Range(0, (int)Patch.VoxelCount).Select(n => (float)n)], target = new float[source.Length];
        SeededRandom random = new(2, 0, 0);
        Disturbances.Shuffle(source, target, Patch, ref random);
        int moved = 0;
        for (int n = 0; n < target.Length; n++)
        {
            int from = (int)target[n];
            Assert.InRange(Math.Abs(from / (35 * 49) - n / (35 * 49)), 0, 1);
            Assert.InRange(Math.Abs(from / 49 % 35 - n / 49 % 35), 0, 2);
            Assert.InRange(Math.Abs(from % 49 - n % 49), 0, 3);
            if (from != n) moved++;
        }
        Assert.InRange(moved, source.Length / 4, source.Length);
    }

    [Fact]
    public void DrawHoles_ManyDraws_HaveThePublishedNumbersAndSides() => CheckBoxes(Disturbances.DrawHoles, 0, 5, extent => (extent / 6, extent / 3), 4.298);

    [Fact]
    public void DrawWindows_ManyDraws_HaveThePublishedNumbersAndSides() =>
        CheckBoxes(Disturbances.DrawWindows, 1, 5, extent => (extent - 4 * extent / 7, extent - 3 * extent / 7), 4.524);

    [Fact]
    public void Draw_OnePlane_KeepsItWhole()
    {
        SeededRandom random = new(4, 0, 0);
        foreach (VoxelBox box in Disturbances.DrawWindows(new GridSize(1, 30, 50), ref random).Concat(Disturbances.DrawHoles(new GridSize(1, 30, 50), ref random)))
            Assert.Equal((0, 1), (box.Start.K, box.Size.Depth));
    }

    [Fact]
    public void InPaint_TwoChannels_FillsTheBoxesWithOneNoise()
    {
        GridSize patch = new(2, 3, 5);
        float[] image = [.. Enumerable.Range(0, 60).Select(n => n + 2f)];
        SeededRandom random = new(5, 0, 0);
        Disturbances.InPaint(image, patch, [new VoxelBox(new VoxelIndex(1, 0, 2), new GridSize(1, 2, 2))], ref random);
        for (int n = 0; n < 60; n++)
        {
            bool hole = n % 30 is 17 or 18 or 22 or 23;
            if (hole) Assert.InRange(image[n], 0, 0.9999999f);
            else Assert.Equal(n + 2, image[n]);
        }
        Assert.Equal([image[17], image[18], image[22], image[23]], [image[47], image[48], image[52], image[53]]);
        Assert.Equal(4, new[] { image[17], image[18], image[22], image[23] }.Distinct().Count());
    }

    [Fact]
    public void OutPaint_TwoChannels_KeepsTheBoxesInNoise()
    {
        GridSize patch = new(2, 3, 5);
        float[] image = [.. Enumerable.Range(0, 60).Select(n => n + 2f)], target = new float[60];
        SeededRandom random = new(6, 0, 0);
        Disturbances.OutPaint(image, patch, [new VoxelBox(new VoxelIndex(0, 1, 1), new GridSize(2, 1, 3)), new VoxelBox(new VoxelIndex(1, 1, 3), new GridSize(1, 2, 2))], target, ref random);
        int[] kept = [6, 7, 8, 21, 22, 23, 24, 28, 29];
        for (int n = 0; n < 60; n++)
            if (kept.Contains(n % 30)) Assert.Equal(image[n], target[n]);
            else Assert.InRange(target[n], 0, 0.9999999f);
        Assert.Equal(42, target.Where(v => v < 1).Distinct().Count());
    }

    private delegate List<VoxelBox> Draw(GridSize patch, ref SeededRandom random);

    private static void CheckBoxes(Draw draw, int fewest, int most, Func<int, (int Smallest, int Largest)> sides, double meanCount)
    {
        SeededRandom random = new(7, 0, 0);
        HashSet<int> counts = [], depths = [];
        double boxes = 0;
        for (int n = 0; n < 2000; n++)
        {
            List<VoxelBox> drawn = draw(Patch, ref random);
            counts.Add(drawn.Count);
            boxes += drawn.Count;
            foreach (VoxelBox box in drawn)
            {
                depths.Add(box.Size.Depth);
                Check(Patch.Depth, box.Start.K, box.Size.Depth);
                Check(Patch.Height, box.Start.J, box.Size.Height);
                Check(Patch.Width, box.Start.I, box.Size.Width);
            }
        }
        Assert.Equal((fewest, most), (counts.Min(), counts.Max()));
        Assert.Equal(sides(Patch.Depth), (depths.Min(), depths.Max()));
        Assert.Equal(meanCount, boxes / 2000, 0.1);

        void Check(int extent, int start, int side)
        {
            Assert.InRange(side, sides(extent).Smallest, sides(extent).Largest);
            Assert.InRange(start, 3, extent - side - 3);
        }
    }

    private static double Curve(double first, double second, double t) =>
        Math.Pow(1 - t, 2) * 3 * t * first + (1 - t) * 3 * t * t * second + Math.Pow(t, 3);
}
