using System.Buffers.Binary;
using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Text;

/// <summary>Values of elements, from bytes.</summary>
internal static class DicomValues
{
    private const int TagSize = 4;

    /// <summary>Longest element whose values are told apart: as objects they take many times the room of their bytes.</summary>
    private const int LongestList = 1 << 20;

    /// <summary>Longest text that is one value.</summary>
    private const int LongestText = 1 << 28;

    /// <summary>Number of values.</summary>
    /// <param name="element">The element.</param>
    /// <param name="characterSets">Values of SpecificCharacterSet: in some sets a byte of a backslash is half a character.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: text is too long.</exception>
    public static int Count(DicomElement element, IReadOnlyList<string> characterSets)
    {
        if (element.ValueRepresentation.IsString) CheckLength(element);
        return element.ValueRepresentation switch
        {
            { IsString: true } => DicomText.Split(element, characterSets).Length,
            { Code: "AT" } => element.Buffer.Length / TagSize,
            _ => element.Buffer.Length / UnitOf(element),
        };
    }

    /// <summary>All values. UN is read as one text, as bytes, or, where it has two of them, as an unsigned number.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: a value is no such number, or the values are too
    /// long.</exception>
    /// <exception cref="NotSupportedException">The type is none that values are read as.</exception>
    public static T[] Read<T>(DicomElement element, IReadOnlyList<string> characterSets)
    {
        DicomVR vr = element.ValueRepresentation;
        if (typeof(T) != typeof(byte) || vr.Code is not ("OB" or "OW" or "UN")) CheckLength(element);
        if (typeof(T) == typeof(string)) return (T[])(object)Texts(element, characterSets);
        if (typeof(T) == typeof(DicomTag)) return vr.Code == "AT" ? (T[])(object)Tags(element) : throw Bad(element.Tag);
        if (typeof(T) == typeof(byte) && vr.Code is "OB" or "OW" or "UN") return (T[])(object)element.Buffer.ToArray();
        bool isFraction = vr.IsString || vr.Code is "FL" or "FD" or "OF" or "OD";
        return isFraction
            ? [.. Fractions(element).Select(value => Convert<T>(value, element.Tag))]
            : [.. Integers(element).Select(value => Convert<T>(value, element.Tag))];
    }

    private static string[] Texts(DicomElement element, IReadOnlyList<string> characterSets) => element.ValueRepresentation.Code switch
    {
        "AT" => [.. Tags(element).Select(tag => tag.Key.ToString("X8", CultureInfo.InvariantCulture))],
        "FL" or "OF" => [.. Fractions(element).Select(value => ((float)value).ToString("R", CultureInfo.InvariantCulture))],
        "FD" or "OD" => [.. Fractions(element).Select(value => value.ToString("R", CultureInfo.InvariantCulture))],
        "UN" => DicomText.Split(element, characterSets),
        _ when element.ValueRepresentation.IsString => DicomText.Split(element, characterSets),
        _ => [.. Integers(element).Select(value => value.ToString(CultureInfo.InvariantCulture))],
    };

    private static DicomTag[] Tags(DicomElement element)
    {
        ReadOnlySpan<byte> bytes = element.Buffer.Span;
        DicomTag[] tags = new DicomTag[bytes.Length / TagSize];
        for (int n = 0; n < tags.Length; n++)
            tags[n] = new DicomTag(
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[(n * TagSize)..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[(n * TagSize + 2)..]));
        return tags;
    }

    /// <summary>Numbers of text and of floating point.</summary>
    private static double[] Fractions(DicomElement element)
    {
        ReadOnlySpan<byte> bytes = element.Buffer.Span;
        if (element.ValueRepresentation.IsString)
        {
            string[] texts = DicomText.Split(element, []);
            // A gap between numbers is not skipped: the ones after it would change their places.
            if (texts.All(text => text.Length == 0)) return [];
            return [.. texts.Select(text => DecimalString.TryParse(text, out double value) ? value : throw Bad(element.Tag))];
        }
        int unit = element.ValueRepresentation.UnitSize;
        double[] numbers = new double[bytes.Length / unit];
        for (int n = 0; n < numbers.Length; n++)
            numbers[n] = unit == sizeof(float)
                ? BinaryPrimitives.ReadSingleLittleEndian(bytes[(n * unit)..])
                : BinaryPrimitives.ReadDoubleLittleEndian(bytes[(n * unit)..]);
        return numbers;
    }

    private static Int128[] Integers(DicomElement element)
    {
        ReadOnlySpan<byte> bytes = element.Buffer.Span;
        int unit = UnitOf(element);
        Int128[] numbers = new Int128[bytes.Length / unit];
        for (int n = 0; n < numbers.Length; n++)
        {
            ReadOnlySpan<byte> at = bytes[(n * unit)..];
            numbers[n] = (element.ValueRepresentation.Code, unit) switch
            {
                ("SS", _) => BinaryPrimitives.ReadInt16LittleEndian(at),
                ("SL", _) => BinaryPrimitives.ReadInt32LittleEndian(at),
                ("SV", _) => BinaryPrimitives.ReadInt64LittleEndian(at),
                (_, 2) => BinaryPrimitives.ReadUInt16LittleEndian(at),
                (_, 4) => BinaryPrimitives.ReadUInt32LittleEndian(at),
                (_, 8) => BinaryPrimitives.ReadUInt64LittleEndian(at),
                _ => at[0],
            };
        }
        return numbers;
    }

    /// <summary>A private or unknown element of two bytes is a number often enough.</summary>
    private static int UnitOf(DicomElement element) =>
        element.ValueRepresentation.Code == "UN" && element.Buffer.Length == 2 ? 2 : element.ValueRepresentation.UnitSize;

    private static T Convert<T>(double value, DicomTag tag)
    {
        if (typeof(T) == typeof(double)) return (T)(object)value;
        if (typeof(T) == typeof(float)) return (T)(object)(float)value;
        return value == Math.Floor(value) && double.IsFinite(value) ? Convert<T>((Int128)value, tag) : throw Bad(tag);
    }

    private static T Convert<T>(Int128 value, DicomTag tag)
    {
        if (typeof(T) == typeof(double)) return (T)(object)(double)value;
        if (typeof(T) == typeof(float)) return (T)(object)(float)value;
        try
        {
            object number = default(T) switch
            {
                byte => checked((byte)value),
                short => checked((short)value),
                ushort => checked((ushort)value),
                int => checked((int)value),
                uint => checked((uint)value),
                long => checked((long)value),
                ulong => checked((ulong)value),
                _ => throw new NotSupportedException($"Values are not read as {typeof(T).Name}."),
            };
            return (T)number;
        }
        catch (OverflowException)
        {
            throw Bad(tag);
        }
    }

    private static void CheckLength(DicomElement element)
    {
        int longest = element.ValueRepresentation.IsSingleText ? LongestText : LongestList;
        if (element.Buffer.Length > longest)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                $"The value of {element.Tag} takes {element.Buffer.Length} bytes, and at most {longest} are read; correct it or export the object again.");
    }

    private static SegmentationException Bad(DicomTag tag) =>
        new(ErrorCode.UnreadableImage, $"The value of {tag} is not a number of its kind; correct it or export the object again.");
}
