using System.Numerics.Tensors;
using MedISeg.Imaging.Intensity;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>The paper's pixel-level operations in 3-D, on one channel of a patch.</summary>
/// <remarks>Source: MedISeg at a1ab165 and batchgenerators <c>augment_gamma</c>; checked against golden <c>aug3d</c>.</remarks>
internal static class VolumeIntensities
{
    private const float Epsilon = 1e-7f;

    /// <summary>Adds normal noise, clipped at two deviations.</summary>
    /// <param name="values">Changed in place.</param>
    /// <param name="sigma">Deviation, at least 0.</param>
    /// <param name="unit">What <paramref name="sigma"/> is a multiple of.</param>
    /// <param name="random">Moved on by one normal number a value.</param>
    public static void AddNoise(Span<float> values, double sigma, NoiseUnit unit, ref SeededRandom random)
    {
        float deviation = (float)(sigma * UnitOf(values, unit));
        foreach (ref float value in values) value += Noise(random.NextGaussian(), deviation);
    }

    /// <summary>One summand from a normal number with deviation 1.</summary>
    public static float Noise(double normal, float deviation) => (float)Math.Clamp(deviation * normal, -2.0 * deviation, 2.0 * deviation);

    /// <summary>Raises values, as shares of the patch's range, to a power.</summary>
    /// <param name="values">Changed in place; they keep their range.</param>
    /// <param name="exponent">Above 0.</param>
    public static void Gamma(Span<float> values, double exponent)
    {
        float smallest = TensorPrimitives.Min<float>(values), range = TensorPrimitives.Max<float>(values) - smallest, power = (float)exponent;
        foreach (ref float value in values) value = MathF.Pow((value - smallest) / (range + Epsilon), power) * range + smallest;
    }

    /// <summary>Exponent of a sample: in [0.5, 1) or [1, 2), each with probability 1/2.</summary>
    public static double DrawExponent(ref SeededRandom random) => AroundOne(0.5, 2, ref random);

    /// <summary>Below or above 1, each with probability 1/2 and uniform there.</summary>
    public static double AroundOne(double low, double high, ref SeededRandom random) =>
        random.NextDouble() < 0.5 ? random.NextDouble(low, 1) : random.NextDouble(1, high);

    private static double UnitOf(ReadOnlySpan<float> values, NoiseUnit unit) => unit switch
    {
        NoiseUnit.Absolute => 1,
        NoiseUnit.Range => TensorPrimitives.Max(values) - TensorPrimitives.Min(values),
        _ => IntensityMoments.Of(values).Deviation,
    };
}
