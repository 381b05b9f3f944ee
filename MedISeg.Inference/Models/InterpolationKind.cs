namespace MedISeg.Inference.Models;

/// <summary>How voxels are interpolated.</summary>
public enum InterpolationKind
{
    /// <summary>Trilinear.</summary>
    Linear,
    /// <summary>Cubic B-spline with prefilter.</summary>
    Cubic,
    /// <summary>Nearest.</summary>
    Nearest,
}
