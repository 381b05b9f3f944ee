using System.Buffers.Binary;
using System.Globalization;

namespace MedISeg.Dicom.Text;

/// <summary>Bytes of values.</summary>
internal static class DicomValueWriter
{
    /// <summary>Little endian bytes of values, unpadded.</summary>
    /// <param name="vr">Representation; none of sequences.</param>
    /// <param name="values">string for text; numbers for numbers, DS and IS; <see cref="DicomTag"/> for AT; bytes, as they are, for the
    /// representations of other bytes, words and so on.</param>
    /// <param name="characterSets">Values of SpecificCharacterSet.</param>
    /// <exception cref="ArgumentException">A value does not fit the representation, or a character not the character set.</exception>
    public static ReadOnlyMemory<byte> Write<T>(DicomVR vr, T[] values, IReadOnlyList<string> characterSets)
    {
        if (vr.IsString) return DicomText.Encode(string.Join('\\', values.Select(value => Text(vr, value))), vr, characterSets);
        if (values is byte[] && vr.Code is "OB" or "OW" or "OL" or "OV" or "OF" or "OD" or "UN") return (byte[])(object)values;
        byte[] buffer = new byte[values.Length * (vr.Code == "AT" ? 4 : vr.UnitSize)];
        int size = values.Length == 0 ? 0 : buffer.Length / values.Length;
        for (int n = 0; n < values.Length; n++) WriteOne(vr, values[n], buffer.AsSpan(n * size, size));
        return buffer;
    }

    private static string Text<T>(DicomVR vr, T value) => (value, vr.Code) switch
    {
        (null, _) => "",
        (string text, _) => text,
        (_, "DS") => DecimalString.Text(Number(value)),
        (_, "IS") => DecimalString.Integer(Number(value)),
        _ => throw Unfit(vr),
    };

    private static void WriteOne<T>(DicomVR vr, T value, Span<byte> at)
    {
        try
        {
            switch (vr.Code)
            {
                case "AT" when value is DicomTag tag:
                    BinaryPrimitives.WriteUInt16LittleEndian(at, tag.Group);
                    BinaryPrimitives.WriteUInt16LittleEndian(at[2..], tag.Element);
                    break;
                case "US" or "OW": BinaryPrimitives.WriteUInt16LittleEndian(at, checked((ushort)Whole(vr, value))); break;
                case "SS": BinaryPrimitives.WriteInt16LittleEndian(at, checked((short)Whole(vr, value))); break;
                case "UL" or "OL": BinaryPrimitives.WriteUInt32LittleEndian(at, checked((uint)Whole(vr, value))); break;
                case "SL": BinaryPrimitives.WriteInt32LittleEndian(at, checked((int)Whole(vr, value))); break;
                case "UV" or "OV": BinaryPrimitives.WriteUInt64LittleEndian(at, checked((ulong)Whole(vr, value))); break;
                case "SV": BinaryPrimitives.WriteInt64LittleEndian(at, checked((long)Whole(vr, value))); break;
                case "FL" or "OF": BinaryPrimitives.WriteSingleLittleEndian(at, Single(vr, Number(value))); break;
                case "FD" or "OD": BinaryPrimitives.WriteDoubleLittleEndian(at, Number(value)); break;
                default: throw Unfit(vr);
            }
        }
        catch (OverflowException)
        {
            throw Unfit(vr);
        }
    }

    private static Int128 Whole<T>(DicomVR vr, T value)
    {
        if (value is float or double)
        {
            double number = Number(value);
            return number == Math.Floor(number) ? checked((Int128)number) : throw Unfit(vr);
        }
        return value is IConvertible and not string ? (Int128)Convert.ToDecimal(value, CultureInfo.InvariantCulture) : throw Unfit(vr);
    }

    private static float Single(DicomVR vr, double value) =>
        double.IsFinite(value) && !float.IsFinite((float)value) ? throw Unfit(vr) : (float)value;

    private static double Number<T>(T value) => value is IConvertible and not string
        ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
        : throw new ArgumentException("A number is wanted.", nameof(value));

    private static ArgumentException Unfit(DicomVR vr) => new($"A value does not fit {vr}.", nameof(vr));
}
