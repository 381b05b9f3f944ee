using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Puts rows that run along the source's axes into an array in the target's axis order.</summary>
internal readonly struct TargetWriter<T> where T : unmanaged
{
    private readonly T[] _target;
    private readonly long _strideK, _strideJ, _strideI;

    /// <summary>Creates a writer.</summary>
    /// <param name="target">Row-major (k, j, i) in the target's order.</param>
    /// <param name="map">Which target axis runs along which source axis.</param>
    public TargetWriter(T[] target, GridMap map)
    {
        _target = target;
        _strideK = Stride(map.Target, map.TargetAxisOf(0));
        _strideJ = Stride(map.Target, map.TargetAxisOf(1));
        _strideI = Stride(map.Target, map.TargetAxisOf(2));
    }

    /// <summary>Writes the row along source axis i at target indices k and j, counted along source axes k and j.</summary>
    public void Write(int k, int j, ReadOnlySpan<T> row)
    {
        long place = k * _strideK + j * _strideJ;
        if (_strideI == 1)
        {
            row.CopyTo(_target.AsSpan((int)place));
            return;
        }
        for (int i = 0; i < row.Length; i++, place += _strideI) _target[place] = row[i];
    }

    private static long Stride(GridSize size, int axis) => axis switch
    {
        0 => (long)size.Height * size.Width,
        1 => size.Width,
        _ => 1,
    };
}
