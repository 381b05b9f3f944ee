using System.Globalization;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Training.Data.Readers;

/// <summary>A grid in words.</summary>
internal static class GridText
{
    /// <summary>Voxels, spacing and first voxel, width first as users write it.</summary>
    public static string Of(VolumeGeometry geometry)
    {
        SpacingMm spacing = geometry.Spacing;
        Vector3D origin = geometry.IndexToPatient.Origin;
        return string.Create(CultureInfo.InvariantCulture,
            $"{geometry.Grid} voxels of {spacing.I:0.####}x{spacing.J:0.####}x{spacing.K:0.####} mm from ({origin.X:0.###}, {origin.Y:0.###}, {origin.Z:0.###})");
    }
}
