using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Inference;

/// <summary>Images whose values encode the place in mm, and geometries that are hard to get right.</summary>
internal static class PositionImages
{
    /// <summary>Oblique and anisotropic, sides 10 x 13 x 17, in a stored axis order.</summary>
    public static VolumeGeometry Oblique(AxisOrientation order) => order.Apply(new VolumeGeometry(
        new GridSize(10, 13, 17), new Affine(new(0.9, 0.1, -0.05), new(-0.15, 1.3, 0.2), new(0.2, -0.3, 2.6), new(-12, 7, 31))));

    /// <summary>A linear function of the place in mm: the same whatever the axis order.</summary>
    public static double Value(Vector3D mm) => 3 * mm.X + 2 * mm.Y - 1.5 * mm.Z + 165;

    /// <summary>The image of <see cref="Value"/>.</summary>
    public static Volume Image(VolumeGeometry geometry)
    {
        float[] values = new float[geometry.Grid.VoxelCount];
        ForEach(geometry, (n, mm) => values[n] = (float)Value(mm));
        return new Volume(geometry, [values]);
    }

    /// <summary>Visits voxels with their place in the array and in mm.</summary>
    public static void ForEach(VolumeGeometry geometry, Action<int, Vector3D> visit)
    {
        int n = 0;
        for (int k = 0; k < geometry.Grid.Depth; k++)
            for (int j = 0; j < geometry.Grid.Height; j++)
                for (int i = 0; i < geometry.Grid.Width; i++)
                    visit(n++, geometry.IndexToPatient.Apply(i, j, k));
    }

    /// <summary>All labels of a map in raster order.</summary>
    public static int[] Labels(LabelMap map) => map.IsWide ? [.. map.Words.ToArray().Select(l => (int)l)] : [.. map.Bytes.ToArray().Select(l => (int)l)];

    /// <summary>Trilinear value at a continuous index, in double; outside the outermost centres the nearest of them.</summary>
    public static double Trilinear(Func<int, int, int, double> value, GridSize grid, Vector3D index)
    {
        double x = Math.Clamp(index.X, 0, grid.Width - 1), y = Math.Clamp(index.Y, 0, grid.Height - 1), z = Math.Clamp(index.Z, 0, grid.Depth - 1);
        int i = (int)x, j = (int)y, k = (int)z;
        double sum = 0;
        for (int corner = 0; corner < 8; corner++)
        {
            int di = corner & 1, dj = corner >> 1 & 1, dk = corner >> 2;
            double weight = (di == 1 ? x - i : 1 - (x - i)) * (dj == 1 ? y - j : 1 - (y - j)) * (dk == 1 ? z - k : 1 - (z - k));
            if (weight > 0) sum += weight * value(Math.Min(k + dk, grid.Depth - 1), Math.Min(j + dj, grid.Height - 1), Math.Min(i + di, grid.Width - 1));
        }
        return sum;
    }
}
