namespace MedISeg.Imaging.Resampling;

/// <summary>How values between voxel centres are found.</summary>
public enum Interpolation
{
    /// <summary>The nearest voxel; a tie goes to the higher source index.</summary>
    Nearest,
    /// <summary>Trilinear; outside the outermost voxel centres the nearest of them.</summary>
    Linear,
    /// <summary>Cubic B-spline with prefilter and mirror boundary, clipped to the range of the source.</summary>
    Cubic,
    /// <summary>As <see cref="Cubic"/>, but not clipped: it may overshoot at edges.</summary>
    CubicUnclipped,
}
