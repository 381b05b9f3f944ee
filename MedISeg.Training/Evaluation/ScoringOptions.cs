using MedISeg.Training.Verbs;

namespace MedISeg.Training.Evaluation;

/// <summary>Which scores are worked out beside overlaps and volumes.</summary>
internal sealed record ScoringOptions
{
    /// <summary>Surface distances as well. Default true.</summary>
    public bool Surfaces { get; init; } = true;

    /// <summary>Distance that counts as agreement for the surface Dice, mm, at least 0. Default 1.</summary>
    public double ToleranceMm { get; init; } = 1;

    /// <summary>The same for single labels. Default none.</summary>
    public IReadOnlyDictionary<int, double> Tolerances { get; init; } = new Dictionary<int, double>();

    /// <summary>Scores of objects; null: in planes only. Default null.</summary>
    public bool? Objects { get; init; }

    /// <summary>Connectivity of objects: 8 in a plane, 26 in a volume, as the paper's code and the post-processing.</summary>
    public static int ConnectivityOf(bool planar) => planar ? 8 : 26;

    /// <summary>With tolerances as a user writes them: one number, or one a label such as 1=1.5,2=3.</summary>
    /// <param name="option">Name of the option for the message.</param>
    /// <param name="tolerances">The text; null: nothing changes.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: not such a text.</exception>
    public ScoringOptions With(string option, string? tolerances) => tolerances switch
    {
        null => this,
        { } text when text.Contains('=', StringComparison.Ordinal) => this with { Tolerances = LabelArgument.Millimetres(option, text) },
        { } text => this with { ToleranceMm = LabelArgument.Millimetre(option, text) },
    };

    /// <summary>Tolerance of a label, mm.</summary>
    public double ToleranceOf(int label) => Tolerances.TryGetValue(label, out double own) ? own : ToleranceMm;
}
