using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Api;

/// <summary>Images whose segmentation by thresholds is known.</summary>
internal static class TestImages
{
    /// <summary>An oblique volume of 5 x 7 x 9 voxels (k, j, i): 200 where (k + j + i) % 3 = 0, else 0.</summary>
    public static Volume Small() => Create(new GridSize(5, 7, 9));

    /// <summary>An oblique volume of any size with the same voxels.</summary>
    public static Volume Create(GridSize grid)
    {
        short[] voxels = new short[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                    voxels[grid.Offset(k, j, i)] = (short)(IsObject(k, j, i) ? 200 : 0);
        return new Volume(Geometry(grid), [voxels]);
    }

    /// <summary>Whether a voxel of these images is label 1.</summary>
    public static bool IsObject(int k, int j, int i) => (k + j + i) % 3 == 0;

    /// <summary>An oblique, anisotropic geometry.</summary>
    public static VolumeGeometry Geometry(GridSize grid) =>
        new(grid, new Affine(new(-0.8, 0.1, 0.05), new(0.1, 0.9, -0.2), new(0.1, 0.3, 2.5), new(12.5, -30.25, 101)));

    /// <summary>A volume as NIfTI.</summary>
    public static byte[] Nifti(Volume volume, bool gzip = true)
    {
        using MemoryStream stream = new();
        NiftiWriter.Write(stream, volume, gzip);
        return stream.ToArray();
    }

    /// <summary>The small volume as NIfTI.</summary>
    public static byte[] SmallNifti(bool gzip = true) => Nifti(Small(), gzip);

    /// <summary>A grey picture of 7 x 9 pixels (rows, columns) with the same pattern.</summary>
    public static byte[] Png(int channels = 1)
    {
        GridSize grid = new(1, 7, 9);
        byte[] pixels = new byte[grid.VoxelCount];
        for (int j = 0; j < grid.Height; j++)
            for (int i = 0; i < grid.Width; i++)
                pixels[grid.Offset(0, j, i)] = (byte)(IsObject(0, j, i) ? 200 : 0);
        Array[] bands = [.. Enumerable.Repeat<Array>(pixels, channels)];
        using MemoryStream stream = new();
        RasterWriter.WriteImage(stream, new Volume(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), bands));
        return stream.ToArray();
    }

    /// <summary>Asserts that a file is the label map of an image of this class.</summary>
    public static void AssertLabels(byte[] file, GridSize grid)
    {
        using MemoryStream stream = new(file);
        LabelMap labels = ImageReader.ReadLabels(stream, new ImageLimits());
        Assert.Equal(grid, labels.Geometry.Grid);
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                    Assert.True(labels[k, j, i] == (IsObject(k, j, i) ? 1 : 0), $"label at ({k}, {j}, {i}) is {labels[k, j, i]}");
    }
}
