namespace MedISeg.Imaging.Volumes;

/// <summary>Extent of a grid in voxels, slowest axis first (k, j, i).</summary>
/// <param name="Depth">Planes (k), at least 1.</param>
/// <param name="Height">Rows (j), at least 1.</param>
/// <param name="Width">Columns (i), at least 1.</param>
public readonly record struct GridSize(int Depth, int Height, int Width)
{
    /// <summary>Number of voxels.</summary>
    public long VoxelCount => (long)Depth * Height * Width;

    /// <summary>Extent along an axis: 0 = k, 1 = j, 2 = i.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Axis is not 0, 1 or 2.</exception>
    public int this[int axis] => axis switch
    {
        0 => Depth,
        1 => Height,
        2 => Width,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>The same extent but for one axis (0 = k, 1 = j, 2 = i).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Axis is not 0, 1 or 2.</exception>
    public GridSize With(int axis, int length) => axis switch
    {
        0 => this with { Depth = length },
        1 => this with { Height = length },
        2 => this with { Width = length },
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>Place of voxel (k, j, i) in a row-major array.</summary>
    public long Offset(int k, int j, int i) => ((long)k * Height + j) * Width + i;

    /// <summary>Width x height x depth, as users write it.</summary>
    public override string ToString() => $"{Width}x{Height}x{Depth}";
}
