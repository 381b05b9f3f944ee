using System.Numerics.Tensors;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Weighted sums along one axis of a patch: Gaussian blur, and a lower resolution with the way back.</summary>
internal sealed class AxisFilter : IDisposable
{
    private readonly ScratchArray<float> _block = new(), _weights = new();
    private readonly ScratchArray<int> _places = new();

    /// <summary>Blurs by a Gaussian, cut off at three deviations; the patch is mirrored at its outermost voxel centres.</summary>
    /// <param name="values">[depth, height, width], changed in place.</param>
    /// <param name="grid">Extent.</param>
    /// <param name="axis">0 is depth.</param>
    /// <param name="sigma">Deviation in voxels, above 0.</param>
    public void Blur(Span<float> values, GridSize grid, int axis, double sigma)
    {
        int length = grid[axis], radius = (int)Math.Ceiling(3 * sigma), taps = 2 * radius + 1;
        if (length == 1) return;
        Span<int> places = _places.Take(length * taps);
        Span<float> weights = _weights.Take(length * taps);
        double sum = 0;
        for (int t = -radius; t <= radius; t++) sum += Math.Exp(-t * t / (2 * sigma * sigma));
        for (int n = 0; n < length; n++)
            for (int t = -radius; t <= radius; t++)
            {
                places[n * taps + t + radius] = CubicTaps.Mirror(n + t, length);
                weights[n * taps + t + radius] = (float)(Math.Exp(-t * t / (2 * sigma * sigma)) / sum);
            }
        Apply(values, grid, axis, places, weights, taps);
    }

    /// <summary>Takes the nearest of fewer voxels and interpolates linearly between them.</summary>
    /// <param name="values">[depth, height, width], changed in place.</param>
    /// <param name="grid">Extent.</param>
    /// <param name="axis">0 is depth.</param>
    /// <param name="scale">Share of the voxels that is kept, in (0, 1].</param>
    /// <remarks>Both steps work along one axis at a time, so doing them together for each axis gives the same as the whole way down first.</remarks>
    public void LowerResolution(Span<float> values, GridSize grid, int axis, double scale)
    {
        int length = grid[axis], kept = Math.Max(1, (int)Math.Round(length * scale));
        if (kept == length) return;
        Span<int> places = _places.Take(length * 2);
        Span<float> weights = _weights.Take(length * 2);
        for (int n = 0; n < length; n++)
        {
            double place = Math.Clamp((n + 0.5) * kept / length - 0.5, 0, kept - 1);
            int low = (int)place;
            float share = (float)(place - low);
            (places[2 * n], weights[2 * n]) = (Kept(low), 1 - share);
            (places[2 * n + 1], weights[2 * n + 1]) = (Kept(Math.Min(low + 1, kept - 1)), share);
        }
        Apply(values, grid, axis, places, weights, 2);

        int Kept(int index) => Math.Min((int)((index + 0.5) * length / kept), length - 1);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _block.Dispose();
        _weights.Dispose();
        _places.Dispose();
    }

    private void Apply(Span<float> values, GridSize grid, int axis, ReadOnlySpan<int> places, ReadOnlySpan<float> weights, int taps)
    {
        int length = grid[axis], row = axis switch { 0 => grid.Height * grid.Width, 1 => grid.Width, _ => 1 };
        Span<float> block = _block.Take(length * row);
        for (int from = 0; from < values.Length; from += block.Length)
        {
            Span<float> target = values.Slice(from, block.Length);
            target.CopyTo(block);
            target.Clear();
            for (int n = 0; n < length; n++)
                for (int t = n * taps; t < (n + 1) * taps; t++)
                    if (row == 1) target[n] += weights[t] * block[places[t]];
                    else TensorPrimitives.MultiplyAdd(block.Slice(places[t] * row, row), weights[t], target.Slice(n * row, row), target.Slice(n * row, row));
        }
    }
}
