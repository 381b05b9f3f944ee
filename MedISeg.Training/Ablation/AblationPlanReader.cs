using MedISeg.Imaging.Errors;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Ablation;

/// <summary>Reads plans strictly by docs/schemas/ablate.schema.json.</summary>
internal static class AblationPlanReader
{
    private static readonly OptionsReader<AblationPlan> Reader = new("ablate.schema.json", "ablation", Check);

    /// <summary>Reads a file; paths in it start from its folder.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no such file, unknown keys or values that are not
    /// allowed; all are named.</exception>
    public static AblationPlan Read(string path) => Reader.Read(path) with { Folder = Path.GetDirectoryName(Path.GetFullPath(path))! };

    /// <summary>Reads a text; paths start from the working folder.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static AblationPlan Parse(string json) => Reader.Parse(json);

    private static void Check(AblationPlan plan)
    {
        if (plan is { Steps: not null, Minutes: not null }) throw Fault("minutes", "excludes steps; give one of them");
        if (plan.Tricks.Count + plan.Rows.Count == 0) throw Fault("tricks", "is empty, as is rows; name at least one trick to compare");
    }

    private static SegmentationException Fault(string key, string message) =>
        new(ErrorCode.InvalidOption, $"The plan is not valid: {key} {message}.", [new KeyError(key, message)]);
}
