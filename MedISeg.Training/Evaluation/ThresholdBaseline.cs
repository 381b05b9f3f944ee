using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Evaluation;

/// <summary>What can be had without a network: the best interval of values for each class, inside the body, and its largest components.</summary>
/// <remarks>The interval is searched over quantiles of the class's own values in the training cases, with and without smoothing, for the
/// best mean Dice over the cases that hold the class; so it is the best that this kind of rule can do on them.</remarks>
internal sealed class ThresholdBaseline
{
    private static readonly double[] LowQuantiles = [0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4];
    private static readonly double[] HighQuantiles = [0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995];

    private ThresholdBaseline(IReadOnlyList<ThresholdRule> rules) => Rules = rules;

    /// <summary>One rule a class, in the order they are painted.</summary>
    public IReadOnlyList<ThresholdRule> Rules { get; }

    /// <summary>Finds the rules.</summary>
    /// <param name="cases">Images of one channel with labels on the same grid.</param>
    /// <param name="classes">Labels, each with how many components to keep; later ones paint over earlier ones.</param>
    /// <param name="cancellationToken">Checked once an interval and case.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no case holds a class.</exception>
    public static ThresholdBaseline Fit(
        IReadOnlyList<(Volume Image, LabelMap Truth)> cases, IReadOnlyList<(int Label, int Components)> classes, CancellationToken cancellationToken)
    {
        BaselineImage[] images = new BaselineImage[cases.Count];
        Parallel.For(0, cases.Count, n => images[n] = new BaselineImage(cases[n].Image));
        List<ThresholdRule> rules = [];
        foreach ((int label, int components) in classes)
        {
            ThresholdRule? best = null;
            foreach (bool smoothed in (bool[])[false, true])
            {
                float[] values = Values(images, cases, label, smoothed);
                foreach (double low in LowQuantiles)
                    foreach (double high in HighQuantiles)
                    {
                        ThresholdRule rule = new(label, components, Quantile(values, low), Quantile(values, high), smoothed, 0);
                        double dice = MeanDice(images, cases, rule, cancellationToken);
                        if (best is null || dice > best.Dice) best = rule with { Dice = dice };
                    }
            }
            rules.Add(best!);
        }
        return new ThresholdBaseline(rules);
    }

    /// <summary>Applies the rules.</summary>
    public LabelMap Segment(Volume image)
    {
        BaselineImage prepared = new(image);
        LabelMap result = LabelMap.Empty(image.Geometry, Rules.Max(rule => rule.Label));
        foreach (ThresholdRule rule in Rules)
        {
            ReadOnlySpan<byte> found = prepared.Find(rule).Bytes;
            for (int n = 0; n < found.Length; n++)
            {
                if (found[n] == 0) continue;
                if (result.IsWide) result.Words[n] = (ushort)rule.Label;
                else result.Bytes[n] = (byte)rule.Label;
            }
        }
        return result;
    }

    private static float[] Values(BaselineImage[] images, IReadOnlyList<(Volume Image, LabelMap Truth)> cases, int label, bool smoothed)
    {
        List<float> values = [];
        for (int n = 0; n < images.Length; n++)
        {
            ReadOnlySpan<float> image = smoothed ? images[n].Smooth : images[n].Plain;
            for (int v = 0; v < image.Length; v++)
                if (LabelAt(cases[n].Truth, v) == label) values.Add(image[v]);
        }
        if (values.Count == 0)
            throw new SegmentationException(ErrorCode.InvalidOption, $"No case of the baseline's training data holds label {label}; add cases that do.");
        values.Sort();
        return [.. values];
    }

    private static float Quantile(float[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static double MeanDice(
        BaselineImage[] images, IReadOnlyList<(Volume Image, LabelMap Truth)> cases, ThresholdRule rule, CancellationToken cancellationToken)
    {
        double[] dice = new double[images.Length];
        Parallel.For(0, images.Length, new ParallelOptions { CancellationToken = cancellationToken }, n =>
        {
            ReadOnlySpan<byte> found = images[n].Find(rule).Bytes;
            long both = 0, either = 0, truth = 0;
            for (int v = 0; v < found.Length; v++)
            {
                bool isTrue = LabelAt(cases[n].Truth, v) == rule.Label;
                if (isTrue) truth++;
                if (isTrue && found[v] != 0) both++;
                either += (isTrue ? 1 : 0) + found[v];
            }
            dice[n] = truth == 0 ? double.NaN : 2.0 * both / either;
        });
        return dice.Where(d => !double.IsNaN(d)).Average();
    }

    private static int LabelAt(LabelMap map, int voxel) => map.IsWide ? map.Words[voxel] : map.Bytes[voxel];
}
