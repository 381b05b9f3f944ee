using System.Globalization;
using System.Text;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Planning;

/// <summary>A plan as a text that a person can read.</summary>
internal static class PlanMarkdown
{
    /// <summary>Writes plan.md.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="fingerprint">What it was made from.</param>
    /// <param name="options">What it was made for.</param>
    /// <param name="written">Configurations that have a train file.</param>
    public static string Write(DatasetPlan plan, DatasetFingerprint fingerprint, PlanOptions options, IReadOnlySet<string> written)
    {
        StringBuilder text = new();
        text.AppendLine("# Plan").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{fingerprint.Cases.Count} cases, {(fingerprint.Planar ? "single planes" : "volumes")}; for {(options.Cpu ? "a processor" : "an accelerator")} with {options.MemoryGb:G3} GB, {(options.Residual ? "residual" : "plain")} encoder.");
        text.AppendLine().AppendLine("## Data").AppendLine();
        foreach (string reason in plan.Reasons) text.Append("- ").AppendLine(reason);
        AppendChannels(text, fingerprint, options);
        text.AppendLine().AppendLine("| label | voxels | cases |").AppendLine("|--:|--:|--:|");
        foreach (LabelFingerprint label in fingerprint.Labels) text.AppendLine(CultureInfo.InvariantCulture, $"| {label.Id} | {label.Voxels} | {label.Cases} |");
        foreach (ConfigurationPlan one in plan.Configurations) Append(text, one, written.Contains(one.Name));
        return text.ToString();
    }

    private static void AppendChannels(StringBuilder text, DatasetFingerprint fingerprint, PlanOptions options)
    {
        IReadOnlyList<string> names = PlannedTraining.Inputs(fingerprint, options);
        for (int c = 0; c < names.Count; c++)
        {
            ChannelFingerprint found = fingerprint.Channels[c];
            text.AppendLine(CultureInfo.InvariantCulture,
                $"- Channel {names[c]}: {ChannelScheme.Words(names[c])}. Foreground: mean {found.Mean:G5}, deviation {found.Std:G5}, median {found.Median:G5}, 0.5 to 99.5 % {found.Percentile005:G5} to {found.Percentile995:G5}.");
        }
        double size = SampleStatistics.Median(fingerprint.Cases.Select(one => one.RelativeSize));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"- What is not zero fills {size:P0} of the median image: z-scores are taken over {(ChannelScheme.Mask(fingerprint) ? "what is not zero" : "the whole image")}.");
    }

    private static void Append(StringBuilder text, ConfigurationPlan one, bool written)
    {
        UNetOptions network = one.Network;
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {one.Name}").AppendLine();
        text.AppendLine(written
            ? $"`train --config {one.Name}.json`"
            : "Not written: 2-D networks are trained and served on single planes here, and these images are volumes.");
        text.AppendLine().AppendLine("| | |").AppendLine("|---|---|");
        Row("spacing", PlanText.Spacing(one.Spacing));
        Row("median image", PlanText.Sides(one.MedianShape) + " voxels");
        Row("patch", PlanText.Sides(one.PatchSize) + " voxels");
        Row("batch", one.BatchSize.ToString(CultureInfo.InvariantCulture));
        Row("features", string.Join(", ", network.Features));
        Row("steps into the levels", string.Join(", ", network.Strides!.Select(PlanText.Sides)));
        Row("kernels", string.Join(", ", network.Kernels!.Select(PlanText.Sides)));
        Row(network.Residual ? "residual blocks" : "convolutions", network.Residual
            ? string.Join(", ", network.Features.Select((_, level) => network.BlocksAt(level))) + "; 1 convolution on the way up"
            : "2 a level, down and up");
        Row("parameters", string.Create(CultureInfo.InvariantCulture, $"{one.Cost.Parameters / 1e6:F2} million"));
        Row("feature maps of a patch", string.Create(CultureInfo.InvariantCulture, $"{one.Cost.FeatureElements / 1e6:F1} million numbers"));
        Row("work of a patch", string.Create(CultureInfo.InvariantCulture, $"{one.Cost.MultiplyAdds / 1e9:F1} billion multiplications"));
        Row("Dice", one.BatchDice ? "over the batch" : "of each sample");
        text.AppendLine();
        foreach (string reason in one.Reasons) text.Append("- ").AppendLine(reason);

        void Row(string name, string value) => text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value} |");
    }
}
