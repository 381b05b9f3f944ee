using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels;

/// <summary>Kernel that makes numbers of samples: bits outside the value masked, signed ones extended.</summary>
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
}
