using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Models;

/// <summary>Classes that a mirror image exchanges, such as left and right kidney.</summary>
internal static class LabelSwap
{
    /// <summary>For each score channel the channel that holds its class after a view; null where the package swaps nothing.</summary>
    public static int[]? Channels(ModelManifest manifest, PatchView view)
    {
        if (manifest.Views.LabelSwap is not { } swaps || !swaps.TryGetValue(view.Name, out IReadOnlyList<IReadOnlyList<int>>? pairs)) return null;
        IReadOnlyList<int> labels = manifest.ChannelLabels();
        return [.. labels.Select((label, channel) =>
        {
            IReadOnlyList<int>? pair = pairs.FirstOrDefault(p => p.Contains(label));
            if (pair is null) return channel;
            int other = pair[0] == label ? pair[1] : pair[0];
            return labels.ToList().IndexOf(other);
        })];
    }
}
