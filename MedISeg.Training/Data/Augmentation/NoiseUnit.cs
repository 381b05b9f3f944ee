namespace MedISeg.Training.Data.Augmentation;

/// <summary>What the deviation of the noise is a multiple of.</summary>
public enum NoiseUnit
{
    /// <summary>1, in normalised intensities: the paper's. A tenth of the whole range where images lie in [0, 1].</summary>
    Absolute,
    /// <summary>The patch's largest value less its smallest.</summary>
    Range,
    /// <summary>The patch's standard deviation.</summary>
    Deviation,
}
