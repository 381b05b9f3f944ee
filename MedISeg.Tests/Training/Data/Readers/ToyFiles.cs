using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using NetVips;

namespace MedISeg.Tests.Training.Data.Readers;

/// <summary>Small files in the layouts of public data sets.</summary>
internal static class ToyFiles
{
    public static readonly GridSize Grid = new(2, 3, 5);

    /// <summary>A NIfTI whose voxel n of channel c holds 100 c + n + first.</summary>
    public static void Nifti(string path, GridSize grid, int channels = 1, int first = 0, double spacing = 1)
    {
        Make(path);
        using FileStream file = File.Create(path);
        NiftiWriter.Write(file, new Volume(VolumeGeometry.AxisAligned(grid, new SpacingMm(spacing, spacing, spacing)),
            [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, (int)grid.VoxelCount).Select(n => (short)(100 * c + n + first)).ToArray())]),
            path.EndsWith(".gz", StringComparison.Ordinal));
    }

    /// <summary>A NIfTI of labels, 0 but for the first voxels.</summary>
    public static void Labels(string path, GridSize grid, params byte[] labels)
    {
        Make(path);
        byte[] values = new byte[grid.VoxelCount];
        labels.CopyTo(values, 0);
        using FileStream file = File.Create(path);
        NiftiWriter.Write(file, new LabelMap(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), values), path.EndsWith(".gz", StringComparison.Ordinal));
    }

    /// <summary>A PNG, or a JPEG where the name says so, of 8 or 16 bit; samples are interleaved and may be fewer than pixels: the rest is 0.</summary>
    public static void Picture<T>(string path, GridSize grid, int bands, params T[] samples) where T : unmanaged
    {
        Make(path);
        T[] all = new T[grid.VoxelCount * bands];
        samples.CopyTo(all, 0);
        using FileStream file = File.Create(path);
        if (!path.EndsWith(".jpg", StringComparison.Ordinal))
        {
            RasterWriter.Write<T>(file, all, grid, bands);
            return;
        }
        using Image image = Image.NewFromMemoryCopy(MemoryMarshal.AsBytes<T>(all), grid.Width, grid.Height, bands, Enums.BandFormat.Uchar);
        file.Write(image.JpegsaveBuffer(q: 100));
    }

    /// <summary>An .npy file.</summary>
    public static void Npy<T>(string path, string type, int[] shape, T[] values) where T : unmanaged
    {
        Make(path);
        string sides = string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)));
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sides}), }}".PadRight(117) + "\n";
        using FileStream file = File.Create(path);
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.Latin1.GetBytes(header)]);
        file.Write(MemoryMarshal.AsBytes<T>(values));
    }

    /// <summary>A text file.</summary>
    public static void Text(string path, string text)
    {
        Make(path);
        File.WriteAllText(path, text);
    }

    private static void Make(string path) => Directory.CreateDirectory(Path.GetDirectoryName(path)!);
}
