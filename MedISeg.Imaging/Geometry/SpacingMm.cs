namespace MedISeg.Imaging.Geometry;

/// <summary>Distance of voxel centres in mm, grid order (k, j, i), each above 0.</summary>
public readonly record struct SpacingMm(double K, double J, double I)
{
    /// <summary>Spacing along an axis: 0 = k, 1 = j, 2 = i.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Axis is not 0, 1 or 2.</exception>
    public double this[int axis] => axis switch
    {
        0 => K,
        1 => J,
        2 => I,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };
}
