using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Prediction;

/// <summary>Permutes and mirrors blocks.</summary>
internal static class ViewTransform
{
    /// <summary>Writes or adds a reordered block.</summary>
    /// <param name="source">Row-major (k, j, i).</param>
    /// <param name="size">Extent of the source.</param>
    /// <param name="order">Axis a of the target is source axis <c>Source(a)</c>, reversed where <c>Flipped(a)</c>.</param>
    /// <param name="target">Row-major, of extent <c>order.Apply(size)</c>.</param>
    /// <param name="add">Whether to add to the target instead of writing it.</param>
    /// <exception cref="ArgumentException">A length is not the extent's.</exception>
    public static void Apply(ReadOnlySpan<float> source, GridSize size, AxisOrientation order, Span<float> target, bool add)
    {
        if (source.Length != size.VoxelCount || target.Length != size.VoxelCount) throw new ArgumentException("A length is not the extent's.");
        GridSize turned = order.Apply(size);
        Span<int> stride = stackalloc int[3];
        int first = 0;
        for (int axis = 0; axis < 3; axis++)
        {
            int old = order.Source(axis);
            stride[axis] = old == 0 ? size.Height * size.Width : old == 1 ? size.Width : 1;
            if (!order.Flipped(axis)) continue;
            first += (size[old] - 1) * stride[axis];
            stride[axis] = -stride[axis];
        }
        int at = 0;
        for (int k = 0; k < turned.Depth; k++)
            for (int j = 0; j < turned.Height; j++, at += turned.Width)
                Row(source, first + k * stride[0] + j * stride[1], stride[2], target.Slice(at, turned.Width), add);
    }

    private static void Row(ReadOnlySpan<float> source, int from, int stride, Span<float> target, bool add)
    {
        if (add)
            for (int n = 0; n < target.Length; n++, from += stride) target[n] += source[from];
        else if (stride == 1)
            source.Slice(from, target.Length).CopyTo(target);
        else
            for (int n = 0; n < target.Length; n++, from += stride) target[n] = source[from];
    }
}
