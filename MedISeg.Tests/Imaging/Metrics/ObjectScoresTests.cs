using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Metrics;

public sealed class ObjectScoresTests
{
    [Fact]
    public void Compare_MissedObject_CountsInEveryScore()
    {
        // Spacing is 1 mm between rows and 0.5 mm between columns.
        LabelMap truth = TestLabels.Plane("11......", "11......", ".......1", ".......1");
        LabelMap prediction = TestLabels.Plane("111.....", "111.....", "........", "........");
        ObjectScores scores = ObjectScores.Compare(prediction, truth, [1], 4);
        double far = Math.Sqrt(2 * 2 + 3.5 * 3.5);
        Assert.Equal((4 / 6.0 * 0.8 + 0.8) / 2, scores.Dice!.Value, 12);
        Assert.Equal((4 / 6.0 * 4 / 6 + 4 / 6.0) / 2, scores.Iou!.Value, 12);
        Assert.Equal((4 / 6.0 * 0.5 + 2 / 6.0 * far + 0.5) / 2, scores.HausdorffMm!.Value, 12);
        Assert.Equal(4 / 8.0, scores.Aji!.Value, 12);
    }

    [Fact]
    public void Compare_SplitObject_TakesTheLargerPartAndPenalisesTheOther()
    {
        LabelMap truth = TestLabels.Plane("111111"), prediction = TestLabels.Plane("1111.1");
        ObjectScores scores = ObjectScores.Compare(prediction, truth, [1], 4);
        Assert.Equal(4 / 7.0, scores.Aji!.Value, 12);
        Assert.Equal((0.8 + (4 / 5.0 * 0.8 + 1 / 5.0 * 2 / 7)) / 2, scores.Dice!.Value, 12);
    }

    [Fact]
    public void Compare_NoObjects_IsUndefinedAndOneSidedIsZero()
    {
        LabelMap empty = TestLabels.Plane("..."), full = TestLabels.Plane("1.1");
        Assert.Equal(new ObjectScores(null, null, null, null), ObjectScores.Compare(empty, empty, [1], 8));
        Assert.Equal(new ObjectScores(0, 0, null, 0), ObjectScores.Compare(empty, full, [1], 8));
        Assert.Equal(new ObjectScores(0, 0, null, 0), ObjectScores.Compare(full, empty, [1], 8));
    }

    [Fact]
    public void Compare_RandomVolumes_HausdorffEqualsAllPairs()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            LabelMap a = Solid(seed), b = Solid(seed + 20);
            double expected = Math.Max(Directed(a, b), Directed(b, a));
            Assert.Equal(expected, ObjectScores.Compare(a, b, [1], 26).HausdorffMm!.Value, 1e-12);
        }
    }

    /// <summary>One object: a random box without some of its voxels, its hull kept.</summary>
    private static LabelMap Solid(int seed)
    {
        Random random = new(seed);
        GridSize grid = new(7, 9, 11);
        byte[] labels = new byte[grid.VoxelCount];
        int k0 = random.Next(3), j0 = random.Next(4), i0 = random.Next(5);
        for (int k = k0; k < k0 + 4; k++)
            for (int j = j0; j < j0 + 5; j++)
                for (int i = i0; i < i0 + 6; i++)
                    if (k == k0 || j == j0 || i == i0 || random.Next(4) > 0) labels[grid.Offset(k, j, i)] = 1;
        return TestLabels.Map(grid, labels);
    }

    private static double Directed(LabelMap from, LabelMap to)
    {
        List<(double K, double J, double I)> a = Points(from), b = Points(to);
        return a.Max(p => b.Min(q => Math.Sqrt(Math.Pow(p.K - q.K, 2) + Math.Pow(p.J - q.J, 2) + Math.Pow(p.I - q.I, 2))));
    }

    private static List<(double K, double J, double I)> Points(LabelMap map)
    {
        List<(double, double, double)> points = [];
        for (int k = 0; k < 7; k++)
            for (int j = 0; j < 9; j++)
                for (int i = 0; i < 11; i++)
                    if (map[k, j, i] == 1) points.Add((k * 2, j, i * 0.5));
        return points;
    }
}
