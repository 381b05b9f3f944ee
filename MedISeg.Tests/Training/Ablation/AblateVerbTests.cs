using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Training.Ablation;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;
using MedISeg.Tests.Training.Reports;

namespace MedISeg.Tests.Training.Ablation;

/// <summary>The verb as a user calls it, with its child processes.</summary>
[Collection(TrainingTests.Name)]
public sealed class AblateVerbTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public AblateVerbTests()
    {
        ToyCases.Write(At("data"), 5, n => new GridSize(9 + n, 10, 11));
        // A test case that cannot be read: whoever touches it fails.
        File.WriteAllText(At("data/images/4.nii.gz"), "");
        File.WriteAllText(At("data/labels/4.nii.gz"), "");
        SplitFile.Write(At("splits.json"), "toys", "by hand", new DataSplit(["4"], [["0", "1"], ["2", "3"]]));
        JsonObject train = JsonSerializer.SerializeToNode(
            ToyCases.Options with { Steps = 4, StepsPerEpoch = 2, ValidationCases = 1 }, SegmentationOptions.Json)!.AsObject();
        File.WriteAllText(At("train.json"), train.ToJsonString());
        File.WriteAllText(At("plan.json"), """{ "train": "train.json", "tricks": ["CBL(Dice)", "TTA", "ABL-CS", "IntNorm"] }""");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Ablate_KilledAndContinued_GivesTheTableOfAnUninterruptedOne()
    {
        Assert.Equal(0, await Ablate("whole"));
        string[] expected = Scores("whole");
        // Five rows with six scores, and one Dice for each of the two classes.
        Assert.Equal(5 * (6 + 2), expected.Length);

        using (Process first = Start("killed"))
        {
            // The first training is done and the second one is under way.
            string? line;
            while ((line = first.StandardOutput.ReadLine()) is not null && !line.StartsWith("1 of 4 trainings", StringComparison.Ordinal))
            {
            }
            while ((line = first.StandardOutput.ReadLine()) is not null && !line.Contains(": step 2/4", StringComparison.Ordinal))
            {
            }
            Assert.NotNull(line);
            first.Kill();
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        string[] done = Directory.GetFiles(At("killed"), "done.json", SearchOption.AllDirectories);
        Assert.InRange(done.Length, 1, 3);
        Assert.False(File.Exists(At("killed/report.html")));
        DateTime before = File.GetLastWriteTimeUtc(done[0]);
        Assert.Equal(0, await Ablate("killed"));
        Assert.Equal(before, File.GetLastWriteTimeUtc(done[0]));
        Assert.Equal(expected, Scores("killed"));

        string html = File.ReadAllText(At("killed/report.html"));
        ReportTests.AssertStandsAlone(html);
        Assert.Contains("<b>10 / 10</b><span>rows x folds scored</span>", html, StringComparison.Ordinal);
        Assert.Contains("same as the base", File.ReadAllText(At("killed/table.md")), StringComparison.Ordinal);
        Assert.Contains("LiTS17 +1.68 / +1.60", File.ReadAllText(At("killed/table.md")), StringComparison.Ordinal);

        // Scores come again from the kept label maps alone.
        foreach (string run in Directory.GetDirectories(At("killed/runs")))
            foreach (string packages in Directory.GetDirectories(run, "packages")) Directory.Delete(packages, recursive: true);
        Assert.Equal(0, await Ablate("killed", "--report-only", "--rescore"));
        Assert.Equal(expected, Scores("killed"));
        Assert.Equal(2, await AblateVerb.Create().Parse([.. Arguments("killed"), "--folds", "3"]).InvokeAsync());
    }

    [Fact]
    public async Task Ablate_DryRun_ListsTrainingsAndMakesNone()
    {
        using StringWriter output = new();
        TextWriter console = Console.Out;
        Console.SetOut(output);
        try
        {
            Assert.Equal(0, await Ablate("dry", "--dry-run"));
        }
        finally
        {
            Console.SetOut(console);
        }
        Assert.Matches(@"4 trainings, 1 at a time: about \d+\.\d\d hours", output.ToString());
        Assert.Empty(Directory.GetFiles(At("dry"), "metrics.csv", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Ablate_WithoutSplits_MakesTheFoldsOfTheOptions()
    {
        JsonObject train = JsonNode.Parse(File.ReadAllText(At("train.json")))!.AsObject();
        train["folds"] = 3;
        File.WriteAllText(At("train.json"), train.ToJsonString());
        ToyCases.Write(At("data"), 5, n => new GridSize(9 + n, 10, 11));
        Assert.Equal(0, await AblateVerb.Create().Parse(["--plan", At("plan.json"), "--data", At("data"), "--out", At("own"), "--report-only"]).InvokeAsync());
        Assert.Equal(3, SplitFile.Read(At("own/splits.json")).Folds.Count);
    }

    [Fact]
    public async Task Ablate_ReportOnlyOfOneThatRuns_ReportsAndLeavesTheRestAlone()
    {
        using IDisposable running = RunLock.Take(At("busy"));
        Assert.Equal(0, await Ablate("busy", "--report-only"));
        ReportTests.AssertStandsAlone(File.ReadAllText(At("busy/report.html")));
        Assert.Equal(2, await Ablate("busy", "--report-only", "--rescore"));
        Assert.Equal(2, await Ablate("busy"));
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--parallel", "0")]
    [InlineData("--folds", "0")]
    [InlineData("--steps", "-1")]
    public async Task Ablate_NumberOutOfRange_IsBadInput(string option, string value) =>
        Assert.Equal(2, await AblateVerb.Create().Parse([.. Arguments("bad"), option, value]).InvokeAsync());

    private Task<int> Ablate(string folder, params string[] more) => AblateVerb.Create().Parse([.. Arguments(folder), "--parallel", "1", .. more]).InvokeAsync();

    private Process Start(string folder)
    {
        string At(string file) => Path.Combine(AppContext.BaseDirectory, file);
        // Some libraries of the trainer lie in the shared framework of the tests.
        ProcessStartInfo start = new(TrainerProcess.Host, ["exec", "--runtimeconfig", At("MedISeg.Tests.runtimeconfig.json"), "--depsfile", At("MedISeg.Tests.deps.json"), At("MedISeg.Training.dll"), "ablate", .. Arguments(folder), "--parallel", "1"])
        {
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private string[] Arguments(string folder) =>
        ["--plan", At("plan.json"), "--data", At("data"), "--splits", At("splits.json"), "--out", At(folder)];

    /// <summary>Lines of the table without the times.</summary>
    private string[] Scores(string folder) => [.. File.ReadAllLines(At(folder + "/table.csv")).Skip(1).Select(line =>
    {
        string[] cells = line.Split(',');
        return string.Join(',', cells.Where((_, n) => n is not (5 or 6)));
    })];

    private string At(string name) => Path.Combine(_root, name);
}
