namespace MedISeg.Imaging.Intensity;

/// <summary>Which voxels a statistic looks at.</summary>
public readonly record struct VoxelSelection
{
    private VoxelSelection(bool nonzero, double above, double below)
    {
        IsNonzero = nonzero;
        Above = above;
        Below = below;
    }

    /// <summary>All voxels.</summary>
    public static VoxelSelection Whole { get; } = new(false, double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Voxels whose real value, before the intensity map, is not 0.</summary>
    public static VoxelSelection Nonzero { get; } = new(true, double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Whether voxels with real value 0 are left out.</summary>
    public bool IsNonzero { get; }

    /// <summary>Mapped values must be strictly above it, unless it is negative infinity.</summary>
    public double Above { get; }

    /// <summary>Mapped values must be strictly below it, unless it is positive infinity.</summary>
    public double Below { get; }

    /// <summary>Voxels whose value, after the intensity map, lies strictly between two values.</summary>
    /// <exception cref="ArgumentException">The interval is empty.</exception>
    public static VoxelSelection StrictlyInside(double above, double below)
    {
        if (!(above < below)) throw new ArgumentException("The lower end must be below the upper end.", nameof(above));
        return new VoxelSelection(false, above, below);
    }

    /// <summary>Whether a voxel counts.</summary>
    /// <param name="real">Value before the intensity map.</param>
    /// <param name="mapped">Value after it.</param>
    internal bool Holds(float real, float mapped) =>
        (!IsNonzero || real != 0)
        && (mapped > Above || double.IsNegativeInfinity(Above)) && (mapped < Below || double.IsPositiveInfinity(Below));
}
