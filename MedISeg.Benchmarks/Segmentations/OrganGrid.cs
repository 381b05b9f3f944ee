using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Segmentations;

/// <summary>104 ellipsoids on a grid of 8 x 8 places in a slice, in two layers.</summary>
internal static class OrganGrid
{
    private const int Organs = 104, Across = 8;

    /// <summary>A segment for each.</summary>
    public static IReadOnlyList<SegmentDescription> Segments { get; } =
        [.. Enumerable.Range(1, Organs).Select(label => new SegmentDescription { Labels = [label], Name = $"organ {label}", TrackingUid = $"2.25.{label}" })];

    /// <summary>The label map.</summary>
    /// <param name="geometry">Of at least 16 x 16 x 16 voxels.</param>
    public static LabelMap Create(VolumeGeometry geometry)
    {
        GridSize size = geometry.Grid;
        LabelMap labels = LabelMap.Empty(geometry, Organs);
        (int width, int height, int depth) = (size.Width / Across, size.Height / Across, size.Depth / 2);
        for (int n = 0; n < Organs; n++)
        {
            (int x, int y, int z) = (width / 2 + width * (n % Across), height / 2 + height * (n / Across % Across), depth / 2 + depth * (n / (Across * Across)));
            for (int k = 0; k < size.Depth; k++)
                for (int j = y - height / 2; j < y + height / 2; j++)
                    for (int i = x - width / 2; i < x + width / 2; i++)
                        if (Square(k - z, depth * 0.467) + Square(j - y, height * 0.469) + Square(i - x, width * 0.4375) < 1)
                            labels.Bytes[(int)size.Offset(k, j, i)] = (byte)(n + 1);
        }
        return labels;
    }

    /// <summary>A file to write to, gone when it is closed.</summary>
    public static FileStream Target(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private static double Square(double distance, double half) => distance * distance / (half * half);
}
