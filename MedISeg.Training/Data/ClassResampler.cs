using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>Resamples class numbers: each class linearly as a volume of zeros and ones; the highest class of at least one half wins.</summary>
/// <remarks>Source: the paper's ReSam (batchgenerators <c>resize_segmentation</c>, order 1); checked against golden <c>prep3d</c> and
/// <c>aug3d</c>. A voxel in which no class reaches one half becomes background.</remarks>
internal static class ClassResampler
{
    /// <summary>One half with room for rounding: weights of one class are added in another order than scipy adds them.</summary>
    private const double Enough = 0.5 - 1e-9;

    /// <summary>Fills a block.</summary>
    /// <param name="source">Class a voxel, row-major.</param>
    /// <param name="grid">Extent of the source.</param>
    /// <param name="k">Taps along depth; their number is the block's depth.</param>
    /// <param name="j">Taps along height.</param>
    /// <param name="i">Taps along width.</param>
    /// <param name="target">Receives the block.</param>
    /// <param name="place">First element of the block in <paramref name="target"/>.</param>
    /// <param name="rowStride">Elements from one row to the next.</param>
    /// <param name="planeStride">Elements from one plane to the next.</param>
    public static void Fill(
        ReadOnlySpan<byte> source, GridSize grid, LinearAxis k, LinearAxis j, LinearAxis i, Span<byte> target, int place, int rowStride, int planeStride)
    {
        Span<byte> classes = stackalloc byte[8];
        Span<double> weights = stackalloc double[8];
        for (int z = 0; z < k.Length; z++)
            for (int y = 0; y < j.Length; y++)
            {
                Span<byte> row = target.Slice(place + z * planeStride + y * rowStride, i.Length);
                int a = (int)grid.Offset(k.Lower[z], j.Lower[y], 0), b = (int)grid.Offset(k.Lower[z], j.Upper[y], 0);
                int c = (int)grid.Offset(k.Upper[z], j.Lower[y], 0), d = (int)grid.Offset(k.Upper[z], j.Upper[y], 0);
                double wz = k.Weight[z], wy = j.Weight[y];
                for (int x = 0; x < row.Length; x++)
                {
                    int lower = i.Lower[x], upper = i.Upper[x];
                    byte first = source[a + lower];
                    classes[0] = first;
                    classes[1] = source[a + upper];
                    classes[2] = source[b + lower];
                    classes[3] = source[b + upper];
                    classes[4] = source[c + lower];
                    classes[5] = source[c + upper];
                    classes[6] = source[d + lower];
                    classes[7] = source[d + upper];
                    if (!classes.ContainsAnyExcept(first))
                    {
                        row[x] = first;
                        continue;
                    }
                    double wx = i.Weight[x];
                    for (int corner = 0; corner < 8; corner++)
                        weights[corner] = ((corner & 4) == 0 ? 1 - wz : wz) * ((corner & 2) == 0 ? 1 - wy : wy) * ((corner & 1) == 0 ? 1 - wx : wx);
                    row[x] = Winner(classes, weights);
                }
            }
    }

    /// <summary>Brings a truth to another grid with parallel axes.</summary>
    /// <param name="source">Class a voxel, row-major.</param>
    /// <param name="from">Its grid.</param>
    /// <param name="to">The grid wanted.</param>
    /// <exception cref="ArgumentException">The axes are not parallel (<see cref="GridMap.ParallelTolerance"/>).</exception>
    public static byte[] Bring(byte[] source, VolumeGeometry from, VolumeGeometry to)
    {
        GridMap map = GridMap.Between(to, from);
        if (map.IsIdentity) return source;
        LinearAxis k = Along(map, 0), j = Along(map, 1), i = Along(map, 2);
        byte[] result = new byte[to.Grid.VoxelCount], plane = new byte[j.Length * i.Length];
        TargetWriter<byte> writer = new(result, map);
        for (int z = 0; z < k.Length; z++)
        {
            Fill(source, map.Source, k.At(z), j, i, plane, 0, i.Length, plane.Length);
            for (int y = 0; y < j.Length; y++) writer.Write(z, y, plane.AsSpan(y * i.Length, i.Length));
        }
        return result;
    }

    private static LinearAxis Along(GridMap map, int sourceAxis)
    {
        int targetAxis = map.TargetAxisOf(sourceAxis);
        return new LinearAxis(map.Target[targetAxis], map.Source[sourceAxis], map[targetAxis].Scale, map[targetAxis].Offset);
    }

    private static byte Winner(ReadOnlySpan<byte> classes, ReadOnlySpan<double> weights)
    {
        byte best = 0;
        for (int corner = 0; corner < 8; corner++)
        {
            if (classes[corner] <= best) continue;
            double sum = 0;
            for (int other = 0; other < 8; other++)
                if (classes[other] == classes[corner]) sum += weights[other];
            if (sum >= Enough) best = classes[corner];
        }
        return best;
    }
}
