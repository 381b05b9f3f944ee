using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Post-processing of a volume that a 2-D package segmented: each slice as if it had been sent alone.</summary>
internal static class SlicePostprocessing
{
    /// <summary>Changes a label map in place, step by step.</summary>
    /// <param name="postprocessors">The post-processors.</param>
    /// <param name="labels">The label map on the source grid.</param>
    /// <param name="steps">Steps in order; one with a connectivity of volumes (6, 18 or 26) treats the whole map.</param>
    /// <param name="axis">Axis across the slices: 0 = k, 1 = j, 2 = i of the map.</param>
    /// <param name="cancellationToken">Checked before each slice.</param>
    /// <returns>One entry a step, the sum over all slices.</returns>
    public static IReadOnlyList<PostprocessingChange> Apply(
        Postprocessors postprocessors, LabelMap labels, IReadOnlyList<PostprocessingStep> steps, int axis, CancellationToken cancellationToken)
    {
        List<PostprocessingChange> changes = new(steps.Count);
        foreach (PostprocessingStep step in steps)
        {
            if (IsWhole(step))
            {
                changes.AddRange(postprocessors.Apply(labels, [step], cancellationToken));
                continue;
            }
            PostprocessingChange sum = new(Postprocessors.NameOf(step), 0, 0);
            for (int place = 0; place < labels.Geometry.Grid[axis]; place++)
            {
                LabelMap slice = Take(labels, axis, place);
                PostprocessingChange change = postprocessors.Apply(slice, [step], cancellationToken)[0];
                if (change is { VoxelsChanged: 0, ComponentsChanged: 0 }) continue;
                PutBack(slice, labels, axis, place);
                sum = sum with
                {
                    VoxelsChanged = sum.VoxelsChanged + change.VoxelsChanged,
                    ComponentsChanged = sum.ComponentsChanged + change.ComponentsChanged,
                };
            }
            changes.Add(sum);
        }
        return changes;
    }

    /// <summary>Whether a step of a package sees the slices of a map one by one.</summary>
    public static bool IsSliceWise(PostprocessingStep step, ModelManifest manifest, VolumeGeometry map) =>
        manifest.Dimensionality == 2 && map.Grid.Depth > 1 && !IsWhole(step);

    /// <summary>Grid of a slice, in the order of <see cref="AxisOrientation.ToFront"/>.</summary>
    public static VolumeGeometry Slice(VolumeGeometry map, int axis, int place) =>
        AxisOrientation.ToFront(axis).Apply(map.Block(default(VoxelIndex).With(axis, place), map.Grid.With(axis, 1)));

    private static bool IsWhole(PostprocessingStep step) => step.Connectivity is 6 or 18 or 26;

    /// <summary>A copy of a slice as a planar map.</summary>
    private static LabelMap Take(LabelMap map, int axis, int place)
    {
        LabelMap slice = LabelMap.Empty(Slice(map.Geometry, axis, place), map.LargestLabel);
        if (map.IsWide) Copy(map.Words, map.Geometry.Grid, axis, place, slice.Words, back: false);
        else Copy(map.Bytes, map.Geometry.Grid, axis, place, slice.Bytes, back: false);
        return slice;
    }

    private static void PutBack(LabelMap slice, LabelMap map, int axis, int place)
    {
        if (map.IsWide) Copy(map.Words, map.Geometry.Grid, axis, place, slice.Words, back: true);
        else Copy(map.Bytes, map.Geometry.Grid, axis, place, slice.Bytes, back: true);
    }

    private static void Copy<T>(Span<T> map, GridSize grid, int axis, int place, Span<T> slice, bool back) where T : unmanaged
    {
        int rows = axis == 0 ? grid.Height : grid.Depth, columns = axis == 2 ? grid.Height : grid.Width;
        VoxelIndex start = default(VoxelIndex).With(axis, place);
        int first = (int)grid.Offset(start.K, start.J, start.I);
        int rowStride = axis == 0 ? grid.Width : grid.Height * grid.Width, columnStride = axis == 2 ? grid.Width : 1;
        for (int row = 0, n = 0; row < rows; row++)
            for (int column = 0; column < columns; column++, n++)
            {
                int at = first + row * rowStride + column * columnStride;
                if (back) map[at] = slice[n];
                else slice[n] = map[at];
            }
    }
}
