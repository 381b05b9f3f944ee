using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Encodes frames of one sample a pixel by run length, without loss. Source: PS3.5 annex G.</summary>
internal static class RleEncoder
{
    private const int HeaderBytes = 64;

    /// <summary>Most bytes that one control byte stands for.</summary>
    private const int MostBytes = 128;

    /// <summary>A run that is shorter is cheaper among the bytes around it.</summary>
    private const int LeastRun = 3;

    /// <summary>Encodes a frame: one segment a byte of a sample, the highest byte first; no run goes from one row to the next.</summary>
    /// <param name="frame">Little endian samples, row by row.</param>
    /// <param name="columns">Samples of a row, at least 1.</param>
    /// <param name="bytes">Bytes of a sample, 1 to 15.</param>
    /// <returns>Header and segments, an even number of bytes.</returns>
    /// <exception cref="ArgumentException">The frame has no whole number of rows.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> frame, int columns, int bytes)
    {
        if (frame.Length % (columns * bytes) != 0) throw new ArgumentException("The frame has no whole number of rows.", nameof(frame));
        int rows = frame.Length / (columns * bytes);
        // The worst is one control byte for 128 others, in every row anew.
        byte[] encoded = new byte[HeaderBytes + bytes * (rows * (columns + columns / MostBytes + 1) + 1)];
        byte[] row = new byte[columns];
        BinaryPrimitives.WriteInt32LittleEndian(encoded, bytes);
        int end = HeaderBytes;
        for (int segment = 0; segment < bytes; segment++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(4 + 4 * segment), end);
            int place = bytes - 1 - segment;
            for (int j = 0; j < rows; j++)
            {
                ReadOnlySpan<byte> samples = frame.Slice(j * columns * bytes, columns * bytes);
                if (bytes > 1)
                {
                    for (int i = 0; i < columns; i++) row[i] = samples[i * bytes + place];
                    samples = row;
                }
                end += EncodeRow(samples, encoded.AsSpan(end));
            }
            end += end & 1;
        }
        return encoded[..end];
    }

    private static int EncodeRow(ReadOnlySpan<byte> row, Span<byte> encoded)
    {
        int written = 0, from = 0, literals = 0;
        while (from + literals < row.Length)
        {
            ReadOnlySpan<byte> rest = row[(from + literals)..];
            int other = rest.IndexOfAnyExcept(rest[0]), run = other < 0 ? rest.Length : other;
            if (run < LeastRun)
            {
                literals += run;
                continue;
            }
            written += Literals(row.Slice(from, literals), encoded[written..]);
            from += literals + run;
            literals = 0;
            for (; run > 0; run -= MostBytes)
            {
                // What is left of a run may be one byte: its control byte is that of one literal.
                encoded[written++] = unchecked((byte)(1 - Math.Min(run, MostBytes)));
                encoded[written++] = rest[0];
            }
        }
        return written + Literals(row.Slice(from, literals), encoded[written..]);
    }

    private static int Literals(ReadOnlySpan<byte> row, Span<byte> encoded)
    {
        int written = 0;
        for (; row.Length > 0; row = row[Math.Min(row.Length, MostBytes)..])
        {
            int count = Math.Min(row.Length, MostBytes);
            encoded[written++] = (byte)(count - 1);
            row[..count].CopyTo(encoded[written..]);
            written += count;
        }
        return written;
    }
}
