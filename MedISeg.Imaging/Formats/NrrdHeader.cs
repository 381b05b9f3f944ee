using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>The fields of a NRRD header, checked for form only.</summary>
internal sealed class NrrdHeader
{
    /// <summary>First bytes of every NRRD file; a digit of the version follows.</summary>
    public static ReadOnlySpan<byte> Magic => "NRRD000"u8;

    /// <summary>Most axes that the format allows.</summary>
    private const int MostAxes = 16;

    private readonly Dictionary<string, string> _fields;

    private NrrdHeader(Dictionary<string, string> fields)
    {
        _fields = fields;
        Dimension = (int)Math.Clamp(HeaderText.Whole(Required("dimension"), "dimension"), 0, MostAxes + 1);
        if (Dimension is < 1 or > MostAxes)
            throw new SegmentationException(ErrorCode.UnreadableImage, $"The NRRD header must name 1 to {MostAxes} axes (dimension); write the file again.");
        Sizes = HeaderText.Sides(Required("sizes"), Dimension, "sizes");
        Kind = KindOf(Required("type"));
        Packing = Required("encoding").ToLowerInvariant() switch
        {
            "raw" => Packing.None,
            "gzip" or "gz" => Packing.Gzip,
            _ => throw new SegmentationException(ErrorCode.UnreadableImage, "Of NRRD's encodings raw and gzip are read; write the file again with one of them."),
        };
        BigEndian = Kind.FileBytes() > 1 && Required("endian").ToLowerInvariant() switch
        {
            "little" => false,
            "big" => true,
            _ => throw new SegmentationException(ErrorCode.UnreadableImage, "The NRRD header's field 'endian' must be little or big; write the file again."),
        };
    }

    /// <summary>Number of axes.</summary>
    public int Dimension { get; }

    /// <summary>Extents, fastest axis first.</summary>
    public long[] Sizes { get; }

    /// <summary>Type of the numbers.</summary>
    public VoxelKind Kind { get; }

    /// <summary>How they are packed.</summary>
    public Packing Packing { get; }

    /// <summary>Whether they are stored with the highest byte first.</summary>
    public bool BigEndian { get; }

    /// <summary>A field by its name in lower case without blanks; null: not there.</summary>
    public string? this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>Reads the lines up to the empty one that ends the header.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: a field is missing, came twice or is not read;
    /// <see cref="ErrorCode.TruncatedImage"/>: the header does not end.</exception>
    public static NrrdHeader Parse(HeaderText text)
    {
        text.NextLine();
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        for (string line = text.NextLine(); line.Length > 0; line = text.NextLine())
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            // Comments, and key:=value pairs, which say nothing about the voxels.
            if (line[0] == '#' || colon > 0 && line.AsSpan(colon).StartsWith(":=")) continue;
            if (colon <= 0) throw new SegmentationException(ErrorCode.UnreadableImage, "A line of the NRRD header is no field; write the file again.");
            string name = line[..colon].Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
            if (name == "datafile") throw Detached();
            if (!fields.TryAdd(name, line[(colon + 1)..].Trim()))
                throw new SegmentationException(ErrorCode.UnreadableImage, "A field of the NRRD header came twice; write the file again.");
        }
        return new NrrdHeader(fields);
    }

    private static SegmentationException Detached() => new(ErrorCode.UnreadableImage,
        "This is a detached NRRD header (.nhdr), whose voxels lie in another file; send one single file (.nrrd), or both in a zip archive.");

    private string Required(string name) => this[name] is { Length: > 0 } value ? value : throw new SegmentationException(ErrorCode.UnreadableImage,
        $"The NRRD header has no field '{name}'; write the file again.");

    private static VoxelKind KindOf(string type) => type.ToLowerInvariant() switch
    {
        "uchar" or "unsigned char" or "uint8" or "uint8_t" => VoxelKind.UInt8,
        "signed char" or "int8" or "int8_t" => VoxelKind.Int8,
        "short" or "short int" or "signed short" or "signed short int" or "int16" or "int16_t" => VoxelKind.Int16,
        "ushort" or "unsigned short" or "unsigned short int" or "uint16" or "uint16_t" => VoxelKind.UInt16,
        "int" or "signed int" or "int32" or "int32_t" => VoxelKind.Int32,
        "uint" or "unsigned int" or "uint32" or "uint32_t" => VoxelKind.UInt32,
        "longlong" or "long long" or "long long int" or "signed long long" or "signed long long int" or "int64" or "int64_t" => VoxelKind.Int64,
        "ulonglong" or "unsigned long long" or "unsigned long long int" or "uint64" or "uint64_t" => VoxelKind.UInt64,
        "float" => VoxelKind.Float32,
        "double" => VoxelKind.Float64,
        _ => throw new SegmentationException(ErrorCode.UnreadableImage,
            "The NRRD header names a voxel type that is not read; integers of 8 to 64 bits, float and double are."),
    };
}
