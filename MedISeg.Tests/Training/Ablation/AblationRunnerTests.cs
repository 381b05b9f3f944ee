using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Training.Ablation;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Tests.Training.Ablation;

[Collection(TrainingTests.Name)]
public sealed class AblationRunnerTests : IDisposable
{
    private static readonly DataSplit Split = new([], [["0", "1"], ["2", "3"]]);

    private static readonly AblationPlan Plan = new()
    {
        Train = JsonSerializer.SerializeToNode(ToyCases.Options with { Steps = 4, StepsPerEpoch = 2, ValidationCases = 1 }, SegmentationOptions.Json)!,
        Tricks = ["ABL-CS"], Rows = [new RowPlan { Combine = CombineRule.Best }], Folds = 1,
    };

    private readonly string _root = ToyCases.TemporaryFolder();
    private readonly AblationFolder _folder;
    private readonly string _data;

    public AblationRunnerTests()
    {
        _folder = new AblationFolder(Path.Combine(_root, "out"), () => Split, isNamed: true);
        _data = Path.Combine(_root, "data");
        ToyCases.Write(_data, 4, n => new GridSize(9 + n, 10, 11));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Run_TrainingThatRowsShareFails_FailsAllOfThemAndCombinesNothing()
    {
        foreach (string image in Directory.GetFiles(Path.Combine(_data, "images"))) File.WriteAllText(image, "");
        List<string> lines = [];
        AblationRunner runner = Runner(lines.Add);
        runner.Run(TestContext.Current.CancellationToken);
        Assert.Equal(["ABL-CS", "base"], runner.Failures.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["base", "ABL-CS"], runner.Rows.Select(row => row.Name));
        Assert.Contains(lines, line => line.StartsWith("best combination: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_RowWhoseTimeCannotBeTaken_FailsAlone()
    {
        string encoder = Path.Combine(_root, "broken.safetensors");
        File.WriteAllText(encoder, "not weights");
        AblationPlan plan = Plan with { Tricks = [], Rows = [new RowPlan { Name = "broken", Encoder = encoder }], Minutes = 0.002 };
        AblationRunner runner = new(plan, _folder, [_data], DatasetFolder.List(_data, ToyCases.Options.Data), parallel: 1, _ => { });
        runner.Run(TestContext.Current.CancellationToken);
        Assert.Equal(["broken"], runner.Failures.Keys);
        Assert.Single(runner.ScoresOf(runner.Rows[0]));
    }

    [Fact]
    public void ForgetScores_RowThatIsMadeOfOthers_IsForgottenToo()
    {
        AblationRunner runner = Runner(_ => { });
        string path = _folder.ScorePath(runner.Rows[0] with { Name = "best combination" }, "0123456789", 0);
        AblationFolder.Write(path, new FoldScores("best combination", 0, []));
        runner.ForgetScores();
        Assert.False(File.Exists(path));
        runner.ForgetScores();
    }

    [Fact]
    public void Export_OtherCheckpointThanAnEarlierSitting_IsNotThatPackage()
    {
        TrainingConfig config = new RowResolver(Plan).Base.Training;
        string last = Path.Combine(_folder.ConfigPath(config), "packages", "fold0-0");
        Directory.CreateDirectory(last);
        Assert.Equal(last, Export(CheckpointRule.Last));
        // There is no training to export, so it must say that, not hand out the package of the last steps.
        Assert.Throws<SegmentationException>(() => Export(CheckpointRule.Best));

        string Export(CheckpointRule rule) => new TrainingRunner(Plan with { Checkpoint = rule }, _folder, [_data], 1, _ => { })
            .Export(config, 0, [0], TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Left_SeedOfTheOptions_IsThatOfTheTrainings()
    {
        AblationPlan plan = Plan with { Train = Plan.Train.DeepClone() };
        plan.Train["seed"] = 41;
        AblationRunner runner = new(plan, _folder, [_data], [], parallel: 1, _ => { });
        Assert.Equal([41], runner.Left(runner.Rows).Select(t => t.Seed));
    }

    private AblationRunner Runner(Action<string> say) =>
        new(Plan, _folder, [_data], DatasetFolder.List(_data, ToyCases.Options.Data), parallel: 1, say);
}
