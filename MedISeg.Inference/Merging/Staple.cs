namespace MedISeg.Inference.Merging;

/// <summary>
/// STAPLE: expectation maximisation finds at once the true labels and how far each member can be trusted, as a matrix of what it says
/// where each class is true.
/// </summary>
/// <remarks>
/// Source: Warfield, Zou and Wells 2004, with several labels as in Rohlfing, Russakoff and Maurer 2004. The prior of a class is its share of
/// all members' voxels, and stays; members start with 0.99999 right and errors spread evenly, as ITK's filter does for two labels.
/// </remarks>
internal sealed class Staple
{
    /// <summary>What a member gets right at first.</summary>
    public const double FirstTrust = 0.99999;

    /// <summary>It has converged once no trust changes by more.</summary>
    public const double Precision = 1e-7;

    /// <summary>Probabilities that differ by less are a tie.</summary>
    private const double Tie = 1e-9;

    /// <summary>Most rounds.</summary>
    public const int MostRounds = 200;

    private readonly int[] _votes;
    private readonly long[] _counts;
    private readonly int _members, _classes;
    private readonly double[] _logPrior, _trust, _logTrust;

    private Staple(int[] votes, long[] counts, int members, int classes)
    {
        (_votes, _counts, _members, _classes) = (votes, counts, members, classes);
        Winners = new int[counts.Length];
        _logPrior = new double[classes];
        for (int p = 0; p < counts.Length; p++)
            for (int m = 0; m < members; m++) _logPrior[votes[p * members + m]] += counts[p];
        double total = _logPrior.Sum();
        for (int c = 0; c < classes; c++) _logPrior[c] = Math.Log(_logPrior[c] / total);
        _trust = new double[members * classes * classes];
        _logTrust = new double[_trust.Length];
        for (int n = 0; n < _trust.Length; n++)
            _trust[n] = n / classes % classes == n % classes ? FirstTrust : (1 - FirstTrust) / Math.Max(1, classes - 1);
    }

    /// <summary>The class of each combination of votes; ties go to the lower one.</summary>
    public int[] Winners { get; }

    /// <summary>Rounds until nothing changed, or <see cref="MostRounds"/>.</summary>
    public int Rounds { get; private set; }

    /// <summary>Whether nothing changed any more.</summary>
    public bool Converged { get; private set; }

    /// <summary>Share of the voxels of a true class at which a member says a class, in [0, 1].</summary>
    public double Trust(int member, int said, int truth) => _trust[(member * _classes + said) * _classes + truth];

    /// <summary>Whether any member says a class anywhere; nothing is found out about one that is not.</summary>
    public bool IsSaid(int c) => double.IsFinite(_logPrior[c]);

    /// <summary>Estimates.</summary>
    /// <param name="votes">For each combination of votes a class from 0 a member.</param>
    /// <param name="counts">Voxels of each combination, above 0.</param>
    /// <param name="members">Number of members.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="cancellationToken">Checked once a round.</param>
    public static Staple Run(int[] votes, long[] counts, int members, int classes, CancellationToken cancellationToken)
    {
        Staple staple = new(votes, counts, members, classes);
        double[] truth = new double[classes], said = new double[staple._trust.Length], totals = new double[classes];
        while (!staple.Converged && staple.Rounds < MostRounds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            staple.Converged = staple.Round(truth, said, totals) < Precision;
            staple.Rounds++;
        }
        staple.TakeLogs();
        for (int p = 0; p < counts.Length; p++)
        {
            staple.Expect(p, truth);
            double least = truth.Max() - Tie;
            staple.Winners[p] = Array.FindIndex(truth, share => share >= least);
        }
        return staple;
    }

    /// <summary>One expectation and one maximisation; returns the largest change of a trust.</summary>
    private double Round(double[] truth, double[] said, double[] totals)
    {
        TakeLogs();
        Array.Clear(said);
        Array.Clear(totals);
        for (int p = 0; p < _counts.Length; p++)
        {
            Expect(p, truth);
            for (int c = 0; c < _classes; c++) totals[c] += truth[c] *= _counts[p];
            for (int m = 0; m < _members; m++)
            {
                int row = (m * _classes + _votes[p * _members + m]) * _classes;
                for (int c = 0; c < _classes; c++) said[row + c] += truth[c];
            }
        }
        double change = 0;
        for (int n = 0; n < _trust.Length; n++)
        {
            // A class that is nowhere true teaches nothing.
            if (totals[n % _classes] == 0) continue;
            double now = said[n] / totals[n % _classes];
            change = Math.Max(change, Math.Abs(now - _trust[n]));
            _trust[n] = now;
        }
        return change;
    }

    private void TakeLogs()
    {
        for (int n = 0; n < _trust.Length; n++) _logTrust[n] = Math.Log(_trust[n]);
    }

    /// <summary>Probability of each class, given the votes of a combination; in logarithms, since many members make tiny products.</summary>
    private void Expect(int pattern, double[] truth)
    {
        _logPrior.CopyTo(truth, 0);
        for (int m = 0; m < _members; m++)
        {
            int row = (m * _classes + _votes[pattern * _members + m]) * _classes;
            for (int c = 0; c < _classes; c++) truth[c] += _logTrust[row + c];
        }
        double largest = truth.Max(), sum = 0;
        for (int c = 0; c < _classes; c++) sum += truth[c] = Math.Exp(truth[c] - largest);
        for (int c = 0; c < _classes; c++) truth[c] /= sum;
    }
}
