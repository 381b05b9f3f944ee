using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedISeg.Imaging.Resampling;

/// <summary>Takes the same chosen columns of many rows. 64 labels of a byte are taken at once where they lie among 128 of the source.</summary>
internal sealed class ColumnPicker
{
    private const int Block = 64, Reach = 2 * Block;

    private readonly int[] _columns;
    /// <summary>For each block the first target column and the first of 128 source columns.</summary>
    private readonly (int Target, int Source)[] _blocks;
    /// <summary>For each target column of each block the place among the 128.</summary>
    private readonly byte[] _places;

    /// <summary>Prepares for rows.</summary>
    /// <param name="columns">Source column of each target column.</param>
    /// <param name="width">Columns of the source, above each of them.</param>
    public ColumnPicker(int[] columns, int width)
    {
        if (columns.Any(column => column < 0 || column >= width)) throw new ArgumentException("The columns do not lie in the source.");
        _columns = columns;
        // The last block begins early enough to end with the row.
        int[] targets = columns.Length < Block || width < Reach
            ? []
            : [.. Enumerable.Range(0, (columns.Length + Block - 1) / Block).Select(block => Math.Min(block * Block, columns.Length - Block))];
        _blocks = [.. targets.Select(target => (target, Math.Min(columns.AsSpan(target, Block).ToArray().Min(), width - Reach)))];
        if (_blocks.Any(block => columns.AsSpan(block.Target, Block).ToArray().Max() >= block.Source + Reach)) _blocks = [];
        _places = [.. _blocks.SelectMany(block => columns.Skip(block.Target).Take(Block).Select(column => (byte)(column - block.Source)))];
        Width = width;
    }

    /// <summary>Columns of the source.</summary>
    public int Width { get; }

    /// <summary>target[n] = source[column n].</summary>
    /// <param name="source">A row of the source.</param>
    /// <param name="target">A row of the target.</param>
    public void Pick<T>(ReadOnlySpan<T> source, Span<T> target) where T : unmanaged
    {
        if (source.Length != Width || target.Length != _columns.Length) throw new ArgumentException("The lengths differ.");
        if (Unsafe.SizeOf<T>() != 1 || !Avx512Vbmi.IsSupported || _blocks.Length == 0)
        {
            PickScalar(source, target);
            return;
        }
        ref byte from = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(source)), to = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(target));
        ref byte places = ref MemoryMarshal.GetArrayDataReference(_places);
        for (int block = 0; block < _blocks.Length; block++)
        {
            nuint first = (nuint)_blocks[block].Source;
            Vector512<byte> low = Vector512.LoadUnsafe(ref from, first), high = Vector512.LoadUnsafe(ref from, first + Block);
            Avx512Vbmi.PermuteVar64x8x2(low, Vector512.LoadUnsafe(ref places, (nuint)(block * Block)), high).StoreUnsafe(ref to, (nuint)_blocks[block].Target);
        }
    }

    /// <summary>Scalar twin of <see cref="Pick"/>.</summary>
    public void PickScalar<T>(ReadOnlySpan<T> source, Span<T> target) where T : unmanaged
    {
        for (int n = 0; n < target.Length; n++) target[n] = source[_columns[n]];
    }
}
