using System.Buffers.Binary;
using System.Text;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes the fields of a header, little endian, with the four bytes that say "no extensions" behind it.</summary>
internal static class NiftiHeaderWriter
{
    /// <summary>Unit code: millimetre.</summary>
    public const int Millimetre = 2;

    private const int DescriptionLength = 79;

    /// <summary>The bytes before the voxels.</summary>
    public static byte[] Write(NiftiHeader header) => header.Version == 1 ? Write1(header) : Write2(header);

    private static byte[] Write1(NiftiHeader header)
    {
        byte[] bytes = new byte[NiftiHeader.Length1 + 4];
        Int32(bytes, 0, NiftiHeader.Length1);
        bytes[38] = (byte)'r';
        Int16(bytes, 40, Dimensions(header));
        for (int n = 0; n < 7; n++) Int16(bytes, 42 + 2 * n, (int)header.Sides[n]);
        Int16(bytes, 70, header.Datatype);
        Int16(bytes, 72, NiftiDatatype.Of(header.Datatype).FileBytes * 8);
        Single(bytes, 76, header.Qfac);
        Three(bytes, 80, header.PixelSize);
        for (int n = 4; n < 8; n++) Single(bytes, 76 + 4 * n, 1);
        Single(bytes, 108, bytes.Length);
        Single(bytes, 112, header.Slope);
        Single(bytes, 116, header.Intercept);
        bytes[123] = (byte)header.Units;
        Text(bytes.AsSpan(148, DescriptionLength), header.Description);
        Int16(bytes, 252, header.QformCode);
        Int16(bytes, 254, header.SformCode);
        Three(bytes, 256, header.Quaternion);
        Three(bytes, 268, header.QuaternionOffset);
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 4; column++)
                Single(bytes, 280 + 16 * row + 4 * column, Element(header.Sform, row, column));
        "n+1\0"u8.CopyTo(bytes.AsSpan(344));
        return bytes;

        static void Three(byte[] bytes, int at, Vector3D v)
        {
            for (int n = 0; n < 3; n++) Single(bytes, at + 4 * n, v[n]);
        }
    }

    private static byte[] Write2(NiftiHeader header)
    {
        byte[] bytes = new byte[NiftiHeader.Length2 + 4];
        Int32(bytes, 0, NiftiHeader.Length2);
        "n+2\0\r\n\u001a\n"u8.CopyTo(bytes.AsSpan(4));
        Int16(bytes, 12, header.Datatype);
        Int16(bytes, 14, NiftiDatatype.Of(header.Datatype).FileBytes * 8);
        Int64(bytes, 16, Dimensions(header));
        for (int n = 0; n < 7; n++) Int64(bytes, 24 + 8 * n, header.Sides[n]);
        Double(bytes, 104, header.Qfac);
        Three(bytes, 112, header.PixelSize);
        for (int n = 4; n < 8; n++) Double(bytes, 104 + 8 * n, 1);
        Int64(bytes, 168, bytes.Length);
        Double(bytes, 176, header.Slope);
        Double(bytes, 184, header.Intercept);
        Text(bytes.AsSpan(240, DescriptionLength), header.Description);
        Int32(bytes, 344, header.QformCode);
        Int32(bytes, 348, header.SformCode);
        Three(bytes, 352, header.Quaternion);
        Three(bytes, 376, header.QuaternionOffset);
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 4; column++)
                Double(bytes, 400 + 32 * row + 8 * column, Element(header.Sform, row, column));
        Int32(bytes, 500, header.Units);
        return bytes;

        static void Three(byte[] bytes, int at, Vector3D v)
        {
            for (int n = 0; n < 3; n++) Double(bytes, at + 8 * n, v[n]);
        }
    }

    private static int Dimensions(NiftiHeader header) => header.Sides[3] > 1 ? 4 : 3;

    private static double Element(Affine map, int row, int column) => column == 3 ? map.Origin[row] : map.Column(column)[row];

    private static void Text(Span<byte> field, string text) =>
        Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, field.Length)), field);

    private static void Int16(byte[] bytes, int at, int value) =>
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), checked((short)value));

    private static void Int32(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Int64(byte[] bytes, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);

    private static void Single(byte[] bytes, int at, double value) =>
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), (float)value);

    private static void Double(byte[] bytes, int at, double value) => BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);
}
