using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Runtime;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Trainers;

/// <summary>Reads safetensors files, and writes those of 32-bit floats: header length, JSON header with offsets, data; little endian.</summary>
internal static class SafeTensors
{
    private const int LargestHeader = 16 << 20;
    private const string HashKey = "data-sha256";
    private static readonly Dictionary<string, TensorType> FloatsOnly = new() { ["F32"] = TensorType.OfCode["F32"] };

    /// <summary>Writes a file; an existing one is replaced only when the new one is complete on disk.</summary>
    /// <param name="path">File.</param>
    /// <param name="tensors">Name, shape and values.</param>
    /// <param name="metadata">Free text by key; the SHA-256 of the data is added.</param>
    public static void Write(
        string path, IReadOnlyList<(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, _, ReadOnlyMemory<float> values) in tensors) hash.AppendData(MemoryMarshal.AsBytes(values.Span));
        Dictionary<string, object> header = new()
        {
            ["__metadata__"] = new Dictionary<string, string>(metadata) { [HashKey] = Convert.ToHexStringLower(hash.GetCurrentHash()) },
        };
        long offset = 0;
        foreach ((string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values) in tensors)
        {
            long end = offset + values.Length * sizeof(float);
            header.Add(name, new Dictionary<string, object> { ["dtype"] = "F32", ["shape"] = shape, ["data_offsets"] = new[] { offset, end } });
            offset = end;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        AtomicFile.Write(path, file =>
        {
            file.Write(length);
            file.Write(json);
            foreach ((_, _, ReadOnlyMemory<float> values) in tensors) file.Write(MemoryMarshal.AsBytes(values.Span));
        });
    }

    /// <summary>Reads a file of 32-bit floats.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the file is damaged or holds other types.</exception>
    public static (IReadOnlyDictionary<string, float[]> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        (IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata) = ReadTensors(path);
        return (tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Values), metadata);
    }

    /// <summary>Reads a file of 32-bit floats with the tensors' shapes.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static (IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) ReadTensors(string path)
    {
        using FileStream file = File.OpenRead(path);
        try
        {
            (Dictionary<string, NamedTensor> tensors, Dictionary<string, string> metadata) = Parse(file, LargestHeader, FloatsOnly);
            if (metadata.TryGetValue(HashKey, out string? hash) && hash != HashOfData(file)) throw new InvalidDataException("The data has changed.");
            return (tensors, metadata);
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw Damaged(fault);
        }
    }

    /// <summary>Reads a file of several types.</summary>
    /// <param name="file">Seekable, from its start; borrowed.</param>
    /// <param name="largestHeader">Most bytes of the JSON header.</param>
    /// <param name="types">The types that may be in it, by code.</param>
    /// <exception cref="InvalidDataException">Or another one of <see cref="IsDamage"/>: the file is damaged or holds other types.</exception>
    public static (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Parse(
        Stream file, long largestHeader, IReadOnlyDictionary<string, TensorType> types)
    {
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size < 2 || size > largestHeader || size > file.Length - 8) throw new InvalidDataException("The header ends early.");
        byte[] json = new byte[size];
        file.ReadExactly(json);
        Dictionary<string, NamedTensor> tensors = [];
        Dictionary<string, string> metadata = [];
        using JsonDocument header = JsonDocument.Parse(json);
        long left = file.Length - 8 - size;
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject()) metadata.Add(item.Name, item.Value.GetString() ?? "");
                continue;
            }
            TensorType type = types[entry.Value.GetProperty("dtype").GetString() ?? ""];
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())];
            long from = entry.Value.GetProperty("data_offsets")[0].GetInt64(), to = entry.Value.GetProperty("data_offsets")[1].GetInt64();
            long count = shape.Aggregate(1L, (product, extent) => extent >= 0 ? checked(product * extent) : throw new InvalidDataException("A negative extent."));
            if (from < 0 || to < from || to > file.Length - 8 - size || to - from != checked(count * type.Size))
                throw new InvalidDataException("A tensor lies outside of the file.");
            if ((left -= to - from) < 0) throw new InvalidDataException("Tensors share their bytes.");
            file.Position = 8 + size + from;
            tensors.Add(entry.Name, new NamedTensor(shape, type.ReadAll(file, count)));
        }
        return (tensors, metadata);
    }

    /// <summary>Whether an exception of <see cref="Parse"/> says that the file is at fault.</summary>
    public static bool IsDamage(Exception fault) => fault is InvalidDataException or EndOfStreamException or JsonException or KeyNotFoundException
        or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException or ArgumentException;

    private static string HashOfData(FileStream file)
    {
        Span<byte> length = stackalloc byte[8];
        file.Position = 0;
        file.ReadExactly(length);
        file.Position = 8 + BinaryPrimitives.ReadInt64LittleEndian(length);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static SegmentationException Damaged(Exception? inner = null) =>
        new(ErrorCode.InvalidOption, "The checkpoint is damaged or not a safetensors file of 32-bit floats; use another one.", inner);
}
