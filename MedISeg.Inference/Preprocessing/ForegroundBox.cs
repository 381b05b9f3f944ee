using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Preprocessing;

/// <summary>Finds what of an image is not zero.</summary>
internal static class ForegroundBox
{
    /// <summary>Smallest box that holds every voxel whose real value differs from 0 in any channel; the whole grid where there is none.</summary>
    public static (VoxelIndex Start, GridSize Size) Find(Volume volume)
    {
        GridSize grid = volume.Geometry.Grid;
        int k0 = int.MaxValue, k1 = -1, j0 = int.MaxValue, j1 = -1, i0 = int.MaxValue, i1 = -1;
        float[] row = new float[grid.Width];
        for (int channel = 0; channel < volume.Channels; channel++)
            for (int k = 0; k < grid.Depth; k++)
                for (int j = 0; j < grid.Height; j++)
                {
                    volume.ReadRow(channel, k, j, 0, row);
                    int first = row.AsSpan().IndexOfAnyExcept(0f);
                    if (first < 0) continue;
                    (k0, k1) = (Math.Min(k0, k), Math.Max(k1, k));
                    (j0, j1) = (Math.Min(j0, j), Math.Max(j1, j));
                    (i0, i1) = (Math.Min(i0, first), Math.Max(i1, row.AsSpan().LastIndexOfAnyExcept(0f)));
                }
        return k1 < 0 ? (default, grid) : (new VoxelIndex(k0, j0, i0), new GridSize(k1 - k0 + 1, j1 - j0 + 1, i1 - i0 + 1));
    }
}
