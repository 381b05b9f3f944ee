using MedISeg.Imaging.Errors;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Tests.Training.Data.Splits;

public sealed class FoldMakerTests
{
    [Fact]
    public void Make_OneCaseAGroup_EveryCaseIsHeldOutOnceAndTheSeedDecides()
    {
        StratifiedCase[] cases = [.. Enumerable.Range(0, 13).Select(n => One($"{n:D2}"))];
        DataSplit split = FoldMaker.Make(cases, 5, 1);
        Assert.Equal(cases.Select(c => c.Name), split.Folds.SelectMany(f => f).Order());
        Assert.Equal([3, 3, 3, 2, 2], split.Folds.Select(f => f.Count));
        Assert.True(FoldMaker.Make(cases, 5, 1).IsSame(split));
        Assert.False(FoldMaker.Make(cases, 5, 2).IsSame(split));
    }

    [Fact]
    public void Make_Patients_StayTogetherAndFoldsStayEven()
    {
        // Patients of 7, 5, 4, 3, 3, 2 images: 24 in 3 folds.
        int[] sizes = [7, 5, 4, 3, 3, 2];
        StratifiedCase[] cases = [.. sizes.SelectMany((size, p) => Enumerable.Range(0, size).Select(n => new StratifiedCase($"p{p}-{n}", $"p{p}", "")))];
        for (int seed = 0; seed < 5; seed++)
        {
            DataSplit split = FoldMaker.Make(cases, 3, seed);
            Assert.Equal(24, split.Folds.SelectMany(f => f).Distinct().Count());
            for (int p = 0; p < sizes.Length; p++) Assert.Single(split.Folds, f => f.Any(name => name.StartsWith($"p{p}-", StringComparison.Ordinal)));
            Assert.All(split.Folds, f => Assert.InRange(f.Count, 7, 9));
        }
    }

    [Fact]
    public void Make_Kinds_AreSpreadEvenlyOverTestSetAndFolds()
    {
        StratifiedCase[] cases = [.. Enumerable.Range(0, 40).Select(n => One($"fluo_{n}", "fluo")), .. Enumerable.Range(0, 10).Select(n => One($"colour_{n}", "colour")),
            .. Enumerable.Range(0, 5).Select(n => One($"bright_{n}", "bright"))];
        DataSplit split = FoldMaker.Make(cases, 4, 3, testShare: 0.2);
        Assert.Equal((8, 2, 1), Kinds(split.Test));
        Assert.All(split.Folds, fold => Assert.Equal((8, 2, 1), Kinds(fold)));

        static (int, int, int) Kinds(IReadOnlyList<string> names) => (names.Count(n => n[0] == 'f'), names.Count(n => n[0] == 'c'), names.Count(n => n[0] == 'b'));
    }

    [Fact]
    public void Make_TestSetOfPatients_HoldsWholePatientsOfAboutTheShare()
    {
        StratifiedCase[] cases = [.. Enumerable.Range(0, 30).Select(n => new StratifiedCase($"p{n / 3}-{n}", $"p{n / 3}", ""))];
        DataSplit split = FoldMaker.Make(cases, 4, 9, testShare: 0.25);
        // A quarter of 30 is 7 or 8: two patients of 3.
        Assert.Equal(6, split.Test.Count);
        Assert.Equal(2, split.Test.Select(n => n.Split('-')[0]).Distinct().Count());
        Assert.Equal([6, 6, 6, 6], split.Folds.Select(f => f.Count));
    }

    [Fact]
    public void Make_MoreFoldsThanCasesOrPatients_SaysHowManyThereAre()
    {
        StratifiedCase[] cases = [One("a"), One("b"), One("c"), One("d")];
        Assert.StartsWith("5 folds need at least 5 cases; there are 4.", Fault(cases, 5).Message, StringComparison.Ordinal);
        StratifiedCase[] grouped = [.. cases.Select((c, n) => c with { Group = n < 2 ? "p" : "q" })];
        Assert.StartsWith("3 folds need at least 3 groups (patients); there are 2.", Fault(grouped, 3).Message, StringComparison.Ordinal);

        static SegmentationException Fault(StratifiedCase[] cases, int folds) => Assert.Throws<SegmentationException>(() => FoldMaker.Make(cases, folds, 1));
    }

    /// <summary>Golden values splits2d and splits3d: the sizes that the paper's code gives.</summary>
    [Theory]
    [InlineData(2594, 0.2, 518, 415, 1661)] // ISIC 2018
    [InlineData(4981, 0.2, 996, 797, 3188)] // CoNIC
    [InlineData(204, 0.1, 40, 16, 148)] // KiTS19 without the six
    [InlineData(210, 0.1, 42, 16, 152)] // KiTS19
    [InlineData(131, 0.1, 26, 10, 95)] // LiTS17
    public void ByPosition_ThePapersSets_HaveItsSizesAndPlaces(int count, double share, int test, int validation, int training)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(n => $"{n:D5}")];
        for (int fold = 0; fold < 5; fold++)
        {
            DataSplit split = FoldMaker.ByPosition(names, 5, fold, share);
            Assert.Equal((test, validation, training), (split.Test.Count, split.Folds[0].Count, split.Folds[1].Count));
            Assert.Equal((names[fold * test], names[(fold + 1) * test - 1]), (split.Test[0], split.Test[^1]));
            Assert.Equal(fold == 0 ? names[test] : names[0], split.Folds[0][0]);
            Assert.Equal(count, split.Test.Concat(split.Folds[0]).Concat(split.Folds[1]).Distinct().Count());
        }
    }

    [Fact]
    public void ByPosition_TooFewCases_IsRefused() =>
        Assert.Throws<SegmentationException>(() => FoldMaker.ByPosition(["a", "b", "c", "d"], 5, 0, 0.2));

    private static StratifiedCase One(string name, string stratum = "") => new(name, name, stratum);
}
