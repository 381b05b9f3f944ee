using MedISeg.Inference.Models;

namespace MedISeg.Training.Planning;

/// <summary>Normalisation of a channel, which nnU-Net chooses by its name.</summary>
internal static class ChannelScheme
{
    /// <summary>Below this share of the image, what is zero lies outside the patient and does not count.</summary>
    private const double Masked = 0.75;

    /// <summary>Modality that a name means: CT; null for all others.</summary>
    public static string? Modality(string name) => Is(name, "ct") ? "CT" : null;

    /// <summary>Intensity steps of all channels.</summary>
    /// <param name="names">Names of the channels: ct, nonorm, rescale_0_1, rgb_to_0_1; every other one, zscore among them, is normalised by itself.</param>
    /// <param name="fingerprint">Statistics of the same channels.</param>
    public static IReadOnlyList<IntensityStep> Steps(IReadOnlyList<string> names, DatasetFingerprint fingerprint)
    {
        string mask = Mask(fingerprint) ? "nonzero" : "whole";
        return [.. names.SelectMany((name, c) => Steps(name, names.Count == 1 ? null : c, fingerprint.Channels[c], mask))];
    }

    /// <summary>Whether z-scores leave out voxels that are zero.</summary>
    public static bool Mask(DatasetFingerprint fingerprint) => SampleStatistics.Median(fingerprint.Cases.Select(one => one.RelativeSize)) < Masked;

    /// <summary>The rule in words.</summary>
    public static string Words(string name) => name switch
    {
        _ when Is(name, "ct") => "clip to the 0.5 and 99.5 percentiles of the foreground, z-score by its mean and deviation",
        _ when Is(name, "nonorm") => "as stored",
        _ when Is(name, "rescale_0_1") => "each image's range to [0, 1]",
        _ when Is(name, "rgb_to_0_1") => "0 to 255 to [0, 1]",
        _ => "z-score of each image",
    };

    private static IEnumerable<IntensityStep> Steps(string name, int? channel, ChannelFingerprint found, string mask)
    {
        if (Is(name, "ct"))
            return [new ClipStep(found.Percentile005, found.Percentile995, channel), new ZScoreStep(found.Mean, Math.Max(found.Std, 1e-8), Channel: channel)];
        if (Is(name, "nonorm")) return [];
        if (Is(name, "rescale_0_1")) return [new MinMaxStep(Channel: channel)];
        if (Is(name, "rgb_to_0_1")) return [new MinMaxStep(0, 255, channel)];
        return [new ZScoreStep(Mask: mask, Channel: channel)];
    }

    private static bool Is(string name, string scheme) => name.Equals(scheme, StringComparison.OrdinalIgnoreCase);
}
