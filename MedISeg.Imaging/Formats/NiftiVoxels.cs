using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads voxels straight into the arrays that a volume keeps.</summary>
internal sealed class NiftiVoxels
{
    /// <summary>Voxels handled at a time: small enough for the cache, so that swapping and checking cost no second pass over
    /// memory.</summary>
    private const int Chunk = 1 << 14;

    /// <summary>Voxels read at a time where nothing is done with them: a span of bytes holds less than 2 GiB.</summary>
    private const int LongChunk = 1 << 27;

    /// <summary>Whole numbers below this are exact in a double.</summary>
    private const double LargestExactWhole = 1L << 53;

    private readonly NiftiInput _input;
    private readonly bool _swap;
    private readonly double _slope, _intercept;
    private long _unfit;

    /// <summary>Reads from where the input stands.</summary>
    /// <param name="input">Borrowed.</param>
    /// <param name="bigEndian">Byte order of the file.</param>
    /// <param name="slope">Factor to real values.</param>
    /// <param name="intercept">Summand to real values.</param>
    public NiftiVoxels(NiftiInput input, bool bigEndian, double slope, double intercept)
    {
        _input = input;
        _swap = bigEndian == BitConverter.IsLittleEndian;
        _slope = slope;
        _intercept = intercept;
    }

    /// <summary>Reads all channels.</summary>
    /// <param name="type">Voxel type of the file.</param>
    /// <param name="blocks">Grids in the file, one behind the other; a colour type makes several channels of each.</param>
    /// <param name="voxels">Voxels of one grid.</param>
    /// <exception cref="SegmentationException">The file ends early or is damaged, or holds values that are not finite.</exception>
    public Array[] Read(NiftiDatatype type, int blocks, int voxels)
    {
        Array[] channels = new Array[blocks * type.Channels];
        for (int block = 0; block < blocks; block++)
        {
            if (type.Channels > 1) ReadColours(channels.AsSpan(block * type.Channels, type.Channels), voxels);
            else channels[block] = ReadBlock(type.Code, voxels);
        }
        VoxelCheck.Throw(_unfit, (long)voxels * channels.Length);
        return channels;
    }

    private Array ReadBlock(int code, int voxels) => code switch
    {
        NiftiDatatype.UInt8 => ReadPlain<byte>(voxels),
        NiftiDatatype.Int16 => ReadPlain<short>(voxels),
        NiftiDatatype.Int32 => ReadPlain<int>(voxels),
        NiftiDatatype.Float32 => ReadPlain<float>(voxels),
        NiftiDatatype.Float64 => ReadPlain<double>(voxels),
        NiftiDatatype.UInt16 => ReadPlain<ushort>(voxels),
        NiftiDatatype.Int8 => ReadWidened<sbyte, short>(voxels),
        NiftiDatatype.UInt32 => ReadWidened<uint, double>(voxels),
        NiftiDatatype.Int64 => ReadWidened<long, double>(voxels),
        NiftiDatatype.UInt64 => ReadWidened<ulong, double>(voxels),
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

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

    private TTo[] ReadWidened<TFrom, TTo>(int voxels) where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        TTo[] values = ImageLimits.Allocate<TTo>(voxels);
        TFrom[] buffer = new TFrom[Math.Min(Chunk, voxels)];
        bool mayRound = Unsafe.SizeOf<TFrom>() == sizeof(long);
        for (int start = 0; start < voxels; start += Chunk)
        {
            Span<TFrom> chunk = buffer.AsSpan(0, Math.Min(Chunk, voxels - start));
            ReadChunk(chunk);
            for (int n = 0; n < chunk.Length; n++)
            {
                TTo value = TTo.CreateTruncating(chunk[n]);
                if (mayRound && Math.Abs(double.CreateTruncating(value)) >= LargestExactWhole)
                    throw new SegmentationException(ErrorCode.InvalidVoxels,
                        "A 64-bit integer voxel is 2^53 or more, which no voxel type here holds exactly; " +
                        "store the image as float64 or rescale it.");
                values[start + n] = value;
            }
            _unfit += VoxelCheck.CountUnfit<TTo>(values.AsSpan(start, chunk.Length), _slope, _intercept);
        }
        return values;
    }

    private void ReadColours(Span<Array> channels, int voxels)
    {
        byte[] buffer = new byte[Math.Min(Chunk, voxels) * channels.Length];
        for (int c = 0; c < channels.Length; c++) channels[c] = ImageLimits.Allocate<byte>(voxels);
        for (int start = 0; start < voxels; start += Chunk)
        {
            int count = Math.Min(Chunk, voxels - start);
            _input.Read(buffer.AsSpan(0, count * channels.Length));
            for (int c = 0; c < channels.Length; c++)
            {
                byte[] values = (byte[])channels[c];
                for (int n = 0; n < count; n++) values[start + n] = buffer[n * channels.Length + c];
            }
        }
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
