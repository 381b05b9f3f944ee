using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Losses;

/// <summary>Deep supervision, the paper's DeepS: coarser levels of the network get an output of their own in training, and their losses
/// are added. The exported network has the full-size output only.</summary>
public sealed record DeepSupervisionOptions
{
    private const int PaperOutputs = 4;

    /// <summary>Outputs with the full-size one, in 2..10 and at most the levels of the network; null: 4 as in the paper, or all levels
    /// where there are fewer.</summary>
    public int? Outputs { get; init; }

    /// <summary>Weight of each output's loss, from the full-size one, at least 0; null: 1 each, as in the paper.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>How labels become coarser where fixed. Default nearest.</summary>
    public CoarseLabels Labels { get; init; } = CoarseLabels.Nearest;

    /// <summary>fixed (default), or compat: labels are interpolated like intensities (2-D bilinear, 3-D trilinear with corners aligned) and
    /// cut to whole numbers, so that structures shrink, and borders of class 2 become class 1.</summary>
    public DefectMode Mode { get; init; } = DefectMode.Fixed;

    /// <summary>Outputs of a network with this many levels.</summary>
    internal int OutputsOf(int levels) => Outputs ?? Math.Min(PaperOutputs, levels);

    /// <summary>Weight of an output, 0 = full-size.</summary>
    internal double WeightOf(int output) => Weights?[output] ?? 1;

    /// <summary>Faults that single ranges do not show; empty: none.</summary>
    /// <param name="levels">Levels of the network.</param>
    internal IEnumerable<KeyError> Check(int levels)
    {
        int outputs = OutputsOf(levels);
        if (outputs < 2 || outputs > levels)
            yield return new KeyError("deepSupervision.outputs", $"A number in 2..{levels}, the levels of the network, is needed.");
        if (Weights is not null && (Weights.Count != outputs || Weights.Any(w => w < 0) || Weights.Sum() <= 0))
            yield return new KeyError("deepSupervision.weights", $"{outputs} numbers are needed, one an output, full size first; one is above 0.");
        if (Mode == DefectMode.Compat && Labels != CoarseLabels.Nearest)
            yield return new KeyError("deepSupervision.labels", "In compat labels are interpolated; leave this key out.");
    }
}

/// <summary>How labels become coarser.</summary>
public enum CoarseLabels
{
    /// <summary>The label of the block's first voxel.</summary>
    Nearest,

    /// <summary>The highest class number in the block, so that small structures of high numbers stay.</summary>
    Max,
}
