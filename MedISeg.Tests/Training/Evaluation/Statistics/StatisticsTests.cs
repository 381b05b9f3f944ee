using System.Text.Json;
using MedISeg.Tests.Support;
using MedISeg.Training.Evaluation.Statistics;

namespace MedISeg.Tests.Training.Evaluation.Statistics;

/// <summary>Against scipy: Golden/stats.</summary>
public sealed class StatisticsTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "stats", "values.json"))).RootElement;

    [Fact]
    public void StudentT_PaperFolds_GivesThePapersPValue()
    {
        double[] baseline = NpyFile.Golden("stats/baseline_5folds_x_4metrics.npy").ToDoubles();
        double[] trick = NpyFile.Golden("stats/trick_5folds_x_4metrics.npy").ToDoubles();
        PairedResult result = PairedTests.StudentT(baseline, trick);
        Assert.Equal(20, result.Pairs);
        Assert.Equal(5.798582707793489, result.Statistic, 1e-9);
        Assert.Equal(1.3804391446100047e-05, result.PValue, 1e-14);
        Assert.Equal(-result.Statistic, PairedTests.StudentT(trick, baseline).Statistic, 1e-12);
    }

    [Fact]
    public void StudentT_OtherNumbers_EqualsScipy()
    {
        PairedResult result = PairedTests.StudentT(Numbers("a"), Numbers("b"));
        Check("pairedAb", result);
        Assert.Equal(Numbers("b").Average() - Numbers("a").Average(), result.MeanDifference, 1e-12);
    }

    [Fact]
    public void StudentT_EqualDifferences_AreCertainOrNothing()
    {
        Assert.Equal((0, 1), Both(PairedTests.StudentT([0.5, 0.75], [0.5, 0.75])));
        Assert.Equal((double.NegativeInfinity, 0), Both(PairedTests.StudentT([0.5, 0.75], [0.25, 0.5])));
    }

    [Fact]
    public void StudentT_InvalidSeries_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => PairedTests.StudentT([1], [2]));
        Assert.Throws<ArgumentException>(() => PairedTests.StudentT([1, 2], [2, 3, 4]));
        Assert.Throws<ArgumentException>(() => PairedTests.StudentT([1, 2], [2, double.NaN]));
    }

    [Fact]
    public void CorrectedResampledT_FiveFolds_EqualsScipysTailAndIsLessSureThanPlainT()
    {
        double[] zero = new double[5], folds = Numbers("folds");
        PairedResult result = PairedTests.CorrectedResampledT(zero, folds, 0.25);
        Check("corrected", result);
        Assert.True(result.PValue > PairedTests.StudentT(zero, folds).PValue);
    }

    [Fact]
    public void Wilcoxon_NoTies_EqualsScipysExactTest() => Check("wilcoxonExact", PairedTests.Wilcoxon(Numbers("a"), Numbers("b")));

    [Fact]
    public void Wilcoxon_TiesAndZeros_EqualsCountingAllSigns()
    {
        PairedResult result = PairedTests.Wilcoxon(Numbers("tiedA"), Numbers("tiedB"));
        Check("wilcoxonTies", result);
        Assert.Equal(9, result.Pairs);
    }

    [Fact]
    public void Wilcoxon_SixtyPairs_EqualsScipysNormalTest() => Check("wilcoxonNormal", PairedTests.Wilcoxon(Numbers("manyA"), Numbers("manyB")));

    [Fact]
    public void Wilcoxon_NoDifference_IsCertainlyChance() => Assert.Equal((0, 1), Both(PairedTests.Wilcoxon([1, 2, 3], [1, 2, 3])));

    [Fact]
    public void StudentTwoSided_Table_EqualsScipy()
    {
        foreach (JsonElement row in Golden.GetProperty("studentT").EnumerateArray())
            Close(row[2].GetDouble(), SpecialFunctions.StudentTwoSided(row[0].GetDouble(), row[1].GetDouble()), 1e-9);
    }

    [Fact]
    public void NormalTwoSided_Table_EqualsScipy()
    {
        foreach (JsonElement row in Golden.GetProperty("normal").EnumerateArray())
            Close(row[1].GetDouble(), SpecialFunctions.NormalTwoSided(-row[0].GetDouble()), 1e-11);
    }

    [Fact]
    public void Adjust_FourValues_StepsDownAndKeepsTheOrder()
    {
        double[] adjusted = HolmCorrection.Adjust([0.04, 0.01, 0.9, 0.02]);
        // By hand: 0.01 x 4, 0.02 x 3, 0.04 x 2, 0.9 x 1.
        Assert.Equal([0.08, 0.04, 0.9, 0.06], adjusted.Select(p => Math.Round(p, 12)));
        // 0.02 x 3 = 0.06 is not below 0.018 x 4 = 0.072 and takes its place; 0.9 x 2 and 0.95 end at 1.
        Assert.Equal([1, 0.072, 0.072, 1], HolmCorrection.Adjust([0.9, 0.018, 0.02, 0.95]).Select(p => Math.Round(p, 12)));
        Assert.Throws<ArgumentException>(() => HolmCorrection.Adjust([0.5, double.NaN]));
    }

    [Fact]
    public void MeanInterval_TwelveValues_LiesNearScipysAndFollowsTheSeed()
    {
        double[] values = Numbers("a"), expected = Numbers("bootstrap");
        (double low, double high) = Bootstrap.MeanInterval(values, seed: 5, draws: 40_000);
        // scipy drew 200,000 means of its own: the ends agree within a twentieth of the interval's width.
        Assert.Equal(expected[0], low, 0.005);
        Assert.Equal(expected[1], high, 0.005);
        Assert.Equal((low, high), Bootstrap.MeanInterval(values, seed: 5, draws: 40_000));
        Assert.NotEqual((low, high), Bootstrap.MeanInterval(values, seed: 6, draws: 40_000));
        Assert.Equal((0.7, 0.7), Bootstrap.MeanInterval([0.7], seed: 1));
    }

    private static (double Statistic, double PValue) Both(PairedResult result) => (result.Statistic, result.PValue);

    private static void Check(string key, PairedResult result)
    {
        Assert.Equal(Golden.GetProperty(key).GetProperty("statistic").GetDouble(), result.Statistic, 1e-9);
        Close(Golden.GetProperty(key).GetProperty("p").GetDouble(), result.PValue, 1e-9);
    }

    private static void Close(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * expected, $"{actual} instead of {expected}");

    private static double[] Numbers(string key) => [.. Golden.GetProperty(key).EnumerateArray().Select(n => n.GetDouble())];
}
