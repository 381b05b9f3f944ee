using System.Buffers.Binary;
using System.Security.Cryptography;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Data.Caching;

/// <summary>A prepared case as a file that is mapped into memory as it is; numbers are little endian.</summary>
/// <remarks>SHA-256 of all that follows (32 bytes); "MedISegC"; length of the header; depth, height, width, channels, classes (32-bit);
/// affine as columns i, j, k and origin (64-bit floats); smallest and largest value a channel (32-bit floats); voxels a class; zeros to the
/// header's length; then the parts of <see cref="CaseLayout"/>.</remarks>
internal static class CaseFile
{
    private const int HashBytes = 32, FixedBytes = HashBytes + 8 + 6 * 4 + 12 * 8, Alignment = 64;

    private static ReadOnlySpan<byte> Magic => "MedISegC"u8;

    /// <summary>Writes a case; a file that is there is replaced when the new one is complete.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, TrainingCase source) => AtomicFile.Write(path, file =>
    {
        byte[] header = Header(source);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header.AsSpan(HashBytes));
        using (Stream body = source.Memory.Read(source.Layout.Start)) Append(body, hash);
        hash.GetCurrentHash(header);
        file.Write(header);
        using (Stream body = source.Memory.Read(source.Layout.Start)) body.CopyTo(file);
    });

    /// <summary>Maps a case.</summary>
    /// <returns>The case; null: the file is damaged.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static TrainingCase? TryMap(string path)
    {
        CaseMemory? memory = null;
        try
        {
            memory = CaseMemory.Map(path);
            if (Parse(memory) is not { } parsed || !HashFits(memory)) return null;
            TrainingCase result = new(parsed.Geometry, parsed.Layout, parsed.Ranges, memory);
            memory = null;
            return result;
        }
        catch (Exception fault) when (fault is EndOfStreamException or SegmentationException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
        finally
        {
            memory?.Dispose();
        }
    }

    private static byte[] Header(TrainingCase source)
    {
        int length = FixedBytes + source.Channels * 8 + source.Layout.Counts.Count * 4;
        byte[] header = new byte[(length + Alignment - 1) / Alignment * Alignment];
        Span<byte> rest = header.AsSpan(HashBytes);
        Magic.CopyTo(rest);
        rest = rest[Magic.Length..];
        foreach (int number in (int[])[header.Length, source.Grid.Depth, source.Grid.Height, source.Grid.Width, source.Channels, source.Layout.Counts.Count])
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, number);
            rest = rest[4..];
        }
        Affine affine = source.Geometry.IndexToPatient;
        foreach (Vector3D v in (Vector3D[])[affine.I, affine.J, affine.K, affine.Origin])
            foreach (double number in (double[])[v.X, v.Y, v.Z])
            {
                BinaryPrimitives.WriteDoubleLittleEndian(rest, number);
                rest = rest[8..];
            }
        for (int c = 0; c < source.Channels; c++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(rest, source.Range(c).Smallest);
            BinaryPrimitives.WriteSingleLittleEndian(rest[4..], source.Range(c).Largest);
            rest = rest[8..];
        }
        foreach (int count in source.Layout.Counts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, count);
            rest = rest[4..];
        }
        return header;
    }

    private static (VolumeGeometry Geometry, CaseLayout Layout, (float, float)[] Ranges)? Parse(CaseMemory memory)
    {
        ReadOnlySpan<byte> rest = memory.At<byte>(0, FixedBytes)[HashBytes..];
        if (!rest.StartsWith(Magic)) return null;
        rest = rest[Magic.Length..];
        int[] numbers = new int[6];
        for (int n = 0; n < numbers.Length; n++) numbers[n] = BinaryPrimitives.ReadInt32LittleEndian(rest[(4 * n)..]);
        double[] affine = new double[12];
        for (int n = 0; n < affine.Length; n++) affine[n] = BinaryPrimitives.ReadDoubleLittleEndian(rest[(4 * numbers.Length + 8 * n)..]);
        (int header, int channels, int classes) = (numbers[0], numbers[4], numbers[5]);
        if (header < FixedBytes || header % Alignment != 0 || channels < 1 || classes < 1 || FixedBytes + 8L * channels + 4L * classes > header) return null;

        Vector3D Column(int n) => new(affine[3 * n], affine[3 * n + 1], affine[3 * n + 2]);
        VolumeGeometry geometry = new(new GridSize(numbers[1], numbers[2], numbers[3]), new Affine(Column(0), Column(1), Column(2), Column(3)));
        rest = memory.At<byte>(FixedBytes, header - FixedBytes);
        var ranges = new (float, float)[channels];
        for (int c = 0; c < channels; c++) ranges[c] = (BinaryPrimitives.ReadSingleLittleEndian(rest[(8 * c)..]), BinaryPrimitives.ReadSingleLittleEndian(rest[(8 * c + 4)..]));
        int[] counts = new int[classes];
        for (int c = 0; c < classes; c++) counts[c] = BinaryPrimitives.ReadInt32LittleEndian(rest[(8 * channels + 4 * c)..]);
        if (counts.Any(count => count < 0) || counts.Sum(count => (long)count) != geometry.Grid.VoxelCount) return null;
        CaseLayout layout = new(geometry.Grid, channels, counts, header);
        return layout.End == memory.Length ? (geometry, layout, ranges) : null;
    }

    private static bool HashFits(CaseMemory memory)
    {
        using Stream content = memory.Read(HashBytes);
        return SHA256.HashData(content).AsSpan().SequenceEqual(memory.At<byte>(0, HashBytes));
    }

    private static void Append(Stream content, IncrementalHash hash)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = content.Read(buffer)) > 0;) hash.AppendData(buffer.AsSpan(0, read));
    }
}
