using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Formats;

/// <summary>The fields of a NIfTI-1 or NIfTI-2 header that we use, checked for form only. Coordinates are RAS in the file's unit.</summary>
internal sealed class NiftiHeader
{
    /// <summary>Bytes of a NIfTI-1 header, the four extension bytes not counted.</summary>
    public const int Length1 = 348;

    /// <summary>Bytes of a NIfTI-2 header, the four extension bytes not counted.</summary>
    public const int Length2 = 540;

    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>Whether numbers are stored with the highest byte first.</summary>
    public bool BigEndian { get; init; }

    /// <summary>Extents of the seven dimensions (width first); those that the file does not use are 1.</summary>
    public required long[] Sides { get; init; }

    /// <summary>Code of the voxel type.</summary>
    public required int Datatype { get; init; }

    /// <summary>First byte of the voxels in the file.</summary>
    public required long VoxelOffset { get; init; }

    /// <summary>As stored: 0 or NaN means no scaling.</summary>
    public double Slope { get; init; }

    /// <summary>As stored.</summary>
    public double Intercept { get; init; }

    /// <summary>Bits 0..2 give the unit of length.</summary>
    public int Units { get; init; }

    /// <summary>pixdim[0]; negative means that the third axis of the quaternion's frame is turned round.</summary>
    public double Qfac { get; init; }

    /// <summary>pixdim[1..3].</summary>
    public required Vector3D PixelSize { get; init; }

    /// <summary>Above 0: the quaternion holds.</summary>
    public int QformCode { get; init; }

    /// <summary>Quaternion b, c, d.</summary>
    public Vector3D Quaternion { get; init; }

    /// <summary>Centre of the first voxel for the quaternion.</summary>
    public Vector3D QuaternionOffset { get; init; }

    /// <summary>Above 0: the sform holds.</summary>
    public int SformCode { get; init; }

    /// <summary>Voxel index (i, j, k) to RAS.</summary>
    public Affine Sform { get; init; }

    /// <summary>Free text, at most 79 ASCII characters are written.</summary>
    public string Description { get; init; } = "";

    /// <summary>Length of the header that starts with these four bytes, or 0 where they do not start one.</summary>
    public static int LengthOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4) return 0;
        foreach (bool bigEndian in (ReadOnlySpan<bool>)[false, true])
        {
            int length = new HeaderBytes(start, bigEndian).Int32(0);
            if (length is Length1 or Length2) return length;
        }
        return 0;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">As many as <see cref="LengthOf"/> said.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: a kind or a form that is not read.</exception>
    public static NiftiHeader Parse(ReadOnlySpan<byte> bytes)
    {
        HeaderBytes little = new(bytes, bigEndian: false);
        bool bigEndian = little.Int32(0) != bytes.Length;
        HeaderBytes header = new(bytes, bigEndian);
        return bytes.Length == Length1 ? Parse1(header) : Parse2(header);
    }

    private static NiftiHeader Parse1(HeaderBytes header)
    {
        ReadOnlySpan<byte> magic = header.Slice(344, 4);
        if (magic.SequenceEqual("ni1\0"u8)) throw TwoFiles();
        if (!magic.SequenceEqual("n+1\0"u8))
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "The file starts like Analyze 7.5 but is not NIfTI; convert it to NIfTI (.nii or .nii.gz).");
        Span<long> dim = stackalloc long[8];
        for (int n = 0; n < 8; n++) dim[n] = header.Int16(40 + 2 * n);
        return new NiftiHeader
        {
            Version = 1,
            BigEndian = header.BigEndian,
            Sides = CheckSides(dim),
            Datatype = header.Int16(70),
            VoxelOffset = CheckOffset(header.Single(108), Length1),
            Slope = header.Single(112),
            Intercept = header.Single(116),
            Units = header.Byte(123),
            Qfac = header.Single(76),
            PixelSize = Three(header, 80),
            QformCode = header.Int16(252),
            SformCode = header.Int16(254),
            Quaternion = Three(header, 256),
            QuaternionOffset = Three(header, 268),
            Sform = Columns(Three(header, 280), Three(header, 296), Three(header, 312), header.Single(292), header.Single(308),
                header.Single(324)),
        };

        static Vector3D Three(HeaderBytes header, int at) => new(header.Single(at), header.Single(at + 4), header.Single(at + 8));
    }

    private static NiftiHeader Parse2(HeaderBytes header)
    {
        ReadOnlySpan<byte> magic = header.Slice(4, 8);
        if (magic.StartsWith("ni2\0"u8)) throw TwoFiles();
        if (!magic.SequenceEqual("n+2\0\r\n\u001a\n"u8))
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "The file starts like NIfTI-2 but its signature is damaged; send the file again as binary.");
        Span<long> dim = stackalloc long[8];
        for (int n = 0; n < 8; n++) dim[n] = header.Int64(16 + 8 * n);
        return new NiftiHeader
        {
            Version = 2,
            BigEndian = header.BigEndian,
            Sides = CheckSides(dim),
            Datatype = header.Int16(12),
            VoxelOffset = CheckOffset(header.Int64(168), Length2),
            Slope = header.Double(176),
            Intercept = header.Double(184),
            Units = header.Int32(500),
            Qfac = header.Double(104),
            PixelSize = Three(header, 112),
            QformCode = header.Int32(344),
            SformCode = header.Int32(348),
            Quaternion = Three(header, 352),
            QuaternionOffset = Three(header, 376),
            Sform = Columns(Three(header, 400), Three(header, 432), Three(header, 464), header.Double(424), header.Double(456),
                header.Double(488)),
        };

        static Vector3D Three(HeaderBytes header, int at) => new(header.Double(at), header.Double(at + 8), header.Double(at + 16));
    }

    private static Affine Columns(Vector3D x, Vector3D y, Vector3D z, double originX, double originY, double originZ) =>
        new(new(x.X, y.X, z.X), new(x.Y, y.Y, z.Y), new(x.Z, y.Z, z.Z), new(originX, originY, originZ));

    private static long[] CheckSides(ReadOnlySpan<long> dim)
    {
        if (dim[0] is < 1 or > 7)
            throw new SegmentationException(ErrorCode.UnreadableImage, $"The NIfTI header names {dim[0]} dimensions; 1 to 7 are allowed.");
        long[] sides = [1, 1, 1, 1, 1, 1, 1];
        for (int n = 0; n < dim[0]; n++)
        {
            if (dim[n + 1] < 1)
                throw new SegmentationException(ErrorCode.UnreadableImage,
                    $"Dimension {n + 1} of the NIfTI header is {dim[n + 1]}; it must be at least 1.");
            sides[n] = dim[n + 1];
        }
        return sides;
    }

    private static long CheckOffset(double offset, int headerLength)
    {
        // Some writers leave 0; the voxels then follow the header and its four extension bytes.
        if (offset == 0) return headerLength + 4;
        if (!(offset >= headerLength) || offset > 1L << 53 || offset != Math.Floor(offset))
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "The NIfTI header gives an impossible place for the voxels (vox_offset); write the file again.");
        return (long)offset;
    }

    private static SegmentationException TwoFiles() => new(ErrorCode.UnreadableImage,
        "This is the header of a NIfTI pair (.hdr and .img); send one single file (.nii or .nii.gz).");
}
