using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MedISeg.Dicom.IO;

/// <summary>Turns values between big and little endian.</summary>
internal static class ByteOrder
{
    /// <summary>Bytes that are swapped together.</summary>
    /// <param name="tag">Name of the element.</param>
    /// <param name="representation">Its representation.</param>
    /// <param name="dataset">The data set that it is in.</param>
    public static int UnitOf(DicomTag tag, DicomVR representation, DicomDataset dataset)
    {
        // Pixels of 8 bits in OW are swapped in pairs like every word, longer ones as a whole.
        if (representation.Code == "OW" && tag == DicomTag.PixelData
            && dataset.GetDicomItem<DicomElement>(DicomTag.BitsAllocated) is { Buffer.Length: >= 2 } bits)
            return bits.Buffer.Span[0] switch { 32 => 4, 64 => 8, _ => 2 };
        return representation.UnitSize;
    }

    /// <summary>A copy with each unit's bytes reversed; a rest that is no whole unit stays.</summary>
    public static byte[] Swapped(ReadOnlySpan<byte> value, int unit)
    {
        byte[] swapped = value.ToArray();
        Span<byte> units = swapped.AsSpan(0, swapped.Length / unit * unit);
        switch (unit)
        {
            case 2:
                Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(units);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            case 4:
                Span<uint> doubleWords = MemoryMarshal.Cast<byte, uint>(units);
                BinaryPrimitives.ReverseEndianness(doubleWords, doubleWords);
                break;
            default:
                Span<ulong> quadWords = MemoryMarshal.Cast<byte, ulong>(units);
                BinaryPrimitives.ReverseEndianness(quadWords, quadWords);
                break;
        }
        return swapped;
    }
}
