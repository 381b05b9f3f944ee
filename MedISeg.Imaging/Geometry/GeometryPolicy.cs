namespace MedISeg.Imaging.Geometry;

/// <summary>What to do with parallel slices that form no regular grid.</summary>
public enum GeometryPolicy
{
    /// <summary>Refuse.</summary>
    Reject,
    /// <summary>Interpolate a regular, upright grid: over uneven and missing slices and a tilted gantry.</summary>
    Resample,
    /// <summary>Shift slices sideways until they stand upright (a tilted gantry); uneven and missing slices are refused.</summary>
    Shear,
}
