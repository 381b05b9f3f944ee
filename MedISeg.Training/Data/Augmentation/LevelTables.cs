namespace MedISeg.Training.Data.Augmentation;

/// <summary>The paper's 2-D brightness, contrast and gamma: one table of 256 levels for all channels.</summary>
/// <remarks>Source: albumentations 1.3 <c>RandomBrightnessContrast</c> and <c>RandomGamma</c>, in single and double precision as there;
/// results are cut off, not rounded. Checked against golden <c>aug2d</c>.</remarks>
internal static class LevelTables
{
    /// <summary>level * contrast + brightness * 255, held in 0..255, cut off.</summary>
    /// <param name="contrast">Factor.</param>
    /// <param name="brightness">Share of the range.</param>
    /// <param name="table">Receives 256 levels.</param>
    public static void BrightnessContrast(double contrast, double brightness, Span<byte> table)
    {
        for (int n = 0; n < 256; n++) table[n] = (byte)Math.Clamp(n * (float)contrast + (float)(brightness * 255), 0, 255);
    }

    /// <summary>(level / 255) ^ exponent * 255, cut off.</summary>
    /// <param name="exponent">Above 0.</param>
    /// <param name="table">Receives 256 levels.</param>
    public static void Gamma(double exponent, Span<byte> table)
    {
        for (int n = 0; n < 256; n++) table[n] = (byte)Math.Clamp(Math.Pow(n * (1.0 / 255), exponent) * 255, 0, 255);
    }

    /// <summary>Replaces levels by a table's.</summary>
    public static void Apply(ReadOnlySpan<byte> table, Span<byte> levels)
    {
        foreach (ref byte level in levels) level = table[level];
    }
}
