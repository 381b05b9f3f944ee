using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads MetaImage in one file (.mha): plain and zlib or gzip, all types of numbers, both byte orders.</summary>
/// <remarks>Source: the MetaIO documentation of ITK. The rules chosen where the format leaves a choice are in <c>docs/formats.md</c>.</remarks>
public static class MetaImageReader
{
    private const int MostLines = 10_000;

    /// <summary>Whether a file starts like a MetaImage header: with one of the fields that writers put first.</summary>
    /// <param name="head">First bytes, 16 suffice.</param>
    public static bool StartsHere(ReadOnlySpan<byte> head)
    {
        foreach (string field in (ReadOnlySpan<string>)["ObjectType", "NDims", "Comment"])
        {
            if (head.Length <= field.Length || !System.Text.Ascii.Equals(head[..field.Length], field)) continue;
            ReadOnlySpan<byte> rest = head[field.Length..].TrimStart(" \t"u8);
            if (rest.StartsWith("="u8)) return true;
        }
        return false;
    }

    /// <summary>Reads an image.</summary>
    /// <param name="stream">Seekable, read from its position on; borrowed.</param>
    /// <param name="limits">Checked against the header before memory is taken.</param>
    /// <returns>Voxels in the file's type (int8 as short; uint32, int64 and uint64 as double), numbers of a voxel and a fourth axis as
    /// channels, geometry in LPS mm.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.InvalidGeometry"/>, or <see cref="ErrorCode.InvalidVoxels"/> (NaN,
    /// infinite).</exception>
    public static Volume Read(Stream stream, ImageLimits limits)
    {
        HeaderText text = HeaderText.Read(stream);
        Dictionary<string, string> fields = Fields(text);
        int dimensions = (int)Math.Clamp(HeaderText.Whole(Required(fields, "NDims"), "NDims"), 0, 9);
        if (dimensions is < 2 or > 4)
            throw new SegmentationException(ErrorCode.UnreadableImage, "MetaImage of 2, 3 or 4 dimensions (NDims) is read; split the image.");
        Check(fields);
        long[] sizes = HeaderText.Sides(Required(fields, "DimSize"), dimensions, "DimSize");
        long channels = fields.TryGetValue("ElementNumberOfChannels", out string? count) ? HeaderText.Sides(count, 1, "ElementNumberOfChannels")[0] : 1;
        long[] sides = [sizes[0], sizes[1], dimensions > 2 ? sizes[2] : 1, channels, dimensions > 3 ? sizes[3] : 1];
        long skip = fields.TryGetValue("HeaderSize", out string? header) ? HeaderText.Whole(header, "HeaderSize") : 0;
        stream.Position += text.Position;
        Packing packing = IsTrue(fields, "CompressedData") ? PackingOf(stream) : Packing.None;
        if (skip < VoxelFile.AtTheEnd || skip != 0 && packing != Packing.None)
            throw new SegmentationException(ErrorCode.UnreadableImage, "The header's field HeaderSize does not go with its voxels; write the file again.");
        bool bigEndian = IsTrue(fields, "BinaryDataByteOrderMSB") || IsTrue(fields, "ElementByteOrderMSB");
        return VoxelFile.Read(stream, packing, skip, KindOf(Required(fields, "ElementType")), bigEndian, sides, Map(fields, dimensions), limits);
    }

