namespace MedISeg.Training.Data;

/// <summary>The paper's schemes of IntesNorm; each becomes intensity steps with stored numbers, which the exported package applies.</summary>
public enum IntensityScheme
{
    /// <summary>Clip to [-79, 304], z-score by mean and deviation of all training voxels strictly inside.</summary>
    Kits,
    /// <summary>As kits, but by each image's own voxels strictly inside: the published code.</summary>
    KitsOwn,
    /// <summary>Clip to [-124, 276], then to [0, 1].</summary>
    Lits,
    /// <summary>Clip to [-1000, 500], then to [0, 1].</summary>
    Covid,
    /// <summary>Clip to the 0.5 and 99.5 percentiles of all training foreground voxels, z-score by their mean and deviation before the clip.</summary>
    Foreground,
    /// <summary>The paper's ablation without IntesNorm: z-score by each whole image's own mean and deviation, no clip.</summary>
    None,
}
