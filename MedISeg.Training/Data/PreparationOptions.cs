namespace MedISeg.Training.Data;

/// <summary>How cases are prepared beyond grid and intensity steps.</summary>
public sealed record PreparationOptions
{
    /// <summary>How the truth is brought to the grid. Default nearest.</summary>
    public LabelResampling Labels { get; init; }

    /// <summary>Scheme that fills the intensity steps, which must be empty, before a new run starts; null: the steps are given.
    /// Default null.</summary>
    public IntensityScheme? IntesNorm { get; init; }
}
