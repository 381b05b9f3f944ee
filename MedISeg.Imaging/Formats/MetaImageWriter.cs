using System.Globalization;
using System.IO.Compression;
using System.Text;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes MetaImage in one file (.mha), in LPS and mm, little endian. The same input gives the same bytes.</summary>
public static class MetaImageWriter
{
    /// <summary>Digits of the packed length, which is filled in at the end.</summary>
    private const int LengthDigits = 15;

    /// <summary>Writes an image in its stored voxel type, channels side by side. MetaImage has no slope that is read: scaled images are written as
    /// real values in single precision.</summary>
    /// <param name="stream">Written from its position on; seekable where it is packed; borrowed, left open.</param>
    /// <param name="volume">The image.</param>
    /// <param name="packed">Whether the voxels are packed by zlib.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static void Write(Stream stream, Volume volume, bool packed)
    {
        volume = VoxelWriter.Unscaled(volume);
        Write(stream, volume.Geometry, volume.Channels, volume.VoxelType, packed, VoxelWriter.ImageLevel, output => VoxelWriter.WriteInterleaved(output, volume));
    }

    /// <summary>Writes a label map as uint8, or uint16 where it is wide.</summary>
    /// <param name="stream">Written from its position on; seekable where it is packed; borrowed, left open.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="packed">Whether the voxels are packed by zlib.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static void Write(Stream stream, LabelMap labels, bool packed) =>
        Write(stream, labels.Geometry, 1, labels.IsWide ? typeof(ushort) : typeof(byte), packed, VoxelWriter.LabelLevel, output => VoxelWriter.Write(output, labels));

    private static void Write(Stream stream, VolumeGeometry geometry, int channels, Type type, bool packed, int level, Action<Stream> voxels)
    {
        if (packed && !stream.CanSeek) throw new ArgumentException("A packed MetaImage needs a seekable stream: its length stands before the voxels.", nameof(stream));
        long start = stream.CanSeek ? stream.Position : 0;
        stream.Write(Header(geometry, channels, type, packed, 0));
        if (!packed)
        {
            voxels(stream);
            return;
        }
        long first = stream.Position;
        using (ZLibStream zlib = new(stream, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true)) voxels(zlib);
        long end = stream.Position;
        stream.Position = start;
        stream.Write(Header(geometry, channels, type, packed, end - first));
        stream.Position = end;
    }

    private static byte[] Header(VolumeGeometry geometry, int channels, Type type, bool packed, long packedLength)
    {
        GridSize grid = geometry.Grid;
        Affine map = geometry.IndexToPatient;
        StringBuilder text = new();
        text.Append("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n");
        text.Append(packed ? "CompressedData = True\n" : "CompressedData = False\n");
        if (packed) text.Append("CompressedDataSize = ").Append(packedLength.ToString("D" + LengthDigits, CultureInfo.InvariantCulture)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"TransformMatrix = {Unit(map.I)} {Unit(map.J)} {Unit(map.K)}\nOffset = {Numbers(map.Origin)}\n");
        text.Append("CenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\n");
        text.Append(CultureInfo.InvariantCulture, $"ElementSpacing = {map.I.Length:R} {map.J.Length:R} {map.K.Length:R}\n");
        text.Append(CultureInfo.InvariantCulture, $"DimSize = {grid.Width} {grid.Height} {grid.Depth}\n");
        if (channels > 1) text.Append(CultureInfo.InvariantCulture, $"ElementNumberOfChannels = {channels}\n");
        text.Append("ElementType = ").Append(Name(type)).Append("\nElementDataFile = LOCAL\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string Unit(Vector3D v) => Numbers(v * (1 / v.Length));

    private static string Numbers(Vector3D v) => string.Create(CultureInfo.InvariantCulture, $"{v.X:R} {v.Y:R} {v.Z:R}");

    private static string Name(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => "MET_UCHAR",
        TypeCode.Int16 => "MET_SHORT",
        TypeCode.UInt16 => "MET_USHORT",
        TypeCode.Int32 => "MET_INT",
        TypeCode.Single => "MET_FLOAT",
        _ => "MET_DOUBLE",
    };
}
