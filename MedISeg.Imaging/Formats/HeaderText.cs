using System.Globalization;
using System.Text;
using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>The lines of text that an image file starts with.</summary>
internal sealed class HeaderText
{
    /// <summary>Longest header; those of segmentations describe each segment.</summary>
    private const int Longest = 1 << 20;

    private readonly byte[] _bytes;

    private HeaderText(byte[] bytes) => _bytes = bytes;

    /// <summary>Bytes of the lines read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Takes the start of a file.</summary>
    /// <param name="stream">Seekable, read from its position on and put back there; borrowed.</param>
    public static HeaderText Read(Stream stream)
    {
        long start = stream.Position;
        byte[] bytes = new byte[(int)Math.Min(Longest, Math.Max(0, stream.Length - start))];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        stream.Position = start;
        return new HeaderText(read == bytes.Length ? bytes : bytes[..read]);
    }

    /// <summary>The next line, without its end, in Latin-1.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TruncatedImage"/>: no line ends there.</exception>
    public string NextLine()
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(Position);
        int end = rest.IndexOf((byte)'\n');
        if (end < 0)
            throw new SegmentationException(ErrorCode.TruncatedImage,
                "The header does not end (within 1 MiB); send the whole file, or write it again with a shorter header.");
        Position += end + 1;
        return Encoding.Latin1.GetString(rest[..end]).TrimEnd('\r');
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: it is none.</exception>
    public static long Whole(string text, string field) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new SegmentationException(ErrorCode.UnreadableImage, $"The header's field '{field}' is not a whole number; write the file again.");

    /// <summary>A list of numbers parted by blanks; those that are not finite are left to the geometry's check.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: one is no number, or there are not as many.</exception>
    public static double[] Numbers(string text, int count, string field, char separator = ' ')
    {
        string[] parts = text.Split([separator, '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        double[] numbers = new double[parts.Length];
        bool valid = parts.Length == count;
        for (int n = 0; n < parts.Length; n++) valid &= double.TryParse(parts[n], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[n]);
        return valid ? numbers : throw new SegmentationException(ErrorCode.InvalidGeometry,
            $"The header's field '{field}' must hold {count} numbers; write the file again.");
    }

    /// <summary>Extents of the axes, each at least 1.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>.</exception>
    public static long[] Sides(string text, int count, string field)
    {
        string[] parts = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        long[] sides = [.. parts.Take(count).Select(part => Whole(part, field))];
        return parts.Length == count && sides.All(side => side >= 1) ? sides : throw new SegmentationException(ErrorCode.UnreadableImage,
            $"The header's field '{field}' must hold {count} whole numbers of at least 1; write the file again.");
    }
}
