using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes NIfTI in one file: NIfTI-1, or NIfTI-2 where a side exceeds 32767. The same input gives the same bytes.</summary>
/// <remarks>The sform is always written (code 1); the qform too where it places every corner of the grid within 1e-3 mm of the
/// sform.</remarks>
public static class NiftiWriter
{
    private const double QformToleranceMm = 1e-3;

    /// <summary>Writes an image in its stored voxel type with its slope and intercept; channels become dimension 4.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="volume">At most 32767 channels.</param>
    /// <param name="gzip">Whether to write .nii.gz.</param>
    /// <exception cref="ArgumentException">The slope is 0 or slope or intercept are not finite: NIfTI cannot say that.</exception>
    public static void Write(Stream stream, Volume volume, bool gzip)
    {
        if (volume.Slope == 0 || !double.IsFinite(volume.Slope) || !double.IsFinite(volume.Intercept))
            throw new ArgumentException("NIfTI needs a finite slope other than 0 and a finite intercept.", nameof(volume));
        NiftiHeader header = Header(volume.Geometry, volume.Channels, Code(volume.VoxelType), volume.Slope, volume.Intercept, "");
        using Stream? gzipStream = Gzip(stream, gzip, VoxelWriter.ImageLevel);
        Stream output = gzipStream ?? stream;
        output.Write(NiftiHeaderWriter.Write(header));
        for (int channel = 0; channel < volume.Channels; channel++) VoxelWriter.Write(output, volume, channel);
    }

    /// <summary>Writes a label map as uint8, or uint16 where it is wide.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="gzip">Whether to write .nii.gz.</param>
    /// <param name="description">Goes into the header's descrip field: the first 79 characters, others than ASCII as '?'. No patient
    /// data.</param>
    public static void Write(Stream stream, LabelMap labels, bool gzip, string? description = null)
    {
        NiftiHeader header = Header(labels.Geometry, 1, Code(labels.IsWide ? typeof(ushort) : typeof(byte)), 1, 0, description ?? "");
        using Stream? gzipStream = Gzip(stream, gzip, VoxelWriter.LabelLevel);
        Stream output = gzipStream ?? stream;
        output.Write(NiftiHeaderWriter.Write(header));
        VoxelWriter.Write(output, labels);
    }

    private static NiftiHeader Header(VolumeGeometry geometry, int channels, int datatype, double slope, double intercept,
        string description)
    {
        GridSize grid = geometry.Grid;
        Affine sform = NiftiAffine.Turn(geometry.IndexToPatient);
        Vector3D size = new(geometry.Spacing.I, geometry.Spacing.J, geometry.Spacing.K);
        (Vector3D quaternion, bool flipK) = NiftiAffine.ToQuaternion(sform);
        Affine qform = NiftiAffine.FromQuaternion(quaternion, flipK, size, sform.Origin);
        bool rigid = geometry.Matches(new VolumeGeometry(grid, NiftiAffine.Turn(qform)), QformToleranceMm);
        return new NiftiHeader
        {
            Version = Math.Max(Math.Max(grid.Width, grid.Height), Math.Max(grid.Depth, channels)) > short.MaxValue ? 2 : 1,
            Sides = [grid.Width, grid.Height, grid.Depth, channels, 1, 1, 1],
            Datatype = datatype,
            VoxelOffset = 0,
            Slope = slope,
            Intercept = intercept,
            Units = NiftiHeaderWriter.Millimetre,
            Qfac = rigid && flipK ? -1 : 1,
            PixelSize = size,
            QformCode = rigid ? 1 : 0,
            Quaternion = rigid ? quaternion : default,
            QuaternionOffset = rigid ? sform.Origin : default,
            SformCode = 1,
            Sform = sform,
            Description = description,
        };
    }

    private static int Code(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => NiftiDatatype.UInt8,
        TypeCode.Int16 => NiftiDatatype.Int16,
        TypeCode.UInt16 => NiftiDatatype.UInt16,
        TypeCode.Int32 => NiftiDatatype.Int32,
        TypeCode.Single => NiftiDatatype.Float32,
        TypeCode.Double => NiftiDatatype.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static ParallelGzipStream? Gzip(Stream stream, bool gzip, int level) => gzip ? new ParallelGzipStream(stream, level) : null;
}
