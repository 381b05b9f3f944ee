namespace MedISeg.Training.Evaluation.Statistics;

/// <summary>Correction for many tests by Holm (1979): the chance of even one false finding stays below the level.</summary>
internal static class HolmCorrection
{
    /// <summary>Adjusts p-values: the n-th smallest of m is multiplied by m - n + 1, and never falls below a smaller one's.</summary>
    /// <param name="pValues">Each in [0, 1], in any order.</param>
    /// <returns>Adjusted values in the same order, at most 1.</returns>
    /// <exception cref="ArgumentException">A value is not in [0, 1].</exception>
    public static double[] Adjust(ReadOnlySpan<double> pValues)
    {
        double[] given = pValues.ToArray(), adjusted = new double[given.Length];
        if (given.Any(p => p is not (>= 0 and <= 1))) throw new ArgumentException("p-values lie in [0, 1].", nameof(pValues));
        double least = 0;
        int left = given.Length;
        foreach (int place in Enumerable.Range(0, given.Length).OrderBy(n => given[n]))
            adjusted[place] = least = Math.Max(least, Math.Min(1, given[place] * left--));
        return adjusted;
    }
}
