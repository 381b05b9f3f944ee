using System.Numerics;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>The surface of a region as points.</summary>
internal static class RegionSurface
{
    /// <summary>Centres of the region's voxels that have a face neighbour outside the region or outside the grid, mm in LPS.</summary>
    /// <remarks>Along an axis of one voxel there are no neighbours, so in a plane the four edges count; a grid of one voxel is all surface.</remarks>
    /// <param name="map">The label map.</param>
    /// <param name="geometry">Where its grid lies.</param>
    /// <param name="region">For each label whether it belongs to the region, never label 0; as long as the map's type has labels.</param>
    public static Vector3D[] Points(LabelMap map, VolumeGeometry geometry, bool[] region) =>
        map.IsWide ? Points<ushort>(map.Words, geometry, region) : Points<byte>(map.Bytes, geometry, region);

    private static Vector3D[] Points<T>(ReadOnlySpan<T> voxels, VolumeGeometry geometry, bool[] region) where T : unmanaged, IBinaryInteger<T>
    {
        GridSize grid = geometry.Grid;
        int row = grid.Width, plane = grid.Width * grid.Height;
        bool alone = grid.VoxelCount == 1;
        List<Vector3D> points = [];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
            {
                int start = (int)grid.Offset(k, j, 0);
                ReadOnlySpan<T> line = voxels.Slice(start, row);
                int first = line.IndexOfAnyExcept(T.Zero), last = line.LastIndexOfAnyExcept(T.Zero);
                for (int i = Math.Max(first, 0); i <= last; i++)
                {
                    if (!region[int.CreateTruncating(line[i])]) continue;
                    int n = start + i;
                    if (alone
                        || Ends(voxels, region, n, 1, i, grid.Width)
                        || Ends(voxels, region, n, row, j, grid.Height)
                        || Ends(voxels, region, n, plane, k, grid.Depth))
                        points.Add(geometry.IndexToPatient.Apply(i, j, k));
                }
            }
        return [.. points];
    }

    /// <summary>Whether the region ends before or after a voxel along an axis.</summary>
    private static bool Ends<T>(ReadOnlySpan<T> voxels, bool[] region, int n, int stride, int place, int count)
        where T : unmanaged, IBinaryInteger<T> =>
        count > 1 && (place == 0 || place == count - 1
            || !region[int.CreateTruncating(voxels[n - stride])] || !region[int.CreateTruncating(voxels[n + stride])]);
}
