using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Merging;

/// <summary>What most members say, each with its weight.</summary>
internal sealed class MajorityVote
{
    /// <summary>Sums of weights that differ by less are a tie: a third and two thirds make one.</summary>
    private const double Tie = 1e-9;

    private readonly double[] _weights;
    private readonly double _half;

    /// <summary>Creates a vote.</summary>
    /// <param name="weights">One positive weight a member.</param>
    public MajorityVote(IReadOnlyList<double> weights)
    {
        double largest = weights.Max();
        _weights = [.. weights.Select(weight => weight / largest)];
        _half = _weights.Sum() / 2;
    }

    /// <summary>The label that most maps hold at each voxel (the paper's EnsVot); the lowest of equals.</summary>
    /// <param name="maps">At least one, on the same grid.</param>
    /// <param name="cancellationToken">Checked now and then.</param>
    public static LabelMap Of(IReadOnlyList<LabelMap> maps, CancellationToken cancellationToken)
    {
        LabelMap joined = LabelMap.Empty(maps[0].Geometry, maps.Max(map => map.LargestLabel));
        MajorityVote vote = new([.. maps.Select(_ => 1.0)]);
        LabelRuns.ForEach(maps, (labels, from, to) => LabelRuns.Fill(joined, vote.Class(labels), from, to), cancellationToken);
        return joined;
    }

    /// <summary>The place of the class with most weight; ties go to the lower place.</summary>
    /// <param name="votes">Place of the class that each member votes for.</param>
    public int Class(ReadOnlySpan<int> votes)
    {
        int best = votes[0];
        double most = 0;
        for (int m = 0; m < votes.Length; m++)
        {
            double sum = 0;
            for (int other = 0; other < votes.Length; other++)
                if (votes[other] == votes[m]) sum += _weights[other];
            if (!(sum > most + Tie) && !(sum > most - Tie && votes[m] < best)) continue;
            (best, most) = (votes[m], sum);
        }
        return best;
    }

    /// <summary>The set of regions that more than half of the weight has; half is not enough.</summary>
    /// <param name="sets">Each member's set, bit r for region r.</param>
    /// <param name="regions">Number of regions.</param>
    public int Regions(ReadOnlySpan<int> sets, int regions)
    {
        int set = 0;
        for (int r = 0; r < regions; r++)
        {
            double sum = 0;
            for (int m = 0; m < sets.Length; m++)
                if ((sets[m] >> r & 1) != 0) sum += _weights[m];
            if (sum > _half + Tie) set |= 1 << r;
        }
        return set;
    }
}
