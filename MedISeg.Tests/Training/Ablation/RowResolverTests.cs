using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Tests.Repository;
using MedISeg.Training.Ablation;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Ablation;

public sealed class RowResolverTests
{
    private static readonly JsonObject Toy = JsonSerializer.SerializeToNode(
        ToyCases.Options with { Augmentation = new() { Flips = ["i"] } }, SegmentationOptions.Json)!.AsObject();

    [Fact]
    public void Rows_OfTheExamplePlan_AreItsTricksAndRows()
    {
        AblationPlan plan = AblationPlanReader.Read(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "ablate.json"));
        RowResolver resolver = new(plan);
        IReadOnlyList<AblationRow> rows = resolver.Rows();
        string[] names = [.. rows.Select(row => row.Name)];
        Assert.Equal(["base", "OverSam", "GTAug-A"], names[..3]);
        Assert.Equal(["larger patch", "TTA + ABL-CS", "more overlap", "small tumours out"], names[^4..]);
        Assert.Equal(["best combination"], resolver.CombinedNames());
        AblationRow both = rows.First(row => row.Name == "TTA + ABL-CS");
        Assert.Equal(TtaPreset.Mediseg3d, both.InferenceOptions().Tta!.Preset);
        KeepLargestComponentStep step = Assert.IsType<KeepLargestComponentStep>(Assert.Single(both.Steps()));
        Assert.Equal([1, 2], step.Labels);
        Assert.Equal((6, TieRule.Keep), (step.Connectivity, step.Ties));
    }

    [Theory]
    [InlineData("hippocampus", 21)]
    [InlineData("nuclei", 21)]
    public void Rows_OfTheShippedExamples_AreAccepted(string name, int count)
    {
        string folder = RepositoryRoot.Of("examples", name);
        TrainOptionsReader.Read(Path.Combine(folder, "train.json"));
        RowResolver resolver = new(AblationPlanReader.Read(Path.Combine(folder, "ablate.json")));
        Assert.Equal(count, resolver.Rows().Count + resolver.CombinedNames().Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_EveryTrickAlone_IsAcceptedWithWhatItNeeds(int dimensionality)
    {
        using TemporaryFile encoder = new();
        JsonObject train = Toy.DeepClone().AsObject();
        train["network"] = new JsonObject { ["dimensionality"] = dimensionality };
        train["patchSize"] = dimensionality == 2 ? new JsonArray(32, 32) : new JsonArray(32, 32, 32);
        if (dimensionality == 2) train["grid"]!["spacing"] = new JsonArray(1, 1);
        string[] names = [.. TrickPresets.All.Where(t => t.Dimensionality is null || t.Dimensionality == dimensionality).Select(t => t.Name)];
        foreach (string name in names)
        {
            AblationPlan plan = new()
            {
                Train = train, Rows = [new RowPlan { Tricks = [name], Encoder = TrickPresets.Find(name, dimensionality).Needs == TrickNeed.Encoder ? encoder.Path : null,
                    Synthetic = TrickPresets.Find(name, dimensionality).Needs == TrickNeed.Synthetic ? "pairs/fold{fold}" : null }],
            };
            AblationRow row = new RowResolver(plan).Rows()[1];
            Assert.Equal((name, TrickPresets.Find(name, dimensionality).Category), (row.Name, row.Category));
        }
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void Rows_LossByName_ReplacesTheWholeLoss()
    {
        JsonObject train = Toy.DeepClone().AsObject();
        train["loss"] = new JsonObject { ["name"] = "Dice+CE", ["dice"] = 2 };
        AblationRow[] rows = Rows(new AblationPlan { Train = train, Tricks = ["OHEM", "GTAug-B"] });
        Assert.Null(rows[1].Training.Options.Loss.Dice);
        Assert.Equal(2, rows[0].Training.Options.Loss.Dice);
        Assert.Equal(2, rows[2].Training.Options.Loss.Dice);
        Assert.Empty(rows[2].Training.Options.Augmentation.Flips);
    }

    [Fact]
    public void Rows_SameOptionsInOtherWords_ShareTheTrainingOfTheBase()
    {
        AblationRow[] rows = Rows(new AblationPlan { Train = Toy, Tricks = ["Dice+CE", "IntNorm", "TTA", "ABL-CS", "CE"] });
        Assert.All(rows[1..5], row => Assert.Equal(rows[0].Training.Key, row.Training.Key));
        Assert.Equal(rows[0].Key, rows[1].Key);
        Assert.Equal(6 - 2, rows.Select(row => row.Key).Distinct().Count());
        Assert.NotEqual(rows[0].Training.Key, rows[5].Training.Key);
    }

    [Fact]
    public void Rows_QuarterTurnsOnAnOblongPatch_BecomeFlips()
    {
        JsonObject train = Toy.DeepClone().AsObject();
        train["patchSize"] = new JsonArray(8, 8, 16);
        AblationRow row = Rows(new AblationPlan { Train = train, Tricks = ["TTA"] })[1];
        Assert.Equal(TtaPreset.Flips, row.InferenceOptions().Tta!.Preset);
        Assert.StartsWith("flips only", row.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "tricks": ["res50"] }""", "Row res50: There is no trick res50 in 3-D")]
    [InlineData("""{ "tricks": ["ModelGe"] }""", "ModelGe: name the pre-trained weights")]
    [InlineData("""{ "tricks": ["GANAug"] }""", "Row GANAug: name the folders of synthetic pairs")]
    [InlineData("""{ "tricks": ["OHEM"], "rows": [{ "tricks": ["OHEM"] }] }""", "OHEM: two rows have this name")]
    [InlineData("""{ "rows": [{ "train": { "batchSize": 3 } }] }""", "needs a name")]
    [InlineData("""{ "rows": [{ "name": "odd", "train": { "patchSize": [7, 8, 8] } }] }""", "Row odd: The training options do not fit together: patchSize[0]")]
    [InlineData("""{ "rows": [{ "name": "x", "train": { "batchSise": 3 } }] }""", "Row x: The training options are not valid.")]
    [InlineData("""{ "rows": [{ "name": "x", "inference": { "tta": { "preset": "mine" } } }] }""", "Row x:")]
    [InlineData("""{ "rows": [{ "name": "x", "postprocessing": [{ "op": "polish" }] }] }""", "Row x:")]
    [InlineData("""{ "rows": [{ "name": "x", "train": { "seed": 3 } }] }""", "x: train.seed cannot differ between rows")]
    [InlineData("""{ "tricks": ["OHEM"], "rows": [{ "name": "OHEM", "combine": "best" }] }""", "OHEM: two rows have this name")]
    [InlineData("""{ "tricks": [] }""", "name at least one trick")]
    [InlineData("""{ "tricks": ["CE"], "steps": 3, "minutes": 1 }""", "excludes steps")]
    [InlineData("""{ "tricks": ["CE"], "fold": 3 }""", "fold")]
    public void Read_PlanThatCannotBeRun_NamesTheRowAndWhatToDo(string rest, string message)
    {
        JsonObject plan = JsonNode.Parse(rest)!.AsObject();
        plan["train"] = Toy.DeepClone();
        SegmentationException fault = Assert.Throws<SegmentationException>(() => Rows(AblationPlanReader.Parse(plan.ToJsonString())));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Combine_RowsThatContradict_KeepTheBetterOne()
    {
        RowResolver resolver = new(new AblationPlan { Train = Toy, Tricks = ["OHEM", "CE", "TTA", "ABL-CS", "fill holes", "DeepS"] });
        AblationRow[] rows = [.. resolver.Rows()];
        AblationRow best = resolver.Combine("best", [rows[2], rows[4], rows[1], rows[3], rows[5]]);
        Assert.Equal("CE", best.Training.Train["loss"]!["name"]!.GetValue<string>());
        Assert.Equal(rows[2].Training.Key, best.Training.Key);
        Assert.NotNull(best.InferenceOptions().Tta);
        Assert.Equal(["keep-largest-component", "fill-holes"], best.Postprocessing.Select(step => step!["op"]!.GetValue<string>()));
        Assert.Equal("joins CE, ABL-CS, TTA, fill holes; left out, as they contradict these: OHEM", best.Note);
    }

    [Fact]
    public void Published_TrickOfThePaper_HasBothTables()
    {
        PublishedChange[] changes = [.. PublishedChanges.Of(["CBL(Tvers)"])];
        Assert.Equal(new PublishedChange("CBL(Tvers)", "ISIC 2018", 0.98, 0.36), Assert.Single(changes));
        Assert.Empty(PublishedChanges.Of(["CBL(Tvers)", "TTA"]));
        AblationRow[] rows = Rows(new AblationPlan
        {
            Train = Toy, Rows = [new RowPlan { Tricks = ["OHEM"] }, new RowPlan { Name = "other", Tricks = ["OHEM"], Train = new JsonObject { ["batchSize"] = 3 } }],
        });
        Assert.Equal([0, 1, 0], rows.Select(row => row.Published.Count));
        Assert.All(PublishedChanges.All.Changes, c => Assert.Contains(TrickPresets.All, t => t.Name == c.Trick));
    }

    private static AblationRow[] Rows(AblationPlan plan) => [.. new RowResolver(plan).Rows()];

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile() => File.WriteAllText(Path, "weights");

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
