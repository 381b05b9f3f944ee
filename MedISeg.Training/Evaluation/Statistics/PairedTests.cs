namespace MedISeg.Training.Evaluation.Statistics;

/// <summary>Two-sided tests of whether a second series of scores differs from a first one of the same cases or folds.</summary>
internal static class PairedTests
{
    /// <summary>Most pairs for which the distribution of rank sums is counted out.</summary>
    private const int MostExactPairs = 50;

    /// <summary>Student's t-test of paired values.</summary>
    /// <param name="first">Scores of the baseline, in the order of cases.</param>
    /// <param name="second">Scores of the other, of the same cases; at least 2.</param>
    /// <returns>t is above 0 where the second is larger. Equal differences have no spread: p is 1 if they are 0, else 0.</returns>
    /// <exception cref="ArgumentException">Lengths differ, fewer than two pairs, or a number is not finite.</exception>
    public static PairedResult StudentT(ReadOnlySpan<double> first, ReadOnlySpan<double> second) =>
        StudentT(Differences(first, second, atLeast: 2), varianceFactor: null);

    /// <summary>The t-test for k-fold validation by Nadeau and Bengio (2003): training sets share cases, so plain t is too sure.</summary>
    /// <param name="first">Mean score of the baseline on each fold.</param>
    /// <param name="second">The same of the other.</param>
    /// <param name="testShare">Test cases / training cases of a fold, above 0: 1 / (k - 1) in plain k-fold validation.</param>
    /// <returns>As <see cref="StudentT(ReadOnlySpan{double}, ReadOnlySpan{double})"/>; t = mean / sqrt((1/k + testShare) variance), k - 1
    /// degrees of freedom.</returns>
    /// <exception cref="ArgumentException">As there, or the share is not above 0.</exception>
    public static PairedResult CorrectedResampledT(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double testShare)
    {
        if (!(testShare > 0 && double.IsFinite(testShare))) throw new ArgumentException("The share must be above 0.", nameof(testShare));
        return StudentT(Differences(first, second, atLeast: 2), 1.0 / first.Length + testShare);
    }

    /// <summary>Wilcoxon's signed-rank test; pairs without difference are left out, equal differences share their mean rank.</summary>
    /// <param name="first">Scores of the baseline, in the order of cases.</param>
    /// <param name="second">Scores of the other, of the same cases.</param>
    /// <returns>Statistic: the smaller sum of ranks. Exact for at most 50 pairs, also with ties; above, by the normal distribution with
    /// correction for ties. No pair left: p is 1.</returns>
    /// <exception cref="ArgumentException">Lengths differ, no pair, or a number is not finite.</exception>
    public static PairedResult Wilcoxon(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] all = Differences(first, second, atLeast: 1), differences = [.. all.Where(d => d != 0)];
        int n = differences.Length;
        if (n == 0) return new PairedResult(0, 0, 0, 1);
        int[] doubled = DoubledRanks(differences);
        long positive = doubled.Where((_, pair) => differences[pair] > 0).Sum(rank => (long)rank);
        long smaller = Math.Min(positive, doubled.Sum(rank => (long)rank) - positive);
        double p = n <= MostExactPairs ? ExactPValue(doubled, smaller) : NormalPValue(doubled, smaller);
        return new PairedResult(n, all.Average(), smaller / 2.0, p);
    }

    private static PairedResult StudentT(double[] differences, double? varianceFactor)
    {
        int n = differences.Length;
        double mean = differences.Average(), variance = differences.Sum(d => (d - mean) * (d - mean)) / (n - 1);
        double error = Math.Sqrt(variance * (varianceFactor ?? 1.0 / n));
        double t = mean == 0 ? 0 : error == 0 ? double.CopySign(double.PositiveInfinity, mean) : mean / error;
        return new PairedResult(n, mean, t, SpecialFunctions.StudentTwoSided(t, n - 1));
    }

    private static double[] Differences(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int atLeast)
    {
        if (first.Length != second.Length) throw new ArgumentException("Both series need the same number of values.");
        if (first.Length < atLeast) throw new ArgumentException($"At least {atLeast} pairs are needed.");
        double[] differences = new double[first.Length];
        for (int n = 0; n < differences.Length; n++)
        {
            differences[n] = second[n] - first[n];
            if (!double.IsFinite(differences[n])) throw new ArgumentException("All values must be finite.");
        }
        return differences;
    }

    /// <summary>Twice the rank of each absolute difference: ties share their mean rank, and twice of it is whole.</summary>
    private static int[] DoubledRanks(double[] differences)
    {
        int[] order = [.. Enumerable.Range(0, differences.Length).OrderBy(pair => Math.Abs(differences[pair]))];
        int[] ranks = new int[differences.Length];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && Math.Abs(differences[order[to]]) == Math.Abs(differences[order[from]]);) to++;
            for (int place = from; place < to; place++) ranks[order[place]] = from + 1 + to;
        }
        return ranks;
    }

    /// <summary>Share of all choices of signs whose sum is not above the found one, twice.</summary>
    private static double ExactPValue(int[] doubledRanks, long smaller)
    {
        double[] share = new double[doubledRanks.Sum() + 1];
        share[0] = 1;
        int reached = 0;
        foreach (int rank in doubledRanks)
        {
            reached += rank;
            for (int sum = reached; sum >= 0; sum--) share[sum] = (share[sum] + (sum >= rank ? share[sum - rank] : 0)) / 2;
        }
        return Math.Min(1, 2 * share.Take((int)smaller + 1).Sum());
    }

    private static double NormalPValue(int[] doubledRanks, long smaller)
    {
        double mean = doubledRanks.Sum(rank => (long)rank) / 4.0, variance = doubledRanks.Sum(rank => (double)rank * rank) / 16;
        return SpecialFunctions.NormalTwoSided((smaller / 2.0 - mean) / Math.Sqrt(variance));
    }
}
