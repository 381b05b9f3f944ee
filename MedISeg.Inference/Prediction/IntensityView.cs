using System.Collections.Frozen;
using System.Numerics.Tensors;
using MedISeg.Imaging.Intensity;

namespace MedISeg.Inference.Prediction;

/// <summary>
/// A way to change the intensities of a normalised patch before the network sees it (intensity TTA), e.g. <c>gamma-0.8</c>. It moves no voxel. Each
/// channel is changed by its own range, mean and standard deviation in the patch, as the trainers' augmentations do.
/// </summary>
public sealed class IntensityView
{
    /// <summary>Seed of the noise: every patch gets the same, so that a run can be repeated.</summary>
    private const uint Seed = 2022;

    private static readonly IntensityView[] All = [.. Build()];
    private static readonly FrozenDictionary<string, IntensityView> ByName = All.ToFrozenDictionary(view => view.Name);

    private readonly Change _change;
    private readonly float _amount;

    private IntensityView(string name, Change change, float amount)
    {
        Name = name;
        _change = change;
        _amount = amount;
    }

    private delegate void Change(Span<float> values, float amount, int channel);

    /// <summary>Name as options spell it.</summary>
    public string Name { get; }

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(view => view.Name)];

    /// <summary>Finds a view by its name.</summary>
    public static bool TryFind(string name, out IntensityView? view) => ByName.TryGetValue(name, out view);

    /// <summary>Changes a patch.</summary>
    /// <param name="patch">Shape [channels, voxels]; not changed.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="changed">Receives the same shape.</param>
    public void Apply(ReadOnlySpan<float> patch, int channels, Span<float> changed)
    {
        patch.CopyTo(changed);
        int voxels = patch.Length / channels;
        for (int c = 0; c < channels; c++) _change(changed.Slice(c * voxels, voxels), _amount, c);
    }

    private static IEnumerable<IntensityView> Build()
    {
        yield return new IntensityView("gamma-0.8", Gamma, 0.8f);
        yield return new IntensityView("gamma-1.25", Gamma, 1.25f);
        yield return new IntensityView("contrast-0.8", Contrast, 0.8f);
        yield return new IntensityView("contrast-1.25", Contrast, 1.25f);
        yield return new IntensityView("brightness-minus", Brightness, -0.2f);
        yield return new IntensityView("brightness-plus", Brightness, 0.2f);
        yield return new IntensityView("noise", Noise, 0.1f);
    }

    /// <summary>The range brought to [0, 1], raised to a power, and back.</summary>
    private static void Gamma(Span<float> values, float power, int channel)
    {
        float low = TensorPrimitives.Min<float>(values), range = TensorPrimitives.Max<float>(values) - low;
        if (range == 0) return;
        for (int n = 0; n < values.Length; n++) values[n] = MathF.Pow((values[n] - low) / range, power) * range + low;
    }

    /// <summary>Distances from the mean scaled, held within the range.</summary>
    private static void Contrast(Span<float> values, float factor, int channel)
    {
        float low = TensorPrimitives.Min<float>(values), high = TensorPrimitives.Max<float>(values);
        float mean = (float)IntensityMoments.Of(values).Mean;
        for (int n = 0; n < values.Length; n++) values[n] = Math.Clamp((values[n] - mean) * factor + mean, low, high);
    }

    /// <summary>Moved by a share of the standard deviation.</summary>
    private static void Brightness(Span<float> values, float share, int channel) =>
        TensorPrimitives.Add(values, (float)(share * IntensityMoments.Of(values).Deviation), values);

    /// <summary>Gaussian noise of a share of the standard deviation.</summary>
    private static void Noise(Span<float> values, float share, int channel)
    {
        float deviation = (float)(share * IntensityMoments.Of(values).Deviation);
        for (int n = 0; n < values.Length; n++)
        {
            // Box and Muller on two hashes of the place: no state, so that any order of patches gives the same.
            double radius = Math.Sqrt(-2 * Math.Log((Hash(2 * (uint)n, channel) + 1.0) / 4294967296.0));
            values[n] += deviation * (float)(radius * Math.Cos(Math.Tau * Hash(2 * (uint)n + 1, channel) / 4294967296.0));
        }
    }

    /// <summary>Murmur's last step over place, channel and seed.</summary>
    private static uint Hash(uint place, int channel)
    {
        uint hash = place * 0x9E3779B1 + (uint)channel * 0x85EBCA77 + Seed;
        hash = (hash ^ hash >> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >> 13) * 0xC2B2AE35;
        return hash ^ hash >> 16;
    }
}
