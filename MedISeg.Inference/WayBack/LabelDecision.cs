using System.Numerics;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.WayBack;

/// <summary>Turns scores into labels channel by channel: the strongest class, ties to the lower, or regions painted in their order.</summary>
internal sealed class LabelDecision
{
    /// <summary>Most regions whose presence fits into a label.</summary>
    public const int MaxRegions = 16;

    private readonly int[] _labels;
    private readonly float? _threshold;
    private readonly bool _presence;

    private LabelDecision(int[] labels, float? threshold, bool presence = false)
    {
        _labels = labels;
        _threshold = threshold;
        _presence = presence;
    }

    /// <summary>Number of score channels.</summary>
    public int Channels => _labels.Length;

    /// <summary>Largest label that comes out.</summary>
    public int Largest => _presence ? (1 << _labels.Length) - 1 : _labels.Max();

    /// <summary>
    /// The decision of one of several members that vote: regions may overlap, so that each is voted on by itself, and a voxel's label
    /// is the set of its regions, bit r for region r. Without regions as <see cref="For"/>.
    /// </summary>
    public static LabelDecision OfVoter(ModelManifest manifest)
    {
        LabelDecision decision = For(manifest);
        return new LabelDecision(decision._labels, decision._threshold, decision._threshold is not null);
    }

    /// <summary>The decision of a package.</summary>
    public static LabelDecision For(ModelManifest manifest)
    {
        int[] labels = [.. manifest.ChannelLabels()];
        if (manifest.PaintedRegions() is null) return new LabelDecision(labels, null);
        double threshold = manifest.Network.Threshold;
        // Where logits are averaged, the threshold moves to their scale.
        return new LabelDecision(labels, (float)(manifest.Network.Domain == ScoreDomain.Logits ? Math.Log(threshold / (1 - threshold)) : threshold));
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
            if (_presence) Mark(scores, threshold, 1 << channel, labels);
            else Paint(scores, threshold, _labels[channel], labels);
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

    /// <summary>Sets a bit where a score is strictly above a threshold.</summary>
    internal static void Mark(ReadOnlySpan<float> scores, float threshold, int bit, Span<int> labels)
    {
        CheckLengths(scores.Length, labels.Length);
        Vector<int> bits = new(bit);
        Vector<float> thresholds = new(threshold);
        int n = 0;
        for (; n <= labels.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<int>(labels[n..]) | Vector.GreaterThan(new Vector<float>(scores[n..]), thresholds) & bits).CopyTo(labels[n..]);
        MarkScalar(scores[n..], threshold, bit, labels[n..]);
    }

    /// <summary>Scalar twin of <see cref="Mark"/>.</summary>
    internal static void MarkScalar(ReadOnlySpan<float> scores, float threshold, int bit, Span<int> labels)
    {
        for (int n = 0; n < labels.Length; n++)
            if (scores[n] > threshold) labels[n] |= bit;
    }

    private static void CheckLengths(int a, int b)
    {
        if (a != b) throw new ArgumentException("The lengths differ.");
    }
}