    private static Dictionary<string, string> Fields(HeaderText text)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        for (int n = 0; n < MostLines; n++)
        {
            string line = text.NextLine();
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.Length == 0) continue;
            if (equals <= 0) throw new SegmentationException(ErrorCode.UnreadableImage, "A line of the MetaImage header is no field; write the file again.");
            string name = line[..equals].Trim(), value = line[(equals + 1)..].Trim();
            if (!fields.TryAdd(name, value))
                throw new SegmentationException(ErrorCode.UnreadableImage, "A field of the MetaImage header came twice; write the file again.");
            if (name != "ElementDataFile") continue;
            return value is "LOCAL" or "Local" or "local" ? fields : throw new SegmentationException(ErrorCode.UnreadableImage,
                "This is a MetaImage header (.mhd), whose voxels lie in another file; send one single file (.mha), or both in a zip archive.");
        }
        throw new SegmentationException(ErrorCode.UnreadableImage, "The MetaImage header has no field ElementDataFile; write the file again.");
    }

    /// <summary>Refuses what would be read as something else than it says.</summary>
    private static void Check(Dictionary<string, string> fields)
    {
        if (fields.TryGetValue("ObjectType", out string? type) && type != "Image")
            throw new SegmentationException(ErrorCode.UnreadableImage, "The MetaImage header describes no image (ObjectType); send the image.");
        if (fields.ContainsKey("BinaryData") && !IsTrue(fields, "BinaryData"))
            throw new SegmentationException(ErrorCode.UnreadableImage, "MetaImage voxels as text are not read; write the file again with BinaryData = True.");
        double slope = fields.TryGetValue("ElementToIntensityFunctionSlope", out string? a) ? HeaderText.Numbers(a, 1, "ElementToIntensityFunctionSlope")[0] : 1;
        double shift = fields.TryGetValue("ElementToIntensityFunctionOffset", out string? b) ? HeaderText.Numbers(b, 1, "ElementToIntensityFunctionOffset")[0] : 0;
        if (slope != 1 || shift != 0)
            throw new SegmentationException(ErrorCode.UnreadableImage, "ElementToIntensityFunction is not read, as most programs pass over it; store the values themselves.");
    }

    /// <summary>Each row of the matrix is the direction of an axis, in LPS.</summary>
    private static Affine Map(Dictionary<string, string> fields, int dimensions)
    {
        double[]? spacing = Any("ElementSpacing", dimensions) ?? Any("ElementSize", dimensions);
        double[]? origin = Any("Offset", dimensions) ?? Any("Position", dimensions) ?? Any("Origin", dimensions);
        double[]? matrix = Any("TransformMatrix", dimensions * dimensions) ?? Any("Orientation", dimensions * dimensions) ?? Any("Rotation", dimensions * dimensions);
        double mm = fields.GetValueOrDefault("DistanceUnits") switch
        {
            "um" => 0.001,
            "cm" => 10,
            "m" => 1000,
            _ => 1,
        };
        Vector3D[] columns = [Column(0), Column(1), Column(2)];
        return new Affine(columns[0], columns[1], columns[2], new Vector3D(Of(origin, 0, 0), Of(origin, 1, 0), Of(origin, 2, 0)) * mm);

        double[]? Any(string name, int count) => fields.TryGetValue(name, out string? value) ? HeaderText.Numbers(value, count, name) : null;

        double Of(double[]? values, int n, double missing) => values is null || n >= dimensions ? missing : values[n];

        Vector3D Column(int axis)
        {
            if (axis >= dimensions) return new Vector3D(0, 0, 1);
            double size = Of(spacing, axis, 1) * mm;
            if (!(size > 0))
                throw new SegmentationException(ErrorCode.InvalidGeometry, "The MetaImage header's spacing (ElementSpacing) is not positive; correct it.");
            return new Vector3D(At(0), At(1), At(2)) * size;

            double At(int n) => n >= dimensions ? 0 : matrix is null ? (n == axis ? 1 : 0) : matrix[axis * dimensions + n];
        }
    }

    private static Packing PackingOf(Stream stream)
    {
        long start = stream.Position;
        int first = stream.ReadByte(), second = stream.ReadByte();
        stream.Position = start;
        return first == 0x1f && second == 0x8b ? Packing.Gzip : Packing.Zlib;
    }

    private static bool IsTrue(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? value) && value.Length > 0 && value[0] is 'T' or 't' or '1' or 'Y' or 'y';

    private static string Required(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw new SegmentationException(ErrorCode.UnreadableImage,
            $"The MetaImage header has no field {name}; write the file again.");

    private static VoxelKind KindOf(string type) => type switch
    {
        "MET_UCHAR" => VoxelKind.UInt8,
        "MET_CHAR" => VoxelKind.Int8,
        "MET_SHORT" => VoxelKind.Int16,
        "MET_USHORT" => VoxelKind.UInt16,
        "MET_INT" or "MET_LONG" => VoxelKind.Int32,
        "MET_UINT" or "MET_ULONG" => VoxelKind.UInt32,
        "MET_LONG_LONG" => VoxelKind.Int64,
        "MET_ULONG_LONG" => VoxelKind.UInt64,
        "MET_FLOAT" => VoxelKind.Float32,
        "MET_DOUBLE" => VoxelKind.Float64,
        _ => throw new SegmentationException(ErrorCode.UnreadableImage,
            "The MetaImage header names a voxel type that is not read; MET_CHAR to MET_LONG_LONG, signed and unsigned, MET_FLOAT and MET_DOUBLE are."),
    };
}
