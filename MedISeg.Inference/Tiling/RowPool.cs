namespace MedISeg.Inference.Tiling;

/// <summary>Equal rows of floats in one exact buffer; rows are taken and given back by number.</summary>
internal sealed class RowPool : IDisposable
{
    private readonly LargeBuffer _buffer;
    private readonly int _rowFloats;
    // The row that was given back first is taken first, so that neighbours stay neighbours.
    private readonly Queue<int> _free;

    /// <summary>Allocates all rows.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="rowFloats">Floats in a row.</param>
    public RowPool(long rows, long rowFloats)
    {
        _rowFloats = checked((int)rowFloats);
        int count = checked((int)rows);
        _buffer = new LargeBuffer(rows * rowFloats);
        _free = new Queue<int>(count);
        for (int row = 0; row < count; row++) _free.Enqueue(row);
    }

    /// <summary>Bytes held.</summary>
    public long Bytes => _buffer.Length * sizeof(float);

    /// <summary>Takes a row; what it holds is undefined.</summary>
    public int Take() => _free.Dequeue();

    /// <summary>Gives a row back.</summary>
    public void Give(int row) => _free.Enqueue(row);

    /// <summary>The floats of a row.</summary>
    public Span<float> this[int row] => _buffer.Slice((long)row * _rowFloats, _rowFloats);

    /// <inheritdoc />
    public void Dispose() => _buffer.Dispose();
}
