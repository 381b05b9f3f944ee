namespace MedISeg.Training.Data;

/// <summary>Where patches are taken.</summary>
public sealed record SamplingOptions
{
    /// <summary>Probability in [0, 1] that a patch holds a voxel of a foreground class: the class is drawn first, all alike, so that small
    /// ones are seen; then its voxel. Other patches lie anywhere. Default 1/3.</summary>
    public double Foreground { get; init; } = 1.0 / 3;
}
