using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.WayBack;

/// <summary>Decides labels voxel by voxel where the target has the model grid's voxels, in any axis order; holds nothing back.</summary>
internal sealed class LatticeSink : IBandSink
{
    private readonly LabelDecision _decision;
    private readonly LabelMap _target;
    private readonly TargetAxis[] _axes;
    private float[] _best = [];
    private int[] _labels = [];

    private LatticeSink(LabelDecision decision, LabelMap target, TargetAxis[] axes)
    {
        _decision = decision;
        _target = target;
        _axes = axes;
    }

    /// <summary>Creates a sink, or returns null where voxels of the two grids do not coincide.</summary>
    /// <param name="map">From the target's block to the model grid.</param>
    /// <param name="start">First voxel of the block in the target.</param>
    /// <param name="target">Receives labels; voxels outside the block are left alone.</param>
    /// <param name="decision">Scores to labels.</param>
    public static LatticeSink? TryCreate(GridMap map, VoxelIndex start, LabelMap target, LabelDecision decision)
    {
        TargetAxis[] axes = [.. Enumerable.Range(0, 3).Select(axis => new TargetAxis(map, axis, start, target.Geometry.Grid))];
        return axes.All(axis => axis.IsLattice) ? new LatticeSink(decision, target, axes) : null;
    }

    /// <inheritdoc />
    public void Accept(in Band band)
    {
        int voxels = checked((int)band.Size.VoxelCount);
        if (_best.Length < voxels) (_best, _labels) = (new float[voxels], new int[voxels]);
        Span<float> best = _best.AsSpan(0, voxels);
        Span<int> labels = _labels.AsSpan(0, voxels);
        for (int c = 0; c < band.Classes; c++) _decision.Take(c, band.Scores.Slice(c * voxels, voxels), best, labels);

        (long firstI, long stepI) = Line(_axes[2], band.Origin.I);
        int at = 0;
        for (int k = 0; k < band.Size.Depth; k++)
            for (int j = 0; j < band.Size.Height; j++, at += band.Size.Width)
            {
                long first = Line(_axes[0], band.Origin.K + k).First + Line(_axes[1], band.Origin.J + j).First + firstI;
                LabelWriter.Write(_target, labels.Slice(at, band.Size.Width), first, stepI);
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
