namespace MedISeg.Imaging.Volumes;

/// <summary>Place of a voxel, order (k, j, i), zero-based.</summary>
public readonly record struct VoxelIndex(int K, int J, int I)
{
    /// <summary>Place along an axis: 0 = k, 1 = j, 2 = i.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Axis is not 0, 1 or 2.</exception>
    public int this[int axis] => axis switch
    {
        0 => K,
        1 => J,
        2 => I,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>The same place but for one axis (0 = k, 1 = j, 2 = i).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Axis is not 0, 1 or 2.</exception>
    public VoxelIndex With(int axis, int place) => axis switch
    {
        0 => this with { K = place },
        1 => this with { J = place },
        2 => this with { I = place },
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };
}
