using System.Globalization;
using System.Text;
using System.Text.Json;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Training.Export;

/// <summary>The page that tells people what a package is.</summary>
internal static class ModelCard
{
    /// <summary>A card with everything that the runs know; results are added by hand from the report of <c>evaluate</c>.</summary>
    public static string Skeleton(ModelManifest manifest, IReadOnlyList<TrainedMember> members)
    {
        StringBuilder card = new();
        card.AppendLine(CultureInfo.InvariantCulture, $"# {manifest.Name} {manifest.Version}").AppendLine();
        card.AppendLine($"{manifest.Task}. {manifest.Description}".TrimEnd()).AppendLine();
        card.AppendLine(CultureInfo.InvariantCulture, $"- Intended use: {manifest.IntendedUse}. Not a medical device.");
        card.AppendLine(CultureInfo.InvariantCulture, $"- Licence: {manifest.Licence}");
        card.AppendLine(CultureInfo.InvariantCulture, $"- Classes: {string.Join(", ", manifest.Classes.Select(c => $"{c.Id} {c.Name}"))}");
        card.AppendLine(CultureInfo.InvariantCulture,
            $"- Network: {manifest.Dimensionality}-D U-Net, {members[0].Network.Parameters.Where(p => p.Trainable).Sum(p => p.Count)} weights, " +
            $"features {string.Join('-', members[0].Options.Network.Features)}, {members.Count} member(s), {members.Sum(m => m.Onnx.Length) / 1024} KiB");
        card.AppendLine(CultureInfo.InvariantCulture,
            $"- Grid: {manifest.Grid.Orientation ?? "as stored"}, {(manifest.Grid.Spacing is { } mm ? string.Join(" x ", mm.Select(v => v.ToString(CultureInfo.InvariantCulture))) + " mm" : "")}" +
            $"{(manifest.Grid.Size is { } size ? $"stretched to {string.Join(" x ", size)} voxels" : manifest.Grid.Spacing is null ? "as stored" : "")}, " +
            $"patch {string.Join('x', manifest.Network.PatchSize)} (k, j, i)");
        card.AppendLine().AppendLine("## Training").AppendLine();
        foreach (TrainedMember member in members)
        {
            string dice = member.BestValidationDice() is { } best ? $", best validation Dice {best.ToString("F3", CultureInfo.InvariantCulture)}" : "";
            card.AppendLine(CultureInfo.InvariantCulture,
                $"- seed {member.Options.Seed}: {member.Options.Steps} steps of {member.Options.BatchSize} patches, " +
                $"{member.Options.Optimiser.Kind}, learning rate {member.Options.Optimiser.LearningRate}{dice}");
        }
        card.AppendLine().AppendLine("## Defaults").AppendLine();
        card.AppendLine("```json").AppendLine(JsonSerializer.Serialize(manifest.Defaults ?? new SegmentationOptions(), SegmentationOptions.Json)).AppendLine("```");
        return card.ToString();
    }
}
