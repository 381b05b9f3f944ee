using System.Buffers.Binary;
using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Text;

/// <summary>Values of elements: from bytes to numbers and texts, and back.</summary>
internal static class DicomValues
{
    private const int LongestDecimal = 16;

    /// <summary>Number of values.</summary>
    public static int Count(DicomElement element) => element.ValueRepresentation switch
    {
        { IsString: true } => DicomText.Split(element, []).Length,
        { Code: "AT" } => element.Buffer.Length / 4,
        _ => element.Buffer.Length / element.ValueRepresentation.UnitSize,
    };

    /// <summary>All values.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: a value is no such number.</exception>
    /// <exception cref="NotSupportedException">The type is none that values are read as.</exception>
    public static T[] Read<T>(DicomElement element, IReadOnlyList<string> characterSets)
    {
        DicomVR vr = element.ValueRepresentation;
        if (typeof(T) == typeof(string))
        {
            string[] texts = vr.IsString ? DicomText.Split(element, characterSets)
                : vr.Code == "AT" ? [.. Tags(element).Select(tag => tag.Key.ToString("X8", CultureInfo.InvariantCulture))]
                : [.. Numbers(element).Select(Text)];
            return (T[])(object)texts;
        }
        if (typeof(T) == typeof(DicomTag)) return (T[])(object)Tags(element);
        if (typeof(T) == typeof(double)) return (T[])(object)Numbers(element);
        double[] numbers = Numbers(element);
        T[] values = new T[numbers.Length];
        for (int n = 0; n < numbers.Length; n++) values[n] = Whole<T>(numbers[n], element.Tag);
        return values;
    }

    /// <summary>Bytes of values, unpadded.</summary>
    /// <exception cref="ArgumentException">A value does not fit the representation.</exception>
    public static ReadOnlyMemory<byte> Write<T>(DicomVR vr, T[] values, IReadOnlyList<string> characterSets)
    {
        if (typeof(T) == typeof(byte) && vr.Code is ("OB" or "OW" or "UN")) return (byte[])(object)values;
        if (vr.IsString)
        {
            string text = string.Join('\\', values.Select(value => value as string ?? Text(Convert.ToDouble(value, CultureInfo.InvariantCulture))));
            return DicomText.Encode(text, vr.UsesCharacterSet ? characterSets : []);
        }
        if (values is DicomTag[] tags) return WriteTags(tags);
        byte[] buffer = new byte[values.Length * vr.UnitSize];
        for (int n = 0; n < values.Length; n++)
        {
            Span<byte> at = buffer.AsSpan(n * vr.UnitSize);
            double value = Convert.ToDouble(values[n], CultureInfo.InvariantCulture);
            switch (vr.Code)
            {
                case "US": BinaryPrimitives.WriteUInt16LittleEndian(at, checked((ushort)value)); break;
                case "SS": BinaryPrimitives.WriteInt16LittleEndian(at, checked((short)value)); break;
                case "UL": BinaryPrimitives.WriteUInt32LittleEndian(at, checked((uint)value)); break;
                case "SL": BinaryPrimitives.WriteInt32LittleEndian(at, checked((int)value)); break;
                case "FL": BinaryPrimitives.WriteSingleLittleEndian(at, (float)value); break;
                case "FD": BinaryPrimitives.WriteDoubleLittleEndian(at, value); break;
                default: throw new ArgumentException($"Numbers are not written as {vr}.", nameof(vr));
            }
        }
        return buffer;
    }

    /// <summary>A decimal string: the shortest that reads back as the same number, or the nearest of 16 characters. Source: PS3.5, DS.</summary>
    public static string Text(double value)
    {
        for (int digits = 17; digits > 0; digits--)
        {
            string text = digits == 17 ? value.ToString("R", CultureInfo.InvariantCulture) : value.ToString("G" + digits, CultureInfo.InvariantCulture);
            if (text.Length <= LongestDecimal) return text;
        }
        throw new ArgumentOutOfRangeException(nameof(value));
    }

    private static DicomTag[] Tags(DicomElement element)
    {
        ReadOnlySpan<byte> bytes = element.Buffer.Span;
        DicomTag[] tags = new DicomTag[bytes.Length / 4];
        for (int n = 0; n < tags.Length; n++)
            tags[n] = new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(n * 4)..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[(n * 4 + 2)..]));
        return tags;
    }

    private static byte[] WriteTags(DicomTag[] tags)
    {
        byte[] bytes = new byte[tags.Length * 4];
        for (int n = 0; n < tags.Length; n++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(n * 4), tags[n].Group);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(n * 4 + 2), tags[n].Element);
        }
        return bytes;
    }

    private static double[] Numbers(DicomElement element)
    {
        DicomVR vr = element.ValueRepresentation;
        if (vr.IsString) return [.. DicomText.Split(element, []).Where(text => text.Length > 0).Select(text => Parse(text, element.Tag))];
        ReadOnlySpan<byte> bytes = element.Buffer.Span;
        // A private or unknown element of two bytes is a number often enough.
        int unit = vr.Code == "UN" && bytes.Length == 2 ? 2 : vr.UnitSize;
        double[] numbers = new double[bytes.Length / unit];
        for (int n = 0; n < numbers.Length; n++)
        {
            ReadOnlySpan<byte> at = bytes[(n * unit)..];
            numbers[n] = (vr.Code, unit) switch
            {
                ("SS", _) => BinaryPrimitives.ReadInt16LittleEndian(at),
                ("SL", _) => BinaryPrimitives.ReadInt32LittleEndian(at),
                ("FL" or "OF", _) => BinaryPrimitives.ReadSingleLittleEndian(at),
                ("FD" or "OD", _) => BinaryPrimitives.ReadDoubleLittleEndian(at),
                ("SV", _) => BinaryPrimitives.ReadInt64LittleEndian(at),
                (_, 2) => BinaryPrimitives.ReadUInt16LittleEndian(at),
                (_, 4) => BinaryPrimitives.ReadUInt32LittleEndian(at),
                (_, 8) => BinaryPrimitives.ReadUInt64LittleEndian(at),
                _ => at[0],
            };
        }
        return numbers;
    }

    private static double Parse(string text, DicomTag tag) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw Bad(tag);

    private static T Whole<T>(double value, DicomTag tag)
    {
        double low = typeof(T) == typeof(int) ? int.MinValue : typeof(T) == typeof(short) ? short.MinValue : typeof(T) == typeof(long) ? -9.2e18 : 0;
        double high = typeof(T) == typeof(int) ? int.MaxValue : typeof(T) == typeof(short) ? short.MaxValue
            : typeof(T) == typeof(ushort) ? ushort.MaxValue : typeof(T) == typeof(uint) ? uint.MaxValue : 9.2e18;
        if (value != Math.Floor(value) || value < low || value > high) throw Bad(tag);
        return (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture);
    }

    private static SegmentationException Bad(DicomTag tag) =>
        new(ErrorCode.UnreadableImage, $"The value of {tag} is not a number of its kind; correct it or export the object again.");
}
