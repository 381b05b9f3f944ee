using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;

namespace MedISeg.Inference.Reports;

/// <summary>What a person should know about a result.</summary>
internal static class RunWarnings
{
    /// <summary>Sentences; empty where all is as expected.</summary>
    public static IReadOnlyList<string> Create(IReadOnlyList<SegmentMeasurement> segments, RunMerging? merging, GridMapping mapping, ModelManifest manifest)
    {
        List<string> warnings = [];
        if (segments.All(segment => segment.Voxels == 0)) warnings.Add("No voxel was labelled.");
        foreach (SegmentMeasurement segment in segments.Where(segment => segment.TouchesBorder))
            warnings.Add($"{segment.Name} touches the border of the image, so that it may be cut off.");
        if (merging?.Converged == false) warnings.Add($"The members' STAPLE estimate had not settled after {merging.Rounds} rounds.");
        GridSize model = mapping.Model.Grid, patch = manifest.ScoreExtent();
        string smaller = string.Concat(Enumerable.Range(0, 3).Where(axis => model[axis] < patch[axis]).Select(axis => "kji"[axis]));
        if (smaller.Length > 0)
            warnings.Add($"On the model's grid the image is smaller than a patch along {string.Join(", ", smaller.ToCharArray())}; it was extended.");
        return warnings;
    }
}
