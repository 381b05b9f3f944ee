using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>The paper's pixel-level operations in 2-D, each with probability 1/2: brightness and contrast, gamma, equalisation.</summary>
/// <param name="plan">Which of them run.</param>
/// <param name="levels">What 8-bit levels are.</param>
/// <param name="patch">Extent of a patch, one plane.</param>
internal sealed class PlaneIntensities(AugmentationPlan plan, GreyLevels levels, GridSize patch) : IDisposable
{
    private const double Contrast = 0.2, Brightness = 0.2, GammaLow = 0.8, GammaHigh = 1.2, LimitLow = 1, LimitHigh = 4;

    private readonly ScratchArray<byte> _levels = new();

    /// <summary>Changes a patch.</summary>
    /// <param name="image">[channels, 1, height, width], normalised.</param>
    /// <param name="channels">Channels; three are taken as red, green and blue.</param>
    /// <param name="random">Moved on.</param>
    public void Apply(Span<float> image, int channels, ref SeededRandom random)
    {
        bool contrast = Draws(AugmentationOperation.BrightnessContrast, ref random);
        double factor = contrast ? random.NextDouble(1 - Contrast, 1 + Contrast) : 1, summand = contrast ? random.NextDouble(-Brightness, Brightness) : 0;
        double exponent = Draws(AugmentationOperation.Gamma, ref random) ? random.NextDouble(GammaLow, GammaHigh) : 0;
        double limit = Draws(AugmentationOperation.Clahe, ref random) ? random.NextDouble(LimitLow, LimitHigh) : 0;
        if (!contrast && exponent == 0 && limit == 0) return;

        int pixels = checked((int)patch.VoxelCount);
        Span<byte> grey = _levels.Take(channels * pixels), table = stackalloc byte[256];
        Span<(float, float)> maps = stackalloc (float, float)[channels];
        for (int c = 0; c < channels; c++) maps[c] = levels.Take(image.Slice(c * pixels, pixels), c, grey.Slice(c * pixels, pixels));
        if (contrast)
        {
            LevelTables.BrightnessContrast(factor, summand, table);
            LevelTables.Apply(table, grey);
        }
        if (exponent > 0)
        {
            LevelTables.Gamma(exponent, table);
            LevelTables.Apply(table, grey);
        }
        if (limit > 0) Equalise(grey, channels, limit);
        for (int c = 0; c < channels; c++) GreyLevels.Restore(grey.Slice(c * pixels, pixels), maps[c], image.Slice(c * pixels, pixels));
    }

    /// <inheritdoc />
    public void Dispose() => _levels.Dispose();

    private void Equalise(Span<byte> grey, int channels, double limit)
    {
        int pixels = checked((int)patch.VoxelCount);
        Span<byte> first = grey[..pixels];
        if (channels == 3)
        {
            LightnessColour.FromRgb(first, grey.Slice(pixels, pixels), grey.Slice(2 * pixels, pixels));
            Clahe.Apply(first, patch.Height, patch.Width, limit);
            LightnessColour.ToRgbLevels(first, grey.Slice(pixels, pixels), grey.Slice(2 * pixels, pixels));
            return;
        }
        for (int c = 0; c < channels; c++) Clahe.Apply(grey.Slice(c * pixels, pixels), patch.Height, patch.Width, limit);
    }

    private bool Draws(AugmentationOperation operation, ref SeededRandom random) => plan.Has(operation) && random.NextDouble() < 0.5;
}
