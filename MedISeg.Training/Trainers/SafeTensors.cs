using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Trainers;

/// <summary>Reads and writes safetensors files of 32-bit floats: header length, JSON header with offsets, data; little endian.</summary>
internal static class SafeTensors
{
    private const int LargestHeader = 16 << 20;

    /// <summary>Writes a file; an existing one is replaced only when the new one is complete on disk.</summary>
    /// <param name="path">File.</param>
    /// <param name="tensors">Name, shape and values.</param>
    /// <param name="metadata">Free text by key.</param>
    public static void Write(
        string path, IReadOnlyList<(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        Dictionary<string, object> header = new() { ["__metadata__"] = metadata };
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
        string temporary = path + ".tmp";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(length);
            file.Write(json);
            foreach ((_, _, ReadOnlyMemory<float> values) in tensors) file.Write(MemoryMarshal.AsBytes(values.Span));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the file is damaged or holds other types.</exception>
    public static (IReadOnlyDictionary<string, float[]> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        if (file.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8) throw Damaged();
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size < 2 || size > LargestHeader || size > file.Length - 8) throw Damaged();
        byte[] json = new byte[size];
        file.ReadExactly(json);
        Dictionary<string, float[]> tensors = [];
        Dictionary<string, string> metadata = [];
        try
        {
            using JsonDocument header = JsonDocument.Parse(json);
            foreach (JsonProperty entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (JsonProperty item in entry.Value.EnumerateObject()) metadata.Add(item.Name, item.Value.GetString() ?? "");
                    continue;
                }
                if (entry.Value.GetProperty("dtype").GetString() != "F32") throw Damaged();
                long from = entry.Value.GetProperty("data_offsets")[0].GetInt64(), to = entry.Value.GetProperty("data_offsets")[1].GetInt64();
                if (from < 0 || to < from || to > file.Length - 8 - size || (to - from) % sizeof(float) != 0) throw Damaged();
                float[] values = new float[(to - from) / sizeof(float)];
                file.Position = 8 + size + from;
                file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
                tensors.Add(entry.Name, values);
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw Damaged(fault);
        }
        return (tensors, metadata);
    }

    private static SegmentationException Damaged(Exception? inner = null) =>
        new(ErrorCode.InvalidOption, "The checkpoint is damaged or not a safetensors file of 32-bit floats; use another one.", inner);
}
