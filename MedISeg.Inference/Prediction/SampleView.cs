namespace MedISeg.Inference.Prediction;

/// <summary>One way in which the network sees a patch.</summary>
/// <param name="View">How the patch is turned or mirrored; null: as it is.</param>
/// <param name="Swap">For each score channel the channel that holds its class after the view; null: unchanged.</param>
/// <param name="Weight">Weight in the average, above 0.</param>
/// <param name="Intensity">How its intensities are changed; null: not at all.</param>
internal sealed record SampleView(PatchView? View, int[]? Swap, double Weight, IntensityView? Intensity = null)
{
    /// <summary>The patch as it is.</summary>
    public static SampleView Identity { get; } = new(null, null, 1);
}
