using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Engine;

/// <summary>A temporary folder with the images that our works and the peers' read: its path is in the environment of both.</summary>
internal sealed class FormatFolder : IDisposable
{
    private const string Key = "MEDISEG_TARGET_FOLDER";

    /// <summary>Makes the folder with <c>ct.nii</c> and <c>labels.nii</c>.</summary>
    /// <param name="quick">128 x 128 x 75 voxels instead of 512 x 512 x 300.</param>
    public FormatFolder(bool quick)
    {
        Grid = quick ? new GridSize(75, 128, 128) : new GridSize(300, 512, 512);
        Environment.SetEnvironmentVariable(Key, Directory.CreateTempSubdirectory("mediseg-targets-").FullName);
        byte[] labels = Organs(Grid);
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(Grid, new SpacingMm(1, 0.75, 0.75));
        using (FileStream file = File.Create(PathOf("labels.nii"))) NiftiWriter.Write(file, new LabelMap(geometry, labels), gzip: false);
        using (FileStream file = File.Create(PathOf("ct.nii"))) NiftiWriter.Write(file, new Volume(geometry, [Scan(Grid, labels)]), gzip: false);
    }

    /// <summary>Extent of both images.</summary>
    public GridSize Grid { get; }

    /// <summary>Path of a file in the folder.</summary>
    public static string PathOf(string name) => Path.Combine(Environment.GetEnvironmentVariable(Key)!, name);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(PathOf(""), recursive: true);

    /// <summary>Ellipsoids of labels 1 to 5 and 200 islands.</summary>
    internal static byte[] Organs(GridSize grid)
    {
        byte[] labels = new byte[grid.VoxelCount];
        Random random = new(3);
        for (int organ = 0; organ < 206; organ++)
        {
            double size = organ < 6 ? 0.1 + 0.1 * random.NextDouble() : 0.004 + 0.012 * random.NextDouble();
            double ck = grid.Depth * (0.2 + 0.6 * random.NextDouble()), cj = grid.Height * (0.2 + 0.6 * random.NextDouble()), ci = grid.Width * (0.2 + 0.6 * random.NextDouble());
            double radius = size * grid.Width;
            for (int k = (int)Math.Max(0, ck - radius); k <= Math.Min(grid.Depth - 1, ck + radius); k++)
                for (int j = (int)Math.Max(0, cj - radius); j <= Math.Min(grid.Height - 1, cj + radius); j++)
                {
                    double half = Math.Sqrt(Math.Max(0, radius * radius - (k - ck) * (k - ck) - (j - cj) * (j - cj)));
                    int from = (int)Math.Max(0, ci - half), to = (int)Math.Min(grid.Width, ci + half);
                    if (to > from) labels.AsSpan((int)grid.Offset(k, j, from), to - from).Fill((byte)(1 + organ % 5));
                }
        }
        return labels;
    }

    /// <summary>CT-like numbers within [-1000, 1000]: noise of 31 steps in a body, 6 in the air around it.</summary>
    internal static short[] Scan(GridSize grid, byte[] labels)
    {
        short[] image = new short[grid.VoxelCount];
        Random random = new(5);
        double width = grid.Width, height = grid.Height;
        int n = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++, n++)
                {
                    double x = i / width - 0.5, y = j / height - 0.53;
                    image[n] = x * x / 0.2 + y * y / 0.14 > 1
                        ? (short)(-1000 + random.Next(6))
                        : (short)(labels[n] * 40 + 30 + 20 * Math.Sin(x * 25) * Math.Cos(y * 20 + k * 0.1) + random.Next(-15, 16));
                }
        return image;
    }
}
