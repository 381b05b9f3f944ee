using System.Numerics.Tensors;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>nnU-Net's augmentation: draws its changes and applies those of intensities. Allocates no managed memory.</summary>
/// <param name="plan">Which operations run.</param>
/// <param name="patch">Extent of a patch.</param>
/// <param name="dimensionality">2 or 3.</param>
/// <remarks>Source: nnU-Net v2 training transforms: order, probabilities and ranges. Its noise variance is used there as a deviation, and so
/// here.</remarks>
internal sealed class NnuNetRecipe(AugmentationPlan plan, GridSize patch, int dimensionality) : IDisposable
{
    private const double RotateChance = 0.2, ScaleChance = 0.2, ScaleLow = 0.7, ScaleHigh = 1.4;
    private const double NoiseChance = 0.1, NoiseHigh = 0.1, BlurChance = 0.2, BlurLow = 0.5, BlurHigh = 1;
    private const double BrightnessChance = 0.15, ContrastChance = 0.15, FactorLow = 0.75, FactorHigh = 1.25;
    private const double ResolutionChance = 0.25, ResolutionLow = 0.5, ChannelChance = 0.5;
    private const double InvertedChance = 0.1, GammaChance = 0.3, GammaLow = 0.7, GammaHigh = 1.5;
    private const double AnisotropicRatio = 3, OblongRatio = 1.5;
    private const double SmallestDeviation = 1e-7;

    private readonly AxisFilter _filter = new();

    /// <summary>Whether rotation, scale and resolution leave the depth axis alone: 2-D, and flat 3-D patches.</summary>
    public bool InPlane { get; } = dimensionality == 2 || Math.Max(patch.Depth, Math.Max(patch.Height, patch.Width)) > AnisotropicRatio * patch.Depth;

    /// <summary>Largest angle in radians, about every axis or, where <see cref="InPlane"/>, about depth.</summary>
    public double LargestAngle => double.DegreesToRadians(
        !InPlane ? 30 : dimensionality == 2 && Math.Max(patch.Height, patch.Width) > OblongRatio * Math.Min(patch.Height, patch.Width) ? 15 : 180);

    /// <summary>Rotation and scale of a sample; null: none.</summary>
    public VoxelTransform? DrawTransform(ref SeededRandom random)
    {
        bool rotates = Draws(AugmentationOperation.NnuRotate, RotateChance, ref random);
        double angle = LargestAngle, aboutK = 0, aboutJ = 0, aboutI = 0;
        if (rotates)
        {
            aboutK = random.NextDouble(-angle, angle);
            aboutJ = InPlane ? 0 : random.NextDouble(-angle, angle);
            aboutI = InPlane ? 0 : random.NextDouble(-angle, angle);
        }
        bool scales = Draws(AugmentationOperation.NnuScale, ScaleChance, ref random);
        double scale = scales ? random.NextDouble(ScaleLow, ScaleHigh) : 1;
        return rotates || scales ? new VoxelTransform(aboutK, aboutJ, aboutI, InPlane ? 1 : scale, scale) : null;
    }

    /// <summary>Noise, blur, brightness, contrast, resolution and both gammas, each by its own chance.</summary>
    /// <param name="image">[channels, depth, height, width], changed in place.</param>
    /// <param name="channels">Channels; they share the chances but not the numbers drawn.</param>
    /// <param name="random">Moved on.</param>
    public void ChangeIntensities(Span<float> image, int channels, ref SeededRandom random)
    {
        int voxels = image.Length / channels;
        if (Draws(AugmentationOperation.NnuNoise, NoiseChance, ref random))
        {
            // One deviation for all channels, as nnU-Net has it.
            double deviation = random.NextDouble(0, NoiseHigh);
            foreach (ref float value in image) value += (float)(deviation * random.NextGaussian());
        }
        if (Draws(AugmentationOperation.NnuBlur, BlurChance, ref random))
            for (int c = 0; c < channels; c++)
                if (random.NextDouble() < ChannelChance)
                    for (int axis = 0; axis < 3; axis++)
                        _filter.Blur(image.Slice(c * voxels, voxels), patch, axis, random.NextDouble(BlurLow, BlurHigh));
        if (Draws(AugmentationOperation.NnuBrightness, BrightnessChance, ref random))
            for (int c = 0; c < channels; c++)
            {
                Span<float> values = image.Slice(c * voxels, voxels);
                TensorPrimitives.Multiply(values, (float)VolumeIntensities.AroundOne(FactorLow, FactorHigh, ref random), values);
            }
        if (Draws(AugmentationOperation.NnuContrast, ContrastChance, ref random))
            for (int c = 0; c < channels; c++) Contrast(image.Slice(c * voxels, voxels), (float)VolumeIntensities.AroundOne(FactorLow, FactorHigh, ref random));
        if (Draws(AugmentationOperation.NnuLowResolution, ResolutionChance, ref random))
            for (int c = 0; c < channels; c++)
                if (random.NextDouble() < ChannelChance)
                    LowerResolution(image.Slice(c * voxels, voxels), random.NextDouble(ResolutionLow, 1));
        if (Draws(AugmentationOperation.NnuGammaInverted, InvertedChance, ref random))
            for (int c = 0; c < channels; c++)
            {
                Span<float> values = image.Slice(c * voxels, voxels);
                TensorPrimitives.Negate(values, values);
                Gamma(values, VolumeIntensities.AroundOne(GammaLow, GammaHigh, ref random));
                TensorPrimitives.Negate(values, values);
            }
        if (Draws(AugmentationOperation.NnuGamma, GammaChance, ref random))
            for (int c = 0; c < channels; c++) Gamma(image.Slice(c * voxels, voxels), VolumeIntensities.AroundOne(GammaLow, GammaHigh, ref random));
    }

    /// <inheritdoc />
    public void Dispose() => _filter.Dispose();

    /// <summary>Stretches the distances to the mean, held between the smallest and the largest value.</summary>
    internal static void Contrast(Span<float> values, float factor)
    {
        float smallest = TensorPrimitives.Min<float>(values), largest = TensorPrimitives.Max<float>(values), mean = (float)IntensityMoments.Of(values).Mean;
        foreach (ref float value in values) value = Math.Clamp((value - mean) * factor + mean, smallest, largest);
    }

    /// <summary>Raises values, as shares of their range, to a power; mean and deviation stay.</summary>
    internal static void Gamma(Span<float> values, double exponent)
    {
        (double mean, double deviation) = IntensityMoments.Of(values);
        VolumeIntensities.Gamma(values, exponent);
        (double newMean, double newDeviation) = IntensityMoments.Of(values);
        double factor = deviation / Math.Max(newDeviation, SmallestDeviation);
        foreach (ref float value in values) value = (float)((value - newMean) * factor + mean);
    }

    private void LowerResolution(Span<float> values, double scale)
    {
        for (int axis = InPlane ? 1 : 0; axis < 3; axis++) _filter.LowerResolution(values, patch, axis, scale);
    }

    private bool Draws(AugmentationOperation operation, double chance, ref SeededRandom random) => plan.Has(operation) && random.NextDouble() < chance;
}
