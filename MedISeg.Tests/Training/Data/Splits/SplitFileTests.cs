using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Tests.Training.Data.Splits;

public sealed class SplitFileTests : IDisposable
{
    private const string TwoSets = """
        { "rule": "by hand", "one": { "test": ["t"], "folds": [["a", "b"], ["c"]] }, "two": { "folds": [["x"], ["y"]] } }
        """;

    private readonly TempFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "splits.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NamedSet_GivesTestSetAndFolds()
    {
        System.IO.File.WriteAllText(File, TwoSets);
        DataSplit split = SplitFile.Read(File + ":one");
        Assert.Equal(["t"], split.Test);
        Assert.Equal(["a,b", "c"], split.Folds.Select(f => string.Join(',', f)));
        Assert.Empty(SplitFile.Read(File + ":two").Test);
        SplitFile.Write(File, "only", "copied", split);
        Assert.True(SplitFile.Read(File).IsSame(split));
    }

    [Theory]
    [InlineData(TwoSets, "", "one, two")]
    [InlineData(TwoSets, ":three", "one, two")]
    [InlineData("[]", "", "not a file of splits")]
    [InlineData("{", "", "not a file of splits")]
    [InlineData("""{ "folds": [["a"], []] }""", "", "not a file of splits")]
    [InlineData("""{ "folds": [["a"]] }""", "", "not a file of splits")]
    [InlineData("""{ "folds": [["a"], [3]] }""", "", "not a file of splits")]
    [InlineData("""{ "s": { "folds": "no" } }""", "", "not a file of splits")]
    [InlineData("""{ "s": { "folds": [["a"], ["b"]] }, "s": { "folds": [["a"], ["b"]] } }""", "", "not a file of splits")]
    public void Read_FileThatIsWrong_SaysWhatIsNeeded(string json, string set, string part)
    {
        System.IO.File.WriteAllText(File, json);
        SegmentationException fault = Assert.Throws<SegmentationException>(() => SplitFile.Read(File + set));
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        Assert.Contains("splits.json", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Fold_GivesThreePartsAndNeverTestCasesInTwo()
    {
        DataSplit split = new(["t", "u"], [["a", "b"], ["c"], ["d"]]);
        DataParts parts = split.Of(Cases("d", "t", "a", "c"), 1);
        Assert.Equal(["d,a", "c", "t"], new[] { parts.Training, parts.Validation, parts.Test }.Select(p => string.Join(',', p.Select(c => c.Name))));
    }

    [Theory]
    [InlineData("a,b,z", 0, "z")] // in no part
    [InlineData("a,a", 0, "called a")]
    [InlineData("a,b", 2, "folds 0 to 1")]
    public void Of_CasesThatDoNotFit_AreNamed(string cases, int fold, string part) =>
        Assert.Contains(part, Assert.Throws<SegmentationException>(() => new DataSplit([], [["a"], ["b"]]).Of(Cases(cases.Split(',')), fold)).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_CaseInTwoParts_IsNamed()
    {
        string message = Assert.Throws<SegmentationException>(() => new DataSplit(["b"], [["a"], ["b"]]).Of(Cases("a"), 0)).Message;
        Assert.StartsWith("Case b is in the split twice, in the test set and in fold 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_PatientInTestSetAndFold_IsRefused()
    {
        DatasetCase[] cases = [.. Cases("t", "a", "b").Select(c => c with { Group = c.Name == "b" ? "q" : "p" })];
        Assert.Contains("group p", Assert.Throws<SegmentationException>(() => new DataSplit(["t"], [["a"], ["b"]]).Of(cases, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_SecondUseOfATestSet_SeesTheFirst()
    {
        string path = Path.Combine(_folder.Path, "test-use.json");
        DataSplit split = new(["t", "u"], [["a"], ["b"]]);
        DateTimeOffset at = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        Assert.Empty(TestUse.Record(path, new TestUse("m 1", "00", TestUse.HashOf(split), at)));
        Assert.Empty(TestUse.Record(path, new TestUse("m 1", "00", TestUse.HashOf(split with { Test = ["t"] }), at)));
        TestUse earlier = Assert.Single(TestUse.Record(path, new TestUse("m 2", "11", TestUse.HashOf(split with { Test = ["u", "t"] }), at)));
        Assert.Equal(("m 1", at), (earlier.Package, earlier.At));
        System.IO.File.WriteAllText(path, "{");
        Assert.Contains("test-use.json", Assert.Throws<SegmentationException>(() => TestUse.Record(path, earlier)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hippocampus", 40, 32)]
    [InlineData("nuclei", 61, 61)]
    [InlineData("cardiac-lv", 111, 90)]
    public void Read_SharedSplits_FitTheirFoldersAndKeepSubjectsTogether(string set, int test, int held)
    {
        DataSplit split = SplitFile.Read(DataFolder.Require("splits.json") + ":" + set);
        DataOptions options = new() { GroupPattern = set == "cardiac-lv" ? "^(.*?)-IM-" : null, KindPattern = set == "nuclei" ? "^[a-z]+" : null };
        DataParts parts = split.Of(DatasetFolder.List(DataFolder.Require(set), options), 0);
        Assert.Equal((test, held), (parts.Test.Count, parts.Validation.Count));
    }

    [Fact]
    public void Read_SharedNuclei_AreThreeChannelsAndTwoClassesWhateverTheirKind()
    {
        DataOptions options = new() { Labels = LabelRule.Positive, Colours = ColourRule.Rgb, KindPattern = "^[a-z]+" };
        foreach (IGrouping<string, DatasetCase> kind in DatasetFolder.List(DataFolder.Require("nuclei"), options).GroupBy(c => c.Kind))
            foreach (DatasetCase one in kind.Take(3))
            {
                (MedISeg.Imaging.Volumes.Volume image, MedISeg.Imaging.Volumes.LabelMap labels) = one.Read();
                Assert.Equal(3, image.Channels);
                Assert.Equal(1, labels.Words.ToArray().Max());
            }
    }

    private static DatasetCase[] Cases(params string[] names) => [.. names.Select(n => new DatasetCase(n, [n + ".png"], n + "_label.png"))];
}
