using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedISeg.Imaging.Resampling;

/// <summary>Trilinear interpolation along a line at any angle. No fused multiply-add: results do not depend on the processor.</summary>
internal static class ObliqueKernels
{
    /// <summary>Along one axis, the voxel below each place of the line and the weight of the one above.</summary>
    /// <param name="start">Place of the first one, in voxels.</param>
    /// <param name="step">From one to the next.</param>
    /// <param name="last">Last voxel of the axis: places beyond the outermost voxels are moved to them.</param>
    /// <param name="stride">Elements from one voxel to the next.</param>
    /// <param name="offset">Receives, in addition to what it holds, elements before the voxel below; whole numbers.</param>
    /// <param name="weight">Receives weights in [0, 1], 0 at the last voxel; as long as <paramref name="offset"/>.</param>
    public static void Places(double start, double step, int last, int stride, Span<double> offset, Span<float> weight)
    {
        if (weight.Length != offset.Length) throw new ArgumentException("The lengths differ.");
        ref double o = ref MemoryMarshal.GetReference(offset);
        ref float w = ref MemoryMarshal.GetReference(weight);
        Vector<double> index = Vector.CreateSequence<double>(0, 1), ahead = new(Vector<double>.Count), from = new(start), end = new(last);
        int n = 0;
        for (; n <= offset.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<double> low = Part(ref Unsafe.Add(ref o, n)), high = Part(ref Unsafe.Add(ref o, n + Vector<double>.Count));
            Vector.Narrow(low, high).StoreUnsafe(ref w, (nuint)n);
        }
        PlacesScalar(start, step, last, stride, n, offset, weight);

        Vector<double> Part(ref double at)
        {
            Vector<double> place = Vector.Min(Vector.Max(index * step + from, Vector<double>.Zero), end), lower = Vector.Floor(place);
            index += ahead;
            (Vector.LoadUnsafe(ref at) + lower * stride).StoreUnsafe(ref at);
            return place - lower;
        }
    }

    /// <summary>Scalar twin of <see cref="Places"/>, from one place of the line on.</summary>
    public static void PlacesScalar(double start, double step, int last, int stride, int from, Span<double> offset, Span<float> weight)
    {
        for (int n = from; n < offset.Length; n++)
        {
            double place = Math.Min(Math.Max(n * step + start, 0), last), lower = Math.Floor(place);
            offset[n] += lower * stride;
            weight[n] = (float)(place - lower);
        }
    }

    /// <summary>Blends the eight voxels around each place: along k, then j, then i.</summary>
    /// <param name="values">The image; each voxel below a place has one behind it on each axis.</param>
    /// <param name="row">Elements from one row to the next.</param>
    /// <param name="plane">Elements from one plane to the next.</param>
    /// <param name="offset">Elements before the voxel below, whole numbers.</param>
    /// <param name="weights">Weights of the voxels above along i, j and k, one after the other, each as long as <paramref name="result"/>.</param>
    /// <param name="result">Receives the values.</param>
    public static void Blend(ReadOnlySpan<float> values, int row, int plane, ReadOnlySpan<double> offset, ReadOnlySpan<float> weights, Span<float> result)
    {
        if (!Vector128.IsHardwareAccelerated)
        {
            BlendScalar(values, row, plane, offset, weights, result);
            return;
        }
        ReadOnlySpan<float> u = weights[..result.Length], v = weights.Slice(result.Length, result.Length), w = weights.Slice(2 * result.Length, result.Length);
        int end = values.Length - plane - row - 1;
        ref float image = ref MemoryMarshal.GetReference(values);
        for (int n = 0; n < result.Length; n++)
        {
            int at = (int)offset[n];
            if ((uint)at >= (uint)end) throw new ArgumentOutOfRangeException(nameof(offset));
            ref float below = ref Unsafe.Add(ref image, at), above = ref Unsafe.Add(ref below, plane);
            // Two neighbours along i of one row, then of the next.
            Vector128<float> near = Square(ref below, row);
            Vector128<float> square = near + (Square(ref above, row) - near) * w[n];
            Vector128<float> line = square + (Vector128.Shuffle(square, Vector128.Create(2, 3, 2, 3)) - square) * v[n];
            float first = line.ToScalar();
            result[n] = first + (line.GetElement(1) - first) * u[n];
        }
    }

    /// <summary>Scalar twin of <see cref="Blend"/>.</summary>
    public static void BlendScalar(ReadOnlySpan<float> values, int row, int plane, ReadOnlySpan<double> offset, ReadOnlySpan<float> weights, Span<float> result)
    {
        ReadOnlySpan<float> u = weights[..result.Length], v = weights.Slice(result.Length, result.Length), w = weights.Slice(2 * result.Length, result.Length);
        for (int n = 0; n < result.Length; n++)
        {
            ReadOnlySpan<float> below = values.Slice((int)offset[n], plane + row + 2);
            float a = Lerp(below[0], below[plane], w[n]), b = Lerp(below[1], below[plane + 1], w[n]);
            float c = Lerp(below[row], below[plane + row], w[n]), d = Lerp(below[row + 1], below[plane + row + 1], w[n]);
            result[n] = Lerp(Lerp(a, c, v[n]), Lerp(b, d, v[n]), u[n]);
        }

        static float Lerp(float a, float b, float weight) => a + (b - a) * weight;
    }

    private static Vector128<float> Square(ref float corner, int row) => Vector128.Create(Pair(ref corner), Pair(ref Unsafe.Add(ref corner, row))).AsSingle();

    private static double Pair(ref float first) => Unsafe.ReadUnaligned<double>(ref Unsafe.As<float, byte>(ref first));
}
