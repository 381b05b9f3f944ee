using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace MedISeg.Tests.Support;

/// <summary>A numpy array read from an .npy file: C order, little endian; float32, float64, uint8, int16, int32, int64 or bool.</summary>
public sealed partial class NpyFile
{
    /// <summary>Wraps elements in C order.</summary>
    public NpyFile(IReadOnlyList<int> shape, Array values)
    {
        Shape = shape;
        Values = values;
    }

    /// <summary>Extents, slowest first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements in C order; bool comes as byte 0 or 1.</summary>
    public Array Values { get; }

    /// <summary>Reads <c>Golden/path</c> beside the test assembly.</summary>
    public static NpyFile Golden(string path) => Read(Path.Combine(AppContext.BaseDirectory, "Golden", path));

    /// <summary>Reads a file.</summary>
    public static NpyFile Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        if (file is not [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..])
            throw new InvalidDataException("Not an .npy file.");
        int headerStart = file[6] == 1 ? 10 : 12;
        int headerLength = file[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) : BinaryPrimitives.ReadInt32LittleEndian(file[8..]);
        string header = Encoding.Latin1.GetString(file.Slice(headerStart, headerLength));
        if (Fortran().IsMatch(header)) throw new InvalidDataException("Only C order is read.");
        int[] shape = [.. ShapeOf().Match(header).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
        int count = shape.Aggregate(1, (product, side) => checked(product * side));
        ReadOnlySpan<byte> body = file[(headerStart + headerLength)..];
        string type = TypeOf().Match(header).Groups[1].Value;
        Array values = type switch
        {
            "<f4" => Take<float>(body, count),
            "<f8" => Take<double>(body, count),
            "<i2" => Take<short>(body, count),
            "<i4" => Take<int>(body, count),
            "<i8" => Take<long>(body, count),
            "|u1" or "|b1" => Take<byte>(body, count),
            _ => throw new InvalidDataException($"Element type {type} is not read."),
        };
        return new NpyFile(shape, values);
    }

    /// <summary>The elements as they are stored.</summary>
    /// <exception cref="InvalidCastException">Another element type is stored.</exception>
    public T[] As<T>() where T : unmanaged => (T[])Values;

    /// <summary>The elements as doubles, whatever is stored.</summary>
    public double[] ToDoubles() => [.. Values.Cast<IConvertible>().Select(value => value.ToDouble(CultureInfo.InvariantCulture))];

    /// <summary>The elements as floats, whatever is stored.</summary>
    public float[] ToFloats() => [.. ToDoubles().Select(value => (float)value)];

    /// <summary>The elements as bytes, whatever is stored.</summary>
    /// <exception cref="OverflowException">An element does not fit.</exception>
    public byte[] ToBytes() => [.. ToDoubles().Select(value => checked((byte)value))];

    /// <summary>The elements in the order of permuted axes, as numpy's transpose: new axis n is old axis <c>axes[n]</c>.</summary>
    public NpyFile Transpose(params int[] axes)
    {
        int[] shape = [.. axes.Select(axis => Shape[axis])];
        int[] strides = new int[Shape.Count];
        for (int axis = Shape.Count - 1, stride = 1; axis >= 0; stride *= Shape[axis], axis--) strides[axis] = stride;
        Array turned = Array.CreateInstance(Values.GetType().GetElementType()!, Values.Length);
        int[] index = new int[axes.Length];
        for (int n = 0; n < turned.Length; n++)
        {
            int from = 0;
            for (int axis = 0; axis < axes.Length; axis++) from += index[axis] * strides[axes[axis]];
            turned.SetValue(Values.GetValue(from), n);
            for (int axis = axes.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }
        return new NpyFile(shape, turned);
    }

    private static T[] Take<T>(ReadOnlySpan<byte> body, int count) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(body)[..count].ToArray();

    [GeneratedRegex("'descr': '([^']+)'")]
    private static partial Regex TypeOf();

    [GeneratedRegex(@"'fortran_order': True")]
    private static partial Regex Fortran();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapeOf();
}
