using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.WayBack;

/// <summary>Decides labels voxel by voxel where the target has the model grid's voxels, in any axis order; holds nothing back.</summary>
internal sealed class LatticeSink : IBandSink
{
    /// <summary>Below this many scores a band is decided on one thread.</summary>
    private const long ParallelScores = 1 << 16;

    private readonly LabelDecision _decision;
    private readonly LabelMap _target;
    private readonly TargetAxis[] _axes;
    private readonly int _threads;

    private LatticeSink(LabelDecision decision, LabelMap target, TargetAxis[] axes, int threads)
    {
        _threads = threads;
        _decision = decision;
        _target = target;
        _axes = axes;
    }

    /// <summary>Creates a sink, or returns null where voxels of the two grids do not coincide.</summary>
    /// <param name="map">From the target's block to the model grid.</param>
    /// <param name="start">First voxel of the block in the target.</param>
    /// <param name="target">Receives labels; voxels outside the block are left alone.</param>
    /// <param name="decision">Scores to labels.</param>
    /// <param name="threads">Threads that decide, at least 1.</param>
    public static LatticeSink? TryCreate(GridMap map, VoxelIndex start, LabelMap target, LabelDecision decision, int threads)
    {
        TargetAxis[] axes = [.. Enumerable.Range(0, 3).Select(axis => new TargetAxis(map, axis, start, target.Geometry.Grid))];
        return axes.All(axis => axis.IsLattice) ? new LatticeSink(decision, target, axes, threads) : null;
    }

    /// <inheritdoc />
    public unsafe void Accept(in Band band)
    {
        GridSize size = band.Size;
        VoxelIndex origin = band.Origin;
        int classes = band.Classes, width = size.Width, voxels = checked((int)size.VoxelCount);
        (long firstI, long stepI) = Line(_axes[2], origin.I);
        fixed (float* borrowed = band.Scores)
        {
            float* scores = borrowed;
            IndexRanges.Run(size.Depth * size.Height, band.Scores.Length < ParallelScores ? 1 : _threads, (from, to) =>
            {
                // Row by row: best and labels of a row stay in the first-level cache.
                float[] best = new float[width];
                int[] labels = new int[width];
                for (int row = from; row < to; row++)
                {
                    for (int c = 0; c < classes; c++)
                        _decision.Take(c, new ReadOnlySpan<float>(scores + (long)c * voxels + (long)row * width, width), best, labels);
                    (int k, int j) = Math.DivRem(row, size.Height);
                    LabelWriter.Write(_target, labels, Line(_axes[0], origin.K + k).First + Line(_axes[1], origin.J + j).First + firstI, stepI);
                }
            }, CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public void Complete()
    {
    }

    /// <summary>Element of a model voxel along an axis, and the step to the next model voxel.</summary>
    private static (long First, long Step) Line(TargetAxis axis, int modelIndex)
    {
        bool reversed = axis.Sorted(0) != 0;
        return (axis.First + axis.Stride * axis.Sorted(modelIndex), reversed ? -axis.Stride : axis.Stride);
    }
}
