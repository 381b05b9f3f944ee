using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MedISeg.Training.Ablation;

/// <summary>What is compared, and at what cost; docs/schemas/ablate.schema.json.</summary>
internal sealed record AblationPlan
{
    /// <summary>1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Training options of the base, or the path of their file beside the plan.</summary>
    public required JsonNode Train { get; init; }

    /// <summary>Segmentation options of the base without post-processing; null: the built-in ones.</summary>
    public JsonObject? Inference { get; init; }

    /// <summary>Post-processing of the base. Default none.</summary>
    public JsonArray Postprocessing { get; init; } = [];

    /// <summary>Pre-trained encoder that the base starts from, beside the plan; null: none.</summary>
    public string? Encoder { get; init; }

    /// <summary>Names of tricks that get a row each. Default none.</summary>
    public IReadOnlyList<string> Tricks { get; init; } = [];

    /// <summary>Further rows. Default none.</summary>
    public IReadOnlyList<RowPlan> Rows { get; init; } = [];

    /// <summary>How many folds of the split are run, the first ones; null: all.</summary>
    public int? Folds { get; init; }

    /// <summary>Seeds of each training, at least one; scores are averaged over them. Default that of the options.</summary>
    public IReadOnlyList<int>? Seeds { get; init; }

    /// <summary>Trainings of an ensemble, at least 2: the first seed and those after it. Default 3.</summary>
    public int Members { get; init; } = 3;

    /// <summary>Steps of each training; null: those of the options.</summary>
    public int? Steps { get; init; }

    /// <summary>Minutes of each training, above 0: it takes as many steps as fit by its own pace. Excludes <see cref="Steps"/>; null: steps count.</summary>
    public double? Minutes { get; init; }

    /// <summary>Checkpoint that is scored. Default last: the best one is chosen on the cases that are scored.</summary>
    public CheckpointRule Checkpoint { get; init; }

    /// <summary>Distance that counts as agreement for the surface Dice, mm, at least 0. Default 1.</summary>
    public double ToleranceMm { get; init; } = 1;

    /// <summary>Folder of the plan, which paths start from.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = ".";
}

/// <summary>One row as it is asked for; every key may be left out.</summary>
internal sealed record RowPlan
{
    /// <summary>Name in tables; null: the tricks' names.</summary>
    public string? Name { get; init; }

    /// <summary>Heading in tables; null: the first trick's, or custom.</summary>
    public string? Category { get; init; }

    /// <summary>Tricks that are switched on together. Default none.</summary>
    public IReadOnlyList<string> Tricks { get; init; } = [];

    /// <summary>Changes of the training options.</summary>
    public JsonObject? Train { get; init; }

    /// <summary>Changes of the segmentation options.</summary>
    public JsonObject? Inference { get; init; }

    /// <summary>Post-processing instead of the base's.</summary>
    public JsonArray? Postprocessing { get; init; }

    /// <summary>How several trainings become one result; null: each is scored alone.</summary>
    public EnsembleRule? Ensemble { get; init; }

    /// <summary>Pre-trained encoder, beside the plan.</summary>
    public string? Encoder { get; init; }

    /// <summary>Folder of synthetic pairs of each fold, beside the plan; {fold} in it is the fold.</summary>
    public string? Synthetic { get; init; }

    /// <summary>best: all tricks that helped, together; the rest is left out.</summary>
    public CombineRule? Combine { get; init; }
}

/// <summary>Which checkpoint of a run is scored.</summary>
internal enum CheckpointRule
{
    /// <summary>That of the last step.</summary>
    Last,
    /// <summary>That with the best validation.</summary>
    Best,
}

/// <summary>How members become one result.</summary>
internal enum EnsembleRule
{
    /// <summary>Mean of their probabilities (EnsAvg).</summary>
    Mean,
    /// <summary>Majority of their labels, ties to the lower class (EnsVot).</summary>
    Vote,
}

/// <summary>How a row is made of the others.</summary>
internal enum CombineRule
{
    /// <summary>All rows whose mean change is above 0, the better one first; one that contradicts a better one is left out.</summary>
    Best,
}
