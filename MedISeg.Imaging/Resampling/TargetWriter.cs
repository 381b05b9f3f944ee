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

    /// <summary>Where to put the row along source axis i at target indices k and j, counted along source axes k and j; then <see
    /// cref="End"/> it.</summary>
    /// <param name="k">Target index along source axis k.</param>
    /// <param name="j">Target index along source axis j.</param>
    /// <param name="spare">A row; used where the target's elements do not lie side by side.</param>
    public Span<T> Begin(int k, int j, T[] spare) =>
        _strideI == 1 ? _target.AsSpan((int)(k * _strideK + j * _strideJ), spare.Length) : spare;

    /// <summary>Finishes a row that <see cref="Begin"/> gave.</summary>
    public void End(int k, int j, ReadOnlySpan<T> row)
    {
        if (_strideI == 1) return;
        long place = k * _strideK + j * _strideJ;
        for (int i = 0; i < row.Length; i++, place += _strideI) _target[place] = row[i];
    }

    /// <summary>Copies a row to its place.</summary>
    public void Write(int k, int j, ReadOnlySpan<T> row)
    {
        if (_strideI == 1) row.CopyTo(_target.AsSpan((int)(k * _strideK + j * _strideJ)));
        else End(k, j, row);
    }

    private static long Stride(GridSize size, int axis) => axis switch
    {
        0 => (long)size.Height * size.Width,
        1 => size.Width,
        _ => 1,
    };
}
