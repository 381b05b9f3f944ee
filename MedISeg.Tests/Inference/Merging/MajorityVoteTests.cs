using CsCheck;
using MedISeg.Inference.Merging;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Merging;

[Trait("Category", "Kernel")]
public sealed class MajorityVoteTests
{
    private static readonly double[] Equal5 = [0.2, 0.2, 0.2, 0.2, 0.2];

    [Fact]
    public void Regions_Ensemble2d_EqualsMedISegVote()
    {
        float[] probs = NpyFile.Golden("ensemble2d/probs.npy").ToFloats();
        byte[] expected = NpyFile.Golden("ensemble2d/vote_mask.npy").ToBytes();
        MajorityVote vote = new(Equal5);
        for (int n = 0; n < expected.Length; n++)
            Assert.Equal(expected[n] > 0 ? 1 : 0, vote.Regions([.. Enumerable.Range(0, 5).Select(m => probs[m * 1024 + n] > 0.5f ? 1 : 0)], 1));
    }

    [Fact]
    public void Class_Ensemble3d_EqualsMedISegVoteWithItsTies()
    {
        const int Voxels = 6 * 7 * 5;
        float[] probs = NpyFile.Golden("ensemble3d/probs.npy").ToFloats();
        byte[] expected = NpyFile.Golden("ensemble3d/vote.npy").ToBytes();
        MajorityVote vote = new(Equal5);
        int ties = 0;
        for (int n = 0; n < Voxels; n++)
        {
            int[] votes = [.. Enumerable.Range(0, 5).Select(m =>
            {
                float[] p = [.. Enumerable.Range(0, 3).Select(c => probs[(m * 3 + c) * Voxels + n])];
                return Array.IndexOf(p, p.Max());
            })];
            int most = votes.GroupBy(v => v).Max(g => g.Count());
            if (votes.GroupBy(v => v).Count(g => g.Count() == most) > 1) ties++;
            Assert.Equal(expected[n], vote.Class(votes));
        }
        Assert.Equal(79, ties);
    }

    [Theory]
    [InlineData(new[] { 2, 1 }, new[] { 0.5, 0.5 }, 1)]
    [InlineData(new[] { 2, 1 }, new[] { 0.6, 0.4 }, 2)]
    [InlineData(new[] { 1, 1, 2 }, new[] { 1.0, 2.0, 3.0 }, 1)]
    [InlineData(new[] { 2, 2, 1 }, new[] { 1.0 / 6, 1.0 / 3, 0.5 }, 1)]
    [InlineData(new[] { 3, 3, 0, 1 }, new[] { 1.0, 1.0, 1.5, 1.5 }, 3)]
    public void Class_Weights_CountAndTiesGoToTheLowerClass(int[] votes, double[] weights, int expected) =>
        Assert.Equal(expected, new MajorityVote(weights).Class(votes));

    [Fact]
    public void Regions_HalfOfTheWeight_IsNotEnough()
    {
        // Region 0: all three; region 1: weights 1 and 2 of 6, then all but 1; region 2: the one with exactly half.
        MajorityVote vote = new([1, 2, 3]);
        Assert.Equal(0b001, vote.Regions([0b011, 0b011, 0b101], 3));
        Assert.Equal(0b011, vote.Regions([0b001, 0b011, 0b011], 3));
        Assert.Equal(0b000, new MajorityVote([1, 1]).Regions([0b1, 0b0], 1));
    }

    [Fact]
    public void Class_AnyVotes_EqualsArgmaxOfTheOneHotMean() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 7], Gen.Int[1, 4].Array[7]).Check(300, (votes, weights) =>
        {
            double[] used = [.. weights.Take(votes.Length).Select(w => (double)w)];
            int[] sums = new int[5];
            for (int m = 0; m < votes.Length; m++) sums[votes[m]] += weights[m];
            Assert.Equal(Array.IndexOf(sums, sums.Max()), new MajorityVote(used).Class(votes));
        });
}
