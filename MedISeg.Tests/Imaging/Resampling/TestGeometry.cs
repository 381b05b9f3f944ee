using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Resampling;

/// <summary>Geometries that hide no axis error: oblique, anisotropic, with negative cosines.</summary>
internal static class TestGeometry
{
    /// <summary>Orthogonal oblique axes, spacing (k, j, i) = (2.5, 1.1, 0.7) mm.</summary>
    public static VolumeGeometry Oblique(GridSize grid)
    {
        (double sinA, double cosA) = Math.SinCos(0.3);
        (double sinB, double cosB) = Math.SinCos(-0.5);
        Vector3D i = new(cosA * cosB, sinA * cosB, sinB), j = new(-sinA, cosA, 0);
        return new VolumeGeometry(grid, new Affine(i * 0.7, j * -1.1, i.Cross(j) * 2.5, new Vector3D(12.5, -140.25, 33)));
    }

    /// <summary>Real values of an image that encodes a patient coordinate: 0 = x, 1 = y, 2 = z, in mm.</summary>
    public static float[] Ramp(VolumeGeometry geometry, int coordinate)
    {
        float[] values = new float[geometry.Grid.VoxelCount];
        int n = 0;
        for (int k = 0; k < geometry.Grid.Depth; k++)
            for (int j = 0; j < geometry.Grid.Height; j++)
                for (int i = 0; i < geometry.Grid.Width; i++) values[n++] = (float)geometry.IndexToPatient.Apply(i, j, k)[coordinate];
        return values;
    }
}
