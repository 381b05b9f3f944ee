using MedISeg.Inference.Merging;

namespace MedISeg.Tests.Inference.Merging;

[Trait("Category", "Kernel")]
public sealed class StapleTests
{
    private const int Members = 5, Voxels = 6000;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Run_MembersThatErr_EqualsAnIndependentEstimateVoxelByVoxel(int classes)
    {
        (int[] _, int[][] votes) = Simulate(classes, [0.97, 0.9, 0.8, 0.75, 0.6], 11);
        (int[] winners, double[][,] trust, int rounds) = Reference(votes, classes);
        (Staple staple, int[] labels) = Run(votes, classes);
        Assert.True(staple.Converged && rounds > 3);
        Assert.Equal(rounds, staple.Rounds);
        Assert.Equal(winners, labels);
        for (int m = 0; m < Members; m++)
            for (int said = 0; said < classes; said++)
                for (int truth = 0; truth < classes; truth++) Assert.Equal(trust[m][said, truth], staple.Trust(m, said, truth), 1e-9);
    }

    [Fact]
    public void Run_TwoGoodMembersAgainstThreeBadOnes_BeatsTheMajority()
    {
        double[] right = [0.95, 0.95, 0.55, 0.55, 0.55];
        (int[] truth, int[][] votes) = Simulate(3, right, 5);
        (Staple staple, int[] labels) = Run(votes, 3);
        MajorityVote majority = new([1, 1, 1, 1, 1]);
        int byVote = Enumerable.Range(0, Voxels).Count(n => majority.Class([.. votes.Select(v => v[n])]) != truth[n]);
        int byStaple = Enumerable.Range(0, Voxels).Count(n => labels[n] != truth[n]);
        Assert.True(byStaple < 0.5 * byVote, $"{byStaple} against {byVote} wrong voxels");
        // What it finds out about the members is what they were made with.
        for (int m = 0; m < Members; m++)
            for (int c = 0; c < 3; c++) Assert.Equal(right[m], staple.Trust(m, c, c), 0.06);
    }

    [Fact]
    public void Run_AllAgree_IsWhatTheySayHoweverSmallAClass()
    {
        Staple staple = Staple.Run([0, 0, 0, 1, 1, 1], [10_000_000, 3], 3, 2, CancellationToken.None);
        Assert.Equal([0, 1], staple.Winners);
        Assert.Equal(1, staple.Trust(2, 1, 1), 1e-6);
    }

    [Fact]
    public void Run_TwoMembersWithMirroredErrors_GivesTiesToTheLowerClass()
    {
        Staple staple = Staple.Run([0, 0, 0, 1, 1, 0, 1, 1], [50, 7, 7, 50], 2, 2, CancellationToken.None);
        Assert.Equal([0, 0, 0, 1], staple.Winners);
    }

    /// <summary>A random truth and what members say that are right with these chances and else say any other class.</summary>
    private static (int[] Truth, int[][] Votes) Simulate(int classes, double[] right, int seed)
    {
        Random random = new(seed);
        int[] truth = [.. Enumerable.Range(0, Voxels).Select(_ => random.Next(classes + 1) % classes)];
        return (truth, [.. right.Select(chance => truth.Select(c => random.NextDouble() < chance ? c : (c + 1 + random.Next(classes - 1)) % classes).ToArray())]);
    }

    private static (Staple Staple, int[] Labels) Run(int[][] votes, int classes)
    {
        List<string> keys = [.. Enumerable.Range(0, Voxels).Select(n => string.Join(",", votes.Select(v => v[n])))];
        List<string> patterns = [.. keys.Distinct()];
        int[] flat = [.. patterns.SelectMany(key => key.Split(',').Select(int.Parse))];
        long[] counts = [.. patterns.Select(key => (long)keys.Count(k => k == key))];
        Staple staple = Staple.Run(flat, counts, votes.Length, classes, CancellationToken.None);
        return (staple, [.. keys.Select(key => staple.Winners[patterns.IndexOf(key)])]);
    }

    /// <summary>The textbook: one weight a voxel and class, plain products.</summary>
    private static (int[] Winners, double[][,] Trust, int Rounds) Reference(int[][] votes, int classes)
    {
        double[] prior = [.. Enumerable.Range(0, classes).Select(c => votes.Sum(v => v.Count(x => x == c)) / (double)(Members * Voxels))];
        double[][,] trust = [.. votes.Select(_ => Matrix(classes, (said, truth) => said == truth ? 0.99999 : 0.00001 / (classes - 1)))];
        double[][] w = [];
        int rounds = 0;
        for (double change = 1; change >= 1e-7; rounds++)
        {
            w = Weights();
            double[][,] next = [.. votes.Select(v => Matrix(classes, (said, truth) =>
                Enumerable.Range(0, Voxels).Where(n => v[n] == said).Sum(n => w[n][truth]) / w.Sum(x => x[truth])))];
            change = 0;
            for (int m = 0; m < Members; m++)
                foreach (int said in Enumerable.Range(0, classes))
                    for (int truth = 0; truth < classes; truth++) change = Math.Max(change, Math.Abs(next[m][said, truth] - trust[m][said, truth]));
            trust = next;
        }
        w = Weights();
        return ([.. w.Select(x => Array.IndexOf(x, x.Max()))], trust, rounds);

        double[][] Weights() => [.. Enumerable.Range(0, Voxels).Select(n =>
        {
            double[] product = [.. Enumerable.Range(0, classes).Select(c => prior[c] * votes.Select((v, m) => trust[m][v[n], c]).Aggregate(1.0, (a, b) => a * b))];
            double sum = product.Sum();
            return product.Select(p => p / sum).ToArray();
        })];
    }

    private static double[,] Matrix(int side, Func<int, int, double> value)
    {
        double[,] matrix = new double[side, side];
        for (int a = 0; a < side; a++)
            for (int b = 0; b < side; b++) matrix[a, b] = value(a, b);
        return matrix;
    }
}
