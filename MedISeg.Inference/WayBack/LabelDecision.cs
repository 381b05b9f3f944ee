using System.Numerics;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.WayBack;

/// <summary>Turns scores into labels channel by channel: the strongest class, ties to the lower, or regions painted in their order.</summary>
internal sealed class LabelDecision
{
    private readonly int[] _labels;
    private readonly float? _threshold;

    private LabelDecision(int[] labels, float? threshold)
    {
        _labels = labels;
        _threshold = threshold;
    }

    /// <summary>Number of score channels.</summary>
    public int Channels => _labels.Length;

    /// <summary>The decision of a package.</summary>
    public static LabelDecision For(ModelManifest manifest)
    {
        int[] labels = [.. manifest.ChannelLabels()];
        if (manifest.PaintedRegions() is null) return new LabelDecision(labels, null);
        double threshold = manifest.Network.Threshold;
        // Where logits are averaged, the threshold moves to their scale.
        bool logits = manifest.Network is { Domain: ScoreDomain.Logits, Activation: ActivationKind.Sigmoid };
        return new LabelDecision(labels, (float)(logits ? Math.Log(threshold / (1 - threshold)) : threshold));
    }

    /// <summary>Takes the scores of the next channel, in channel order from 0.</summary>
    /// <param name="channel">Channel.</param>
    /// <param name="scores">One score a voxel.</param>
    /// <param name="best">Best score so far; not used by regions.</param>
    /// <param name="labels">Label so far.</param>
    public void Take(int channel, ReadOnlySpan<float> scores, Span<float> best, Span<int> labels)
    {
        if (_threshold is { } threshold)
        {
            if (channel == 0) labels.Clear();
            Paint(scores, threshold, _labels[channel], labels);
        }
        else if (channel == 0)
        {
            scores.CopyTo(best);
            labels.Fill(_labels[0]);
        }
        else
        {
            TakeBetter(scores, _labels[channel], best, labels);
        }
    }

    /// <summary>Where a score is strictly above the best one, it becomes the best one and its label the label.</summary>
    internal static void TakeBetter(ReadOnlySpan<float> scores, int label, Span<float> best, Span<int> labels)
    {
        CheckLengths(scores.Length, labels.Length);
        CheckLengths(best.Length, labels.Length);
        Vector<int> value = new(label);
        int n = 0;
        for (; n <= labels.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> score = new(scores[n..]), top = new(best[n..]);
            Vector<int> better = Vector.GreaterThan(score, top);
            Vector.ConditionalSelect(better, score, top).CopyTo(best[n..]);
            Vector.ConditionalSelect(better, value, new Vector<int>(labels[n..])).CopyTo(labels[n..]);
        }
        TakeBetterScalar(scores[n..], label, best[n..], labels[n..]);
    }

    /// <summary>Scalar twin of <see cref="TakeBetter"/>.</summary>
    internal static void TakeBetterScalar(ReadOnlySpan<float> scores, int label, Span<float> best, Span<int> labels)
    {
        for (int n = 0; n < labels.Length; n++)
        {
            if (!(scores[n] > best[n])) continue;
            best[n] = scores[n];
            labels[n] = label;
        }
    }

    /// <summary>Writes a label where a score is strictly above a threshold.</summary>
    internal static void Paint(ReadOnlySpan<float> scores, float threshold, int label, Span<int> labels)
    {
        CheckLengths(scores.Length, labels.Length);
        Vector<int> value = new(label);
        Vector<float> thresholds = new(threshold);
        int n = 0;
        for (; n <= labels.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<int> present = Vector.GreaterThan(new Vector<float>(scores[n..]), thresholds);
            Vector.ConditionalSelect(present, value, new Vector<int>(labels[n..])).CopyTo(labels[n..]);
        }
        PaintScalar(scores[n..], threshold, label, labels[n..]);
    }

    /// <summary>Scalar twin of <see cref="Paint"/>.</summary>
    internal static void PaintScalar(ReadOnlySpan<float> scores, float threshold, int label, Span<int> labels)
    {
        for (int n = 0; n < labels.Length; n++)
            if (scores[n] > threshold) labels[n] = label;
    }

    private static void CheckLengths(int a, int b)
    {
        if (a != b) throw new ArgumentException("The lengths differ.");
    }
}
