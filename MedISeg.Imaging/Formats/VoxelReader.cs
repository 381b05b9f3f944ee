using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads voxels straight into the arrays that a volume keeps.</summary>
internal sealed class VoxelReader
{
    /// <summary>Voxels handled at a time: small enough for the cache, so that swapping and checking cost no second pass over
    /// memory.</summary>
    private const int Chunk = 1 << 14;

    /// <summary>Voxels read at a time where nothing is done with them: a span of bytes holds less than 2 GiB.</summary>
    private const int LongChunk = 1 << 27;

    /// <summary>Whole numbers below this are exact in a double.</summary>
    private const double LargestExactWhole = 1L << 53;

    private readonly VoxelInput _input;
    private readonly bool _swap;
    private readonly double _slope, _intercept;
    private long _unfit;

    /// <summary>Reads from where the input stands.</summary>
    /// <param name="input">Borrowed.</param>
    /// <param name="bigEndian">Byte order of the file.</param>
    /// <param name="slope">Factor to real values.</param>
    /// <param name="intercept">Summand to real values.</param>
    public VoxelReader(VoxelInput input, bool bigEndian, double slope, double intercept)
    {
        _input = input;
        _swap = bigEndian == BitConverter.IsLittleEndian;
        _slope = slope;
        _intercept = intercept;
    }

    /// <summary>Reads all channels.</summary>
    /// <param name="kind">Type of the numbers.</param>
    /// <param name="interleaved">Numbers that lie side by side for each voxel: each is a channel.</param>
    /// <param name="blocks">Grids in the file, one behind the other; each has as many channels as are interleaved.</param>
    /// <param name="voxels">Voxels of one grid.</param>
    /// <exception cref="SegmentationException">The file ends early or is damaged, or holds values that are not finite.</exception>
    public Array[] Read(VoxelKind kind, int interleaved, int blocks, int voxels) => kind switch
    {
        VoxelKind.UInt8 => Read<byte, byte>(interleaved, blocks, voxels),
        VoxelKind.Int8 => Read<sbyte, short>(interleaved, blocks, voxels),
        VoxelKind.Int16 => Read<short, short>(interleaved, blocks, voxels),
        VoxelKind.UInt16 => Read<ushort, ushort>(interleaved, blocks, voxels),
        VoxelKind.Int32 => Read<int, int>(interleaved, blocks, voxels),
        VoxelKind.UInt32 => Read<uint, double>(interleaved, blocks, voxels),
        VoxelKind.Int64 => Read<long, double>(interleaved, blocks, voxels),
        VoxelKind.UInt64 => Read<ulong, double>(interleaved, blocks, voxels),
        VoxelKind.Float32 => Read<float, float>(interleaved, blocks, voxels),
        VoxelKind.Float64 => Read<double, double>(interleaved, blocks, voxels),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private Array[] Read<TFrom, TTo>(int interleaved, int blocks, int voxels) where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        Array[] channels = new Array[blocks * interleaved];
        for (int block = 0; block < blocks; block++)
        {
            if (interleaved == 1 && typeof(TFrom) == typeof(TTo)) channels[block] = ReadPlain<TTo>(voxels);
            else ReadSplit<TFrom, TTo>(channels.AsSpan(block * interleaved, interleaved), voxels);
        }
        VoxelCheck.Throw(_unfit, (long)voxels * channels.Length);
        return channels;
    }

    private T[] ReadPlain<T>(int voxels) where T : unmanaged, INumber<T>
    {
        T[] values = ImageLimits.Allocate<T>(voxels);
        // The longer the piece asked for, the less inflating costs; what needs a second look is looked at while the cache has it.
        int length = !_swap && VoxelCheck.AlwaysFits<T>(_slope, _intercept) ? LongChunk : Chunk;
        for (int start = 0; start < voxels; start += length)
        {
            Span<T> chunk = values.AsSpan(start, Math.Min(length, voxels - start));
            ReadChunk(chunk);
            _unfit += VoxelCheck.CountUnfit<T>(chunk, _slope, _intercept);
        }
        return values;
    }

    /// <summary>Reads numbers that change their type, or lie interleaved.</summary>
    private void ReadSplit<TFrom, TTo>(Span<Array> channels, int voxels) where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        int step = channels.Length;
        bool mayRound = typeof(TFrom) != typeof(TTo) && Unsafe.SizeOf<TFrom>() == sizeof(long);
        for (int c = 0; c < step; c++) channels[c] = ImageLimits.Allocate<TTo>(voxels);
        int length = Math.Min(voxels, Math.Max(1, Chunk / step));
        TFrom[] buffer = new TFrom[length * step];
        for (int start = 0; start < voxels; start += length)
        {
            int count = Math.Min(length, voxels - start);
            ReadChunk(buffer.AsSpan(0, count * step));
            for (int c = 0; c < step; c++)
            {
                Span<TTo> values = ((TTo[])channels[c]).AsSpan(start, count);
                for (int n = 0; n < count; n++) values[n] = TTo.CreateTruncating(buffer[n * step + c]);
                if (mayRound) CheckExact<TTo>(values);
                _unfit += VoxelCheck.CountUnfit<TTo>(values, _slope, _intercept);
            }
        }
    }

    private static void CheckExact<T>(ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
    {
        foreach (T value in values)
            if (Math.Abs(double.CreateTruncating(value)) >= LargestExactWhole)
                throw new SegmentationException(ErrorCode.InvalidVoxels,
                    "A 64-bit integer voxel is 2^53 or more, which no voxel type here holds exactly; " +
                    "store the image as float64 or rescale it.");
    }

    private void ReadChunk<T>(Span<T> chunk) where T : unmanaged
    {
        _input.Read(MemoryMarshal.AsBytes(chunk));
        if (!_swap) return;
        switch (Unsafe.SizeOf<T>())
        {
            case 2:
                Span<ushort> two = MemoryMarshal.Cast<T, ushort>(chunk);
                BinaryPrimitives.ReverseEndianness(two, two);
                break;
            case 4:
                Span<uint> four = MemoryMarshal.Cast<T, uint>(chunk);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case 8:
                Span<ulong> eight = MemoryMarshal.Cast<T, ulong>(chunk);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
        }
    }
}
