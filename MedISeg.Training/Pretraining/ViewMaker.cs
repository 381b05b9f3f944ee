using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Data;

namespace MedISeg.Training.Pretraining;

/// <summary>Makes two views of one place of an image: each shows a random part of a window, enlarged to the patch, mirrored, with other
/// contrast and brightness, blurred and with noise.</summary>
/// <remarks>Source: SimCLR. Its crop is one of the whole photograph; here it is one of a window as large as the patch, since the scale of
/// medical images has a meaning. Changes of colour are those of contrast and brightness, each channel for itself.</remarks>
/// <param name="patch">Extent of a view, and of the window.</param>
/// <param name="options">Which changes, and how much.</param>
internal sealed class ViewMaker(GridSize patch, ContrastOptions options) : IDisposable
{
    private const double LogAspect = 0.28768207245178090, BlurLow = 0.1, BlurHigh = 2;
    private readonly AxisFilter _filter = new();

    /// <summary>Makes a pair of views.</summary>
    /// <param name="source">The image.</param>
    /// <param name="random">Moved on; decides all.</param>
    /// <param name="first">Receives [channels, depth, height, width].</param>
    /// <param name="second">Receives the other view.</param>
    public void Fill(TrainingCase source, ref SeededRandom random, Span<float> first, Span<float> second)
    {
        GridSize window = new(Math.Min(patch.Depth, source.Grid.Depth), Math.Min(patch.Height, source.Grid.Height), Math.Min(patch.Width, source.Grid.Width));
        VoxelIndex start = new(
            random.NextInt(source.Grid.Depth - window.Depth + 1), random.NextInt(source.Grid.Height - window.Height + 1),
            random.NextInt(source.Grid.Width - window.Width + 1));
        FillOne(source, start, window, ref random, first);
        FillOne(source, start, window, ref random, second);
    }

    /// <inheritdoc />
    public void Dispose() => _filter.Dispose();

    /// <summary>Reads a box by linear interpolation between voxel centres; outside of the image its outermost voxels go on.</summary>
    /// <param name="source">The image.</param>
    /// <param name="k">Places along depth, one a plane of the patch.</param>
    /// <param name="j">Places along height.</param>
    /// <param name="i">Places along width.</param>
    /// <param name="target">Receives [channels, depth, height, width].</param>
    internal static void Read(TrainingCase source, LinearAxis k, LinearAxis j, LinearAxis i, Span<float> target)
    {
        int n = 0;
        for (int channel = 0; channel < source.Channels; channel++)
        {
            ReadOnlySpan<Half> values = source.Intensities(channel);
            for (int z = 0; z < k.Length; z++)
                for (int y = 0; y < j.Length; y++)
                {
                    int a = (int)source.Grid.Offset(k.Lower[z], j.Lower[y], 0), b = (int)source.Grid.Offset(k.Lower[z], j.Upper[y], 0);
                    int c = (int)source.Grid.Offset(k.Upper[z], j.Lower[y], 0), d = (int)source.Grid.Offset(k.Upper[z], j.Upper[y], 0);
                    float w = (float)k.Weight[z], v = (float)j.Weight[y];
                    for (int x = 0; x < i.Length; x++)
                    {
                        int lower = i.Lower[x], upper = i.Upper[x];
                        float u = (float)i.Weight[x];
                        float near = Mix(Mix((float)values[a + lower], (float)values[a + upper], u), Mix((float)values[b + lower], (float)values[b + upper], u), v);
                        float far = Mix(Mix((float)values[c + lower], (float)values[c + upper], u), Mix((float)values[d + lower], (float)values[d + upper], u), v);
                        target[n++] = Mix(near, far, w);
                    }
                }
        }
    }

    private static float Mix(float first, float second, float share) => first + share * (second - first);

    private void FillOne(TrainingCase source, VoxelIndex start, GridSize window, ref SeededRandom random, Span<float> target)
    {
        bool planar = patch.Depth == 1;
        double share = Math.Pow(random.NextDouble(options.SmallestView, 1), planar ? 1.0 / 2 : 1.0 / 3);
        LinearAxis k = planar ? new LinearAxis(1, source.Grid.Depth, 0, start.K) : Axis(patch.Depth, source.Grid.Depth, start.K, window.Depth, share, ref random);
        LinearAxis j = Axis(patch.Height, source.Grid.Height, start.J, window.Height, share, ref random);
        LinearAxis i = Axis(patch.Width, source.Grid.Width, start.I, window.Width, share, ref random);
        Read(source, k, j, i, target);
        Change(target, source.Channels, ref random);
    }

    /// <summary>A part of the window along an axis, perhaps mirrored. Sides differ by a factor of up to 4/3 from one another.</summary>
    private static LinearAxis Axis(int count, int extent, int start, int window, double share, ref SeededRandom random)
    {
        double length = window * Math.Min(1, share * Math.Exp(random.NextDouble(-LogAspect / 2, LogAspect / 2)));
        double from = start + random.NextDouble(0, window - length), step = length / count;
        return random.NextDouble() < 0.5
            ? new LinearAxis(count, extent, step, from + step / 2 - 0.5)
            : new LinearAxis(count, extent, -step, from + length - step / 2 - 0.5);
    }

    private void Change(Span<float> view, int channels, ref SeededRandom random)
    {
        int voxels = checked((int)patch.VoxelCount);
        bool changes = random.NextDouble() < options.Intensity, blurs = random.NextDouble() < options.Blur;
        double sigma = random.NextDouble(BlurLow, BlurHigh), noise = random.NextDouble(0, options.Noise);
        for (int c = 0; c < channels; c++)
        {
            Span<float> values = view.Slice(c * voxels, voxels);
            (double mean, double deviation) = IntensityMoments.Of(values);
            double factor = changes ? random.NextDouble(1 - options.Strength, 1 + options.Strength) : 1;
            double summand = changes ? random.NextDouble(-options.Strength, options.Strength) * deviation : 0;
            foreach (ref float value in values) value = (float)(mean + factor * (value - mean) + summand);
            if (blurs)
                for (int axis = 0; axis < 3; axis++) _filter.Blur(values, patch, axis, sigma);
            if (noise == 0) continue;
            foreach (ref float value in values) value += (float)(noise * deviation * random.NextGaussian());
        }
    }
}
