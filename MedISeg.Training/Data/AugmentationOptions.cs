namespace MedISeg.Training.Data;

/// <summary>Random changes of training patches.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Axes that are mirrored with probability 1/2 each: k, j, i. Default none.</summary>
    public IReadOnlyList<string> Flips { get; init; } = [];

    /// <summary>Probability in [0, 1] of the intensity changes below, of all together. Default 0.</summary>
    public double Intensity { get; init; }

    /// <summary>Largest deviation of added normal noise, in normalised units, at least 0; drawn in [0, noise]. Default 0.1.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>Intensities are multiplied by a factor in [1 - contrast, 1 + contrast]; in [0, 1). Default 0.1.</summary>
    public double Contrast { get; init; } = 0.1;

    /// <summary>A summand in [-brightness, brightness], in normalised units; at least 0. Default 0.1.</summary>
    public double Brightness { get; init; } = 0.1;
}
