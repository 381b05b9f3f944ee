using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Readers;

/// <summary>A numpy file of pictures, [n, height, width] or [n, height, width, channels], read one picture at a time.</summary>
/// <remarks>C order, little endian; bool, whole numbers to 64 bits, 32- and 64-bit floats.</remarks>
internal sealed partial class NpyStack
{
    private const int MostHeader = 1 << 16, MostChannels = 64;
    private readonly string _path, _type;
    private readonly long _start;
    private readonly int _height, _width, _channels, _bytes;

    private NpyStack(string path, string type, int bytes, long start, long[] shape)
    {
        (_path, _type, _bytes, _start) = (path, type, bytes, start);
        Count = (int)shape[0];
        (_height, _width, _channels) = ((int)shape[1], (int)shape[2], shape.Length == 4 ? (int)shape[3] : 1);
    }

    /// <summary>Number of pictures.</summary>
    public int Count { get; }

    /// <summary>Reads the header and compares it with the file's length.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: not such a file; TruncatedImage: shorter than its header says.</exception>
    public static NpyStack Open(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> lead = stackalloc byte[12];
        int got = file.ReadAtLeast(lead, lead.Length, throwOnEndOfStream: false);
        if (got < lead.Length || !lead.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']) || lead[6] is not (1 or 2 or 3))
            throw Unreadable("this is no .npy file of numpy");
        int from = lead[6] == 1 ? 10 : 12;
        uint length = lead[6] == 1 ? MemoryMarshal.Read<ushort>(lead[8..]) : MemoryMarshal.Read<uint>(lead[8..]);
        if (length > MostHeader || from + length > file.Length) throw Unreadable("its header is longer than the file or than 64 KiB");
        byte[] bytes = new byte[length];
        file.Position = from;
        file.ReadExactly(bytes);
        string header = Encoding.Latin1.GetString(bytes), type = TypeOf().Match(header).Groups[1].Value;
        int size = type switch { "|u1" or "|b1" or "|i1" => 1, "<u2" or "<i2" => 2, "<u4" or "<i4" or "<f4" => 4, "<i8" or "<u8" or "<f8" => 8, _ => 0 };
        if (size == 0) throw Unreadable("its elements are not little-endian numbers of at most 64 bits; store it as uint8 or uint16");
        if (!Order().IsMatch(header)) throw Unreadable("it is not in C order; store numpy.ascontiguousarray of it");
        string[] sides = ShapeOf().Match(header).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        long[] shape = [.. sides.Select(s => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out int side) ? side : 0)];
        if (shape.Length is not (3 or 4) || shape.Any(s => s < 1) || (shape.Length == 4 && shape[3] > MostChannels))
            throw Unreadable("its shape is not [n, height, width] or [n, height, width, channels]");
        Int128 need = shape.Aggregate((Int128)size, (product, side) => product * side);
        if (need > file.Length - from - length || need / shape[0] > Array.MaxLength)
            throw new SegmentationException(ErrorCode.TruncatedImage, "The file is shorter than its header says, or one picture is too large; get the whole file.");
        return new NpyStack(path, type, size, from + length, shape);
    }

    /// <summary>Reads one picture; spacing 1 mm, as for PNG.</summary>
    /// <param name="place">From 0.</param>
    /// <exception cref="SegmentationException">InvalidOption: there are fewer; InvalidVoxels: a number is not finite.</exception>
    public Volume Read(int place)
    {
        if (place >= Count) throw new SegmentationException(ErrorCode.InvalidOption, $"The file holds {Count} pictures and number {place} is asked for; both .npy files need the same number.");
        byte[] bytes = new byte[(long)_height * _width * _channels * _bytes];
        using (FileStream file = File.OpenRead(_path))
        {
            file.Position = _start + (long)place * bytes.Length;
            file.ReadExactly(bytes);
        }
        Array[] channels = _type switch
        {
            "|u1" or "|b1" => Split<byte, byte>(bytes),
            "|i1" => Split<sbyte, short>(bytes),
            "<i2" => Split<short, short>(bytes),
            "<u2" => Split<ushort, ushort>(bytes),
            "<i4" => Split<int, int>(bytes),
            "<u4" => Split<uint, double>(bytes),
            "<i8" => Split<long, double>(bytes),
            "<u8" => Split<ulong, double>(bytes),
            "<f4" => Split<float, float>(bytes),
            _ => Split<double, double>(bytes),
        };
        return new Volume(VolumeGeometry.AxisAligned(new GridSize(1, _height, _width), new SpacingMm(1, 1, 1)), channels);
    }

    private Array[] Split<TFrom, TTo>(byte[] bytes) where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        ReadOnlySpan<TFrom> values = MemoryMarshal.Cast<byte, TFrom>(bytes);
        Array[] channels = new Array[_channels];
        for (int c = 0; c < _channels; c++)
        {
            TTo[] channel = new TTo[_height * _width];
            for (int n = 0; n < channel.Length; n++)
            {
                TFrom value = values[n * _channels + c];
                if (!TFrom.IsFinite(value)) throw new SegmentationException(ErrorCode.InvalidVoxels, "The picture holds a number that is not finite; correct it.");
                channel[n] = TTo.CreateTruncating(value);
            }
            channels[c] = channel;
        }
        return channels;
    }

    private static SegmentationException Unreadable(string why) => new(ErrorCode.UnreadableImage, $"The file cannot be read: {why}.");

    [GeneratedRegex("'descr':\\s*'([^']*)'")]
    private static partial Regex TypeOf();

    [GeneratedRegex("'fortran_order':\\s*False")]
    private static partial Regex Order();

    [GeneratedRegex("'shape':\\s*\\(([0-9, ]*)\\)")]
    private static partial Regex ShapeOf();
}
