using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Support;

/// <summary>Label maps for tests.</summary>
internal static class TestLabels
{
    /// <summary>Axis-aligned map; spacing (k, j, i) = (2, 1, 0.5) mm, one voxel = 1 mm3.</summary>
    public static LabelMap Map(GridSize grid, byte[] labels) =>
        new(VolumeGeometry.AxisAligned(grid, new SpacingMm(2, 1, 0.5)), labels);

    /// <summary>One plane drawn as text: digits are labels, a dot is 0.</summary>
    public static LabelMap Plane(params string[] rows) => Map(
        new GridSize(1, rows.Length, rows[0].Length), [.. rows.SelectMany(row => row).Select(c => c == '.' ? (byte)0 : (byte)(c - '0'))]);

    /// <summary>The drawing of a plane.</summary>
    public static string[] Draw(LabelMap map, int k = 0) => [.. Enumerable.Range(0, map.Geometry.Grid.Height).Select(j => string.Concat(
        Enumerable.Range(0, map.Geometry.Grid.Width).Select(i => map[k, j, i] == 0 ? "." : $"{map[k, j, i]}")))];

    /// <summary>Random blobs of labels 1..largest over a background; the same for the same seed.</summary>
    /// <param name="grid">Extent.</param>
    /// <param name="largest">Largest label.</param>
    /// <param name="background">Share of background, in [0, 1].</param>
    /// <param name="seed">Seed.</param>
    public static LabelMap Random(GridSize grid, int largest, double background, int seed)
    {
        Random random = new(seed);
        byte[] labels = new byte[grid.VoxelCount];
        for (int n = 0; n < labels.Length; n++)
            labels[n] = random.NextDouble() < 0.35 && n > 0 ? labels[n - 1] : random.NextDouble() < background ? (byte)0 : (byte)random.Next(1, largest + 1);
        return Map(grid, labels);
    }

    /// <summary>The same labels as 16-bit words, each non-zero one raised.</summary>
    public static LabelMap Wide(LabelMap map, int raise = 0) =>
        new(map.Geometry, [.. map.Bytes.ToArray().Select(label => (ushort)(label == 0 ? 0 : label + raise))]);

    /// <summary>A copy.</summary>
    public static LabelMap Copy(LabelMap map) => map.IsWide ? new(map.Geometry, map.Words.ToArray()) : new(map.Geometry, map.Bytes.ToArray());

    /// <summary>A map of bytes from a golden file of shape [depth, height, width] or [height, width].</summary>
    public static LabelMap Golden(string path, params int[] transpose)
    {
        NpyFile file = NpyFile.Golden(path);
        if (transpose.Length > 0) file = file.Transpose(transpose);
        IReadOnlyList<int> shape = file.Shape;
        return Map(shape.Count == 2 ? new GridSize(1, shape[0], shape[1]) : new GridSize(shape[0], shape[1], shape[2]), file.ToBytes());
    }
}
