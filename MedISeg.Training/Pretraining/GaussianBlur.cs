using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Pretraining;

/// <summary>Gaussian blur of a patch, mirrored at its outermost voxel centres; the kernel is cut at three deviations.</summary>
internal static class GaussianBlur
{
    /// <summary>Blurs a channel along every axis that is longer than one voxel.</summary>
    /// <param name="values">[depth, height, width], changed in place.</param>
    /// <param name="patch">Extent.</param>
    /// <param name="sigma">Deviation in voxels, above 0.</param>
    /// <param name="scratch">At least the longest side.</param>
    public static void Apply(Span<float> values, GridSize patch, double sigma, Span<float> scratch)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        Span<float> kernel = stackalloc float[2 * radius + 1];
        double sum = 0;
        for (int n = -radius; n <= radius; n++) sum += Math.Exp(-n * n / (2 * sigma * sigma));
        for (int n = -radius; n <= radius; n++) kernel[n + radius] = (float)(Math.Exp(-n * n / (2 * sigma * sigma)) / sum);

        int plane = patch.Height * patch.Width;
        for (int k = 0; k < patch.Depth; k++)
            for (int j = 0; j < patch.Height; j++) Line(values, k * plane + j * patch.Width, 1, patch.Width, kernel, scratch);
        for (int k = 0; k < patch.Depth; k++)
            for (int i = 0; i < patch.Width; i++) Line(values, k * plane + i, patch.Width, patch.Height, kernel, scratch);
        for (int n = 0; n < plane; n++) Line(values, n, plane, patch.Depth, kernel, scratch);
    }

    private static void Line(Span<float> values, int start, int step, int length, ReadOnlySpan<float> kernel, Span<float> scratch)
    {
        if (length == 1) return;
        for (int n = 0; n < length; n++) scratch[n] = values[start + n * step];
        int radius = kernel.Length / 2;
        for (int n = 0; n < length; n++)
        {
            float sum = 0;
            for (int tap = -radius; tap <= radius; tap++) sum += kernel[tap + radius] * scratch[CubicTaps.Mirror(n + tap, length)];
            values[start + n * step] = sum;
        }
    }
}
