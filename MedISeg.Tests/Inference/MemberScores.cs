using MedISeg.Inference.Models;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

/// <summary>Up to four pointwise members of two foreground classes or regions, and what their mean or vote makes of a value: slow and obvious.</summary>
internal sealed class MemberScores
{
    private const double Steepness = 0.2, Shift = 3;
    private static readonly double[] Thresholds = [150, 162];

    private readonly bool _regions;
    private readonly ScoreDomain _domain;
    private readonly double _present;

    public MemberScores(Random random)
    {
        _regions = random.Next(2) == 0;
        _domain = (ScoreDomain)random.Next(2);
        _present = 0.2 + 0.6 * random.NextDouble();
        Weights = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (double)random.Next(1, 4))];
    }

    /// <summary>One a member.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>The package.</summary>
    public AnalyticPackageOptions Package(string name, int[] ids, Random random) => new()
    {
        Name = name, Thresholds = Thresholds, Steepness = Steepness, Members = Weights.Count, MemberShift = Shift, ClassIds = ids, Domain = _domain,
        Activation = _regions ? ActivationKind.Sigmoid : ActivationKind.Softmax, PatchSize = [random.Next(1, 6), random.Next(1, 6), random.Next(1, 6)],
        Change = manifest => manifest with { Network = manifest.Network with { Threshold = _present } },
    };

    /// <summary>Place of the class (0: background) by the weighted mean of the domain's scores, and whether it does not hang on rounding.</summary>
    public (int Place, bool Clear) Mean(double value)
    {
        double[][] scores = [.. Enumerable.Range(0, Weights.Count).Select(m => Scores(value, m))];
        double[] mean = [.. scores[0].Select((_, c) => scores.Select((one, m) => Weights[m] * one[c]).Sum() / Weights.Sum())];
        return Decide(mean, _domain == ScoreDomain.Logits ? Math.Log(_present / (1 - _present)) : _present);
    }

    /// <summary>The same by weighted votes: of classes most, ties to the lower; of each region more than half.</summary>
    public (int Place, bool Clear) Vote(double value)
    {
        double[] votes = new double[3];
        bool clear = true;
        for (int m = 0; m < Weights.Count; m++)
        {
            double[] scores = Scores(value, m);
            double limit = _domain == ScoreDomain.Logits ? Math.Log(_present / (1 - _present)) : _present;
            (int place, bool sure) = Decide(scores, limit);
            clear &= sure;
            if (!_regions) votes[place] += Weights[m];
            else
                for (int r = 0; r < 2; r++) votes[r + 1] += scores[r] > limit ? Weights[m] : 0;
        }
        return _regions
            ? (votes[2] > Weights.Sum() / 2 ? 2 : votes[1] > Weights.Sum() / 2 ? 1 : 0, clear)
            : (Array.IndexOf(votes, votes.Max()), clear);
    }

    private (int Place, bool Clear) Decide(double[] scores, double limit)
    {
        const double Margin = 1e-4;
        if (_regions) return (scores[1] > limit ? 2 : scores[0] > limit ? 1 : 0, scores.All(s => Math.Abs(s - limit) > Margin));
        int best = Array.IndexOf(scores, scores.Max());
        return (best, scores.Where((_, c) => c != best).All(s => scores[best] - s > Margin));
    }

    /// <summary>One a class, or one a region.</summary>
    private double[] Scores(double value, int member)
    {
        double[] raised = [.. Thresholds.Select(t => t + member * Shift)];
        double[] logits = _regions
            ? [.. raised.Select(t => Steepness * (value - t))]
            : [.. Enumerable.Range(0, 3).Select(c => Steepness * (c * value - raised.Take(c).Sum()))];
        if (_domain == ScoreDomain.Logits) return logits;
        return _regions ? [.. logits.Select(l => 1 / (1 + Math.Exp(-l)))] : [.. logits.Select(l => Math.Exp(l - logits.Max()) / logits.Sum(o => Math.Exp(o - logits.Max())))];
    }
}
