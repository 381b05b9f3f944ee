using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MedISeg.Dicom.Pixels;

/// <summary>Kernels that make numbers of samples: bits outside the value masked, signed ones extended.</summary>
internal static class SampleValues
{
    /// <summary>Reads values.</summary>
    /// <param name="samples">Little endian samples of <paramref name="bytes"/> each, as many as there are values.</param>
    /// <param name="bytes">1, 2 or 4.</param>
    /// <param name="stored">Bits of the value, 1 to 8 x bytes.</param>
    /// <param name="high">Place of the value's highest bit, stored - 1 to 8 x bytes - 1.</param>
    /// <param name="signed">Whether the highest bit is the sign.</param>
    /// <param name="values">Takes the values.</param>
    /// <returns>false: an unsigned value is above <see cref="int.MaxValue"/>.</returns>
    internal static bool Read(ReadOnlySpan<byte> samples, int bytes, int stored, int high, bool signed, Span<int> values)
    {
        if (samples.Length != (long)values.Length * bytes) throw new ArgumentException("There are not as many samples as values.", nameof(samples));
        // The value's bits go to the top of the word; the way back drops those below and fills with the sign or with zeros.
        int left = 31 - high, right = 32 - stored;
        switch (bytes, signed)
        {
            case (1, false):
                for (int i = 0; i < values.Length; i++) values[i] = (int)((uint)samples[i] << left >> right);
                return true;
            case (1, true):
                for (int i = 0; i < values.Length; i++) values[i] = samples[i] << left >> right;
                return true;
            case (2, false):
                for (int i = 0; i < values.Length; i++) values[i] = (int)((uint)BinaryPrimitives.ReadUInt16LittleEndian(samples[(2 * i)..]) << left >> right);
                return true;
            case (2, true):
                for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadUInt16LittleEndian(samples[(2 * i)..]) << left >> right;
                return true;
            case (4, true):
                for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadInt32LittleEndian(samples[(4 * i)..]) << left >> right;
                return true;
            case (4, false):
                uint most = 0;
                for (int i = 0; i < values.Length; i++)
                {
                    uint value = BinaryPrimitives.ReadUInt32LittleEndian(samples[(4 * i)..]) << left >> right;
                    most |= value;
                    values[i] = (int)value;
                }
                return most <= int.MaxValue;
            default:
                throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "1, 2 or 4.");
        }
    }

    /// <summary>Reads values of 16-bit samples to words, bits outside the value masked, signed ones extended.</summary>
    /// <param name="samples">Little endian samples of two bytes, as many as there are words.</param>
    /// <param name="stored">Bits of the value, 1 to 16.</param>
    /// <param name="high">Place of the value's highest bit, stored - 1 to 15.</param>
    /// <param name="signed">Whether the highest bit is the sign.</param>
    /// <param name="words">Takes the values.</param>
    internal static void ReadWords(ReadOnlySpan<byte> samples, int stored, int high, bool signed, Span<ushort> words)
    {
        if (samples.Length != 2L * words.Length) throw new ArgumentException("There are not as many samples as words.", nameof(samples));
        int left = 15 - high, right = 16 - stored, n = 0;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ushort> stream = MemoryMarshal.Cast<byte, ushort>(samples);
            for (; n <= words.Length - Vector<ushort>.Count; n += Vector<ushort>.Count)
            {
                Vector<ushort> top = Vector.ShiftLeft(new Vector<ushort>(stream[n..]), left);
                Vector<ushort> value = signed ? Vector.ShiftRightArithmetic(top.As<ushort, short>(), right).As<short, ushort>() : Vector.ShiftRightLogical(top, right);
                value.CopyTo(words[n..]);
            }
        }
        for (; n < words.Length; n++)
        {
            int top = BinaryPrimitives.ReadUInt16LittleEndian(samples[(2 * n)..]) << left;
            words[n] = (ushort)(signed ? (short)top >> right : (ushort)top >> right);
        }
    }
}
