namespace MedISeg.Training.Evaluation.Statistics;

/// <summary>Result of a two-sided test of paired values.</summary>
/// <param name="Pairs">Pairs that the test used.</param>
/// <param name="MeanDifference">Mean of second minus first.</param>
/// <param name="Statistic">Of the test: t, or the smaller rank sum.</param>
/// <param name="PValue">In [0, 1]: how often chance alone gives such a difference.</param>
internal sealed record PairedResult(int Pairs, double MeanDifference, double Statistic, double PValue);
