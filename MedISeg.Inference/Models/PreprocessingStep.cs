namespace MedISeg.Inference.Models;

/// <summary>Steps before the network.</summary>
public enum PreprocessingStep
{
    /// <summary>Axes to the package's orientation.</summary>
    Orient,
    /// <summary>Foreground crop.</summary>
    Crop,
    /// <summary>Intensity steps.</summary>
    Normalise,
    /// <summary>To the package's spacing.</summary>
    Resample,
}
