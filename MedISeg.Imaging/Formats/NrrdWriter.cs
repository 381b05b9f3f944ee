using System.Globalization;
using System.Text;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes NRRD in one file, in LPS and mm, little endian. The same input gives the same bytes.</summary>
public static class NrrdWriter
{
    /// <summary>Writes an image in its stored voxel type; channels become a last axis of kind list. NRRD has no slope: scaled images are written
    /// as real values in single precision.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="volume">The image.</param>
    /// <param name="gzip">Whether the voxels are packed.</param>
    public static void Write(Stream stream, Volume volume, bool gzip)
    {
        volume = VoxelWriter.Unscaled(volume);
        Write(stream, volume.Geometry, volume.Channels, volume.VoxelType, gzip, VoxelWriter.ImageLevel, output =>
        {
            for (int channel = 0; channel < volume.Channels; channel++) VoxelWriter.Write(output, volume, channel);
        });
    }

    /// <summary>Writes a label map as uint8, or uint16 where it is wide.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="gzip">Whether the voxels are packed.</param>
    public static void Write(Stream stream, LabelMap labels, bool gzip) =>
        Write(stream, labels.Geometry, 1, labels.IsWide ? typeof(ushort) : typeof(byte), gzip, VoxelWriter.LabelLevel, output => VoxelWriter.Write(output, labels));

    private static void Write(Stream stream, VolumeGeometry geometry, int channels, Type type, bool gzip, int level, Action<Stream> voxels)
    {
        stream.Write(Encoding.ASCII.GetBytes(Header(geometry, channels, type, gzip)));
        // One gzip member: some readers stop at its end.
        using Stream? packed = gzip ? new ParallelGzipStream(stream, level) : null;
        voxels(packed ?? stream);
    }

    private static string Header(VolumeGeometry geometry, int channels, Type type, bool gzip)
    {
        GridSize grid = geometry.Grid;
        Affine map = geometry.IndexToPatient;
        bool list = channels > 1;
        StringBuilder text = new();
        text.Append("NRRD0004\n");
        text.Append(CultureInfo.InvariantCulture, $"type: {Name(type)}\ndimension: {(list ? 4 : 3)}\nspace: left-posterior-superior\n");
        text.Append(CultureInfo.InvariantCulture, $"sizes: {grid.Width} {grid.Height} {grid.Depth}{(list ? $" {channels}" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"space directions: {Vector(map.I)} {Vector(map.J)} {Vector(map.K)}{(list ? " none" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"kinds: domain domain domain{(list ? " list" : "")}\nendian: little\nencoding: {(gzip ? "gzip" : "raw")}\n");
        text.Append(CultureInfo.InvariantCulture, $"space units: \"mm\" \"mm\" \"mm\"\nspace origin: {Vector(map.Origin)}\n\n");
        return text.ToString();
    }

    private static string Vector(Vector3D v) => string.Create(CultureInfo.InvariantCulture, $"({v.X:R},{v.Y:R},{v.Z:R})");

    private static string Name(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => "uint8",
        TypeCode.Int16 => "int16",
        TypeCode.UInt16 => "uint16",
        TypeCode.Int32 => "int32",
        TypeCode.Single => "float",
        _ => "double",
    };
}
