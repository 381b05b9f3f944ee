using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Reports;

/// <summary>Counts voxels of each label and looks at the image's border.</summary>
internal static class LabelMeasurements
{
    /// <summary>Measures classes.</summary>
    /// <param name="labels">The finished label map.</param>
    /// <param name="classes">The package's classes.</param>
    /// <param name="ids">Class ids to measure.</param>
    public static IReadOnlyList<SegmentMeasurement> Create(LabelMap labels, IReadOnlyList<ModelClass> classes, IReadOnlyList<int> ids)
    {
        GridSize grid = labels.Geometry.Grid;
        long[] counts = new long[ushort.MaxValue + 1];
        bool[] touches = new bool[counts.Length];
        bool planar = grid.Depth == 1;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
            {
                int first = (int)grid.Offset(k, j, 0);
                bool edge = j == 0 || j == grid.Height - 1 || !planar && (k == 0 || k == grid.Depth - 1);
                if (labels.IsWide)
                    foreach (ushort label in labels.Words.Slice(first, grid.Width)) counts[label]++;
                else
                    foreach (byte label in labels.Bytes.Slice(first, grid.Width)) counts[label]++;
                touches[labels[k, j, 0]] = touches[labels[k, j, grid.Width - 1]] = true;
                for (int i = 0; edge && i < grid.Width; i++) touches[labels[k, j, i]] = true;
            }
        const double Mm3PerMl = 1000;
        return [.. classes.Where(c => ids.Contains(c.Id)).Select(c => new SegmentMeasurement(
            c.Id, c.Name, c.Colour, counts[c.Id], counts[c.Id] * labels.Geometry.VoxelVolumeMm3 / Mm3PerMl, touches[c.Id]))];
    }
}
