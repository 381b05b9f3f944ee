using System.Globalization;
using MedISeg.Inference.Models;
using MedISeg.Inference.Postprocessing;

namespace MedISeg.Inference.Options;

/// <summary>Checks post-processing steps against a package's classes and dimensionality.</summary>
internal static class PostprocessingValidator
{
    /// <summary>Adds what is wrong to the faults.</summary>
    public static void Check(IReadOnlyList<PostprocessingStep> steps, ModelManifest manifest, OptionFaults faults)
    {
        for (int n = 0; n < steps.Count; n++) Check($"postprocessing[{n}]", steps[n], manifest, faults);
    }

    private static void Check(string key, PostprocessingStep step, ModelManifest manifest, OptionFaults faults)
    {
        int[] ids = [.. manifest.Classes.Select(c => c.Id).Where(id => id != 0)];
        for (int n = 0; n < step.Labels.Count; n++)
            if (!ids.Contains(step.Labels[n]))
                faults.Add($"{key}.labels[{n}]", $"must be one of the package's class ids {string.Join(", ", ids)}; {step.Labels[n]} was given");
        if (step.Labels.Count == 0) faults.Add(key + ".labels", "must have at least 1 items");

        string? plane = (step as FillHolesStep)?.Plane;
        if (plane is not (null or "ji") && (manifest.Dimensionality == 2 || plane is not ("ki" or "kj")))
            faults.Add(key + ".plane", $"must be null or one of {(manifest.Dimensionality == 2 ? "ji" : "ji, ki, kj")}; {plane} was given");
        // A 2-D package may be given a volume: there 6, 18 and 26 mean the whole of it.
        int[] allowed = plane is not null ? [4, 8] : manifest.Dimensionality == 2 ? [4, 8, 6, 18, 26] : [6, 18, 26];
        if (step.Connectivity is { } connectivity && !allowed.Contains(connectivity))
            faults.Add(key + ".connectivity",
                $"must be one of {string.Join(", ", allowed)} in {(plane is null && manifest.Dimensionality == 3 ? "3-D" : "2-D")}; {connectivity} was given");

        switch (step)
        {
            case KeepLargestComponentStep keep:
                if (keep is { MinVolumeMm3: not null, MinVolumeVoxels: not null })
                    faults.Add(key, "must have at most one of minVolumeMm3 and minVolumeVoxels");
                CheckVolume(key, keep.MinVolumeMm3, keep.MinVolumeVoxels, faults);
                CheckTarget(key, keep.To, ids, faults);
                break;
            case RemoveSmallComponentsStep remove:
                if (remove.MinVolumeMm3 is null == remove.MinVolumeVoxels is null)
                    faults.Add(key, "must have exactly one of minVolumeMm3 and minVolumeVoxels");
                CheckVolume(key, remove.MinVolumeMm3, remove.MinVolumeVoxels, faults);
                CheckTarget(key, remove.To, ids, faults);
                break;
            case KeepComponentsStep keep:
                if (keep.Count is < 1 or > KeepComponents.MostCount) faults.Add(key + ".count", $"must be 1 to {KeepComponents.MostCount}; {keep.Count} was given");
                CheckTarget(key, keep.To, ids, faults);
                break;
            case ConditionalComponentsStep conditional:
                for (int n = 0; n < conditional.Of.Count; n++)
                    if (!ids.Contains(conditional.Of[n]) || step.Labels.Contains(conditional.Of[n]))
                        faults.Add($"{key}.of[{n}]", $"must be one of the package's class ids {string.Join(", ", ids)} that is not among labels; {conditional.Of[n]} was given");
                if (conditional.Of.Count == 0) faults.Add(key + ".of", "must have at least 1 items");
                if (conditional.DistanceMm is { } distance)
                {
                    if (conditional.When is ComponentCondition.Inside or ComponentCondition.NotInside)
                        faults.Add(key + ".distanceMm", "belongs to touching and not-touching only");
                    CheckLength(key + ".distanceMm", distance, faults);
                }
                CheckTarget(key, conditional.To, ids, faults);
                break;
            case MorphologyStep morphology:
                CheckLength(key + ".radiusMm", morphology.RadiusMm, faults);
                CheckTarget(key, morphology.To, ids, faults);
                break;
            case SmoothStep smooth:
                CheckLength(key + ".sigmaMm", smooth.SigmaMm, faults);
                break;
        }
    }

    private static void CheckVolume(string key, double? mm3, long? voxels, OptionFaults faults)
    {
        if (mm3 is { } volume && !(volume >= 0 && double.IsFinite(volume)))
            faults.Add(key + ".minVolumeMm3", string.Create(CultureInfo.InvariantCulture, $"must be at least 0; {volume} was given"));
        if (voxels < 0) faults.Add(key + ".minVolumeVoxels", $"must be at least 0; {voxels} was given");
    }

    private static void CheckLength(string key, double lengthMm, OptionFaults faults)
    {
        if (!(lengthMm > 0) || !double.IsFinite(lengthMm))
            faults.Add(key, string.Create(CultureInfo.InvariantCulture, $"must be above 0; {lengthMm} was given"));
    }

    private static void CheckTarget(string key, int to, int[] ids, OptionFaults faults)
    {
        if (to != 0 && !ids.Contains(to))
            faults.Add(key + ".to", $"must be 0 or one of the package's class ids {string.Join(", ", ids)}; {to} was given");
    }
}
