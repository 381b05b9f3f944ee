namespace MedISeg.Inference.Tiling;

/// <summary>Equal rows of floats in a few exact arrays; rows are taken and given back by number.</summary>
internal sealed class RowPool
{
    /// <summary>Arrays stay below 64 MiB, so that the heap can place them.</summary>
    private const long BlockFloats = 16 << 20;

    private readonly float[][] _blocks;
    private readonly int _rowFloats;
    private readonly int _rowsPerBlock;
    private readonly Stack<int> _free;

    /// <summary>Allocates all rows.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="rowFloats">Floats in a row.</param>
    public RowPool(long rows, long rowFloats)
    {
        _rowFloats = checked((int)rowFloats);
        _rowsPerBlock = (int)Math.Max(1, BlockFloats / rowFloats);
        int count = checked((int)rows);
        _blocks = new float[(count + _rowsPerBlock - 1) / _rowsPerBlock][];
        for (int block = 0; block < _blocks.Length; block++)
            _blocks[block] = GC.AllocateUninitializedArray<float>(Math.Min(_rowsPerBlock, count - block * _rowsPerBlock) * _rowFloats);
        _free = new Stack<int>(count);
        for (int row = count - 1; row >= 0; row--) _free.Push(row);
    }

    /// <summary>Bytes held.</summary>
    public long Bytes => _blocks.Sum(block => (long)block.Length * sizeof(float));

    /// <summary>Takes a row, cleared.</summary>
    public int Take()
    {
        int row = _free.Pop();
        this[row].Clear();
        return row;
    }

    /// <summary>Gives a row back.</summary>
    public void Give(int row) => _free.Push(row);

    /// <summary>The floats of a row.</summary>
    public Span<float> this[int row] => _blocks[row / _rowsPerBlock].AsSpan(row % _rowsPerBlock * _rowFloats, _rowFloats);
}
