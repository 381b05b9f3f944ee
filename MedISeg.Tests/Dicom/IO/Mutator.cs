using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MedISeg.Dicom;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Damages a file or a code stream, always in the same way for the same random numbers.</summary>
internal sealed class Mutator
{
    private static readonly uint[] Extremes = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

    private readonly byte[] _file;
    private readonly int[] _values;

    /// <param name="file">A file that can be read.</param>
    public Mutator(byte[] file)
    {
        _file = file;
        List<int> values = [];
        Collect(DicomFile.Open(file).Dataset, values);
        _values = [.. values];
    }

    private Mutator(byte[] stream, int[] values) => (_file, _values) = (stream, values);

    /// <summary>One for compressed pixels: its elements are segments that begin with a marker, and the words of the first 64 bytes.</summary>
    public static Mutator OfStream(byte[] stream)
    {
        List<int> values = [.. Enumerable.Range(1, 16).Select(word => 4 * word)];
        for (int at = 0; at + 1 < stream.Length; at++)
            if (stream[at] == 0xff && stream[at + 1] > 0x4e) values.Add(at + 8);
        return new Mutator(stream, [.. values]);
    }

    /// <summary>A copy that is whole.</summary>
    public byte[] Original => [.. _file];

    /// <summary>A damaged copy.</summary>
    public byte[] Next(Random random)
    {
        byte[] bytes = [.. _file];
        for (int step = random.Next(1, 4); step > 0 && bytes.Length > 0; step--) bytes = Damage(bytes, random);
        return bytes;
    }

    private byte[] Damage(byte[] bytes, Random random)
    {
        int at = Place(bytes.Length, random);
        int length = Math.Min(random.Next(1, 64), bytes.Length - at);
        switch (random.Next(20))
        {
            case 0: return bytes[..at];
            case 1: return [.. bytes[..at], .. Noise(random, length), .. bytes[at..]];
            case 2: return [.. bytes[..at], .. bytes[(at + length)..]];
            case 3:
                int other = random.Next(bytes.Length - length + 1);
                return [.. bytes[..at], .. bytes[other..(other + length)], .. bytes[(at + length)..]];
            case 4:
                Noise(random, length).CopyTo(bytes.AsSpan(at));
                break;
            case >= 5 and <= 12:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            default:
                DamageElement(bytes, random);
                break;
        }
        return bytes;
    }

    /// <summary>Sets a tag, a representation, a length or a value to something else.</summary>
    private void DamageElement(byte[] bytes, Random random)
    {
        int value = _values.Length == 0 ? random.Next(bytes.Length) : _values[random.Next(_values.Length)];
        int at = value + random.Next(5) switch { 0 => -8, 1 => -6, 2 => -4, 3 => -2, _ => 0 };
        if (at < 0 || at + 4 > bytes.Length) return;
        uint extreme = Extremes[random.Next(Extremes.Length)];
        if (random.Next(3) == 0) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), extreme);
        else if (random.Next(2) == 0) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)extreme);
        else bytes[at] += (byte)random.Next(1, 256);
    }

    /// <summary>Anywhere, but as often near the beginning and near the end as in between.</summary>
    private static int Place(int length, Random random) => random.Next(3) switch
    {
        0 => random.Next(Math.Min(length, 2048)),
        1 => length - 1 - random.Next(Math.Min(length, 512)),
        _ => random.Next(length),
    };

    private static byte[] Noise(Random random, int length)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    /// <summary>Where in the file the values stand; none where they are copies (big endian, deflated).</summary>
    private void Collect(DicomDataset dataset, List<int> values)
    {
        foreach (DicomItem item in dataset.Items)
        {
            if (item is DicomSequence sequence)
                foreach (DicomDataset inner in sequence.Items) Collect(inner, values);
            ReadOnlyMemory<byte> value = item switch
            {
                DicomElement element => element.Buffer,
                DicomFragmentSequence { Fragments.Count: > 0 } fragments => fragments.Fragments[0],
                _ => default,
            };
            if (MemoryMarshal.TryGetArray(value, out ArraySegment<byte> array) && array.Array == _file) values.Add(array.Offset);
        }
    }
}
