using MedISeg.Imaging.Errors;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Models;

/// <summary>Checks of a manifest that a JSON Schema cannot say.</summary>
internal static class ManifestValidator
{
    /// <summary>Everything that is wrong; empty where nothing is.</summary>
    public static List<KeyError> Check(ModelManifest manifest)
    {
        List<KeyError> errors = [];
        CheckGrid(manifest, errors);
        CheckNetwork(manifest, errors);
        if (manifest is { Slices: not null, Dimensionality: 3 }) errors.Add(new KeyError("slices", "must be null in 3-D: only 2-D packages go slice by slice"));
        CheckClasses(manifest, errors);
        CheckIntensity(manifest, errors);
        CheckViews(manifest, errors);
        if (manifest.Members.Select(m => m.File).Distinct(StringComparer.Ordinal).Count() < manifest.Members.Count)
            errors.Add(new KeyError("members", "must not name a file twice"));
        if (manifest.Cascade is { } cascade && cascade.Model == manifest.Name && cascade.Version == manifest.Version)
            errors.Add(new KeyError("cascade.model", "must be another package than this one"));
        return errors;
    }

    private static void CheckGrid(ModelManifest manifest, List<KeyError> errors)
    {
        ModelGrid grid = manifest.Grid;
        CheckCount(errors, "grid.spacing", grid.Spacing?.Count, manifest.Dimensionality);
        CheckCount(errors, "grid.size", grid.Size?.Count, manifest.Dimensionality);
        CheckSize(grid, errors);
        if (grid.Orientation is { } letters && letters.Select(l => "LRPASI".IndexOf(l, StringComparison.Ordinal) / 2).Distinct().Count() < 3)
            errors.Add(new KeyError("grid.orientation", "must name three different axes: one of L, R, one of P, A and one of S, I"));
        if (manifest.Dimensionality == 2 && grid.Anisotropy != AnisotropyKind.None)
            errors.Add(new KeyError("grid.anisotropy", "must be none in 2-D: slices are never interpolated across"));
        List<PreprocessingStep> order = [.. grid.Order];
        if (order.Contains(PreprocessingStep.Crop) && order.Contains(PreprocessingStep.Resample)
            && order.IndexOf(PreprocessingStep.Crop) > order.IndexOf(PreprocessingStep.Resample))
            errors.Add(new KeyError("grid.order", "must have crop before resample"));
        if (grid.Spacing is not null && !order.Contains(PreprocessingStep.Resample))
            errors.Add(new KeyError("grid.order", "must have resample, since grid.spacing is given"));
    }

    /// <summary>Adds what does not fit about a grid of a fixed number of voxels.</summary>
    internal static void CheckSize(ModelGrid grid, List<KeyError> errors)
    {
        if (grid.Size is null) return;
        if (grid.Spacing is not null) errors.Add(new KeyError("grid.size", "must be null where grid.spacing is given: one of them decides the voxels"));
        if (!grid.Order.Contains(PreprocessingStep.Resample)) errors.Add(new KeyError("grid.order", "must have resample, since grid.size is given"));
        if (grid.Size.Aggregate(1L, (product, side) => product > Array.MaxLength ? product : product * side) > Array.MaxLength)
            errors.Add(new KeyError("grid.size", $"must name at most {Array.MaxLength} voxels in all"));
    }

    private static void CheckNetwork(ModelManifest manifest, List<KeyError> errors)
    {
        ModelNetwork network = manifest.Network;
        int before = errors.Count;
        CheckCount(errors, "network.patchSize", network.PatchSize.Count, manifest.Dimensionality);
        CheckCount(errors, "network.validPadding", network.ValidPadding?.Count, manifest.Dimensionality);
        if (network is { Activation: ActivationKind.None, Domain: ScoreDomain.Logits })
            errors.Add(new KeyError("network.domain", "must be probabilities with activation none, by which the network gives probabilities; one that gives logits has softmax or sigmoid"));
        if (errors.Count > before || network.ValidPadding is null) return;
        for (int n = 0; n < manifest.Dimensionality; n++)
            if (2 * network.ValidPadding[n] >= network.PatchSize[n])
                errors.Add(new KeyError($"network.validPadding[{n}]", "must leave at least one voxel of the patch"));
    }

    private static void CheckClasses(ModelManifest manifest, List<KeyError> errors)
    {
        int[] ids = [.. manifest.Classes.Select(c => c.Id)];
        if (ids[0] != 0) errors.Add(new KeyError("classes[0].id", $"must be 0, the background; {ids[0]} was given"));
        if (ids.Distinct().Count() < ids.Length) errors.Add(new KeyError("classes", "must not hold an id twice"));
        if (manifest.Classes.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() < ids.Length)
            errors.Add(new KeyError("classes", "must not hold a name twice"));
        if (manifest.Regions is null) return;
        if (manifest.Regions.Count == 0) errors.Add(new KeyError("regions", "must be null or hold a region"));
        if (manifest.Network.Activation == ActivationKind.Softmax)
            errors.Add(new KeyError("regions", "must be null with softmax; regions overlap, so they need sigmoid"));
        for (int r = 0; r < manifest.Regions.Count; r++)
            if (manifest.Regions[r].Labels.Append(manifest.Regions[r].Paint).FirstOrDefault(id => !ids.Contains(id), -1) is >= 0 and int unknown)
                errors.Add(new KeyError($"regions[{r}]", $"must hold class ids {string.Join(", ", ids.Skip(1))}; {unknown} was given"));
    }

    private static void CheckIntensity(ModelManifest manifest, List<KeyError> errors)
    {
        int? known = manifest.Intensity.Any(step => step is ChannelOrderStep) ? null : manifest.Inputs.Count;
        for (int n = 0; n < manifest.Intensity.Count; n++)
        {
            string key = $"intensity[{n}]";
            IntensityStep step = manifest.Intensity[n];
            if (step is ChannelOrderStep reorder) known = reorder.Order.Count;
            int? channel = step switch
            {
                ClipStep s => s.Channel,
                PercentileClipStep s => s.Channel,
                ZScoreStep s => s.Channel,
                MinMaxStep s => s.Channel,
                _ => null,
            };
            if (channel >= known) errors.Add(new KeyError(key + ".channel", $"must be below {known}; {channel} was given"));
            string? fault = step switch
            {
                ClipStep s when s.Min > s.Max => "must have min at most max",
                PercentileClipStep s when s.Lower > s.Upper => "must have lower at most upper",
                ZScoreStep s when s.Mean is null != s.Std is null => "must have both mean and std, or none",
                ZScoreStep { Mean: not null, Mask: not null } => "must have no mask beside a stored mean and std",
                ZScoreStep { Mask: "inside" } when n == 0 || manifest.Intensity[n - 1] is not (ClipStep or PercentileClipStep) => "must follow a clip with mask inside",
                MinMaxStep s when s.Min is null != s.Max is null => "must have both min and max, or none",
                MinMaxStep s when s.Min >= s.Max => "must have min below max",
                ImageNetStep when known is not (null or 3) => "needs three channels",
                _ => null,
            };
            if (fault is not null) errors.Add(new KeyError(key, fault));
        }
        if (known != manifest.Inputs.Count && known is not null)
            errors.Add(new KeyError("intensity", $"must end with {manifest.Inputs.Count} channels, one an input; channel-order gives {known}"));
    }

    private static void CheckViews(ModelManifest manifest, List<KeyError> errors)
    {
        if (errors.Count > 0) return;
        for (int n = 0; n < manifest.Views.Allowed.Count; n++)
            if (Options.ViewResolver.Misfit(PatchView.Find(manifest.Views.Allowed[n]), manifest) is { } reason)
                errors.Add(new KeyError($"views.allowed[{n}]", reason));
        foreach ((string name, IReadOnlyList<IReadOnlyList<int>> pairs) in manifest.Views.LabelSwap ?? new Dictionary<string, IReadOnlyList<IReadOnlyList<int>>>())
        {
            string key = $"views.labelSwap.{name}";
            int[] flat = [.. pairs.SelectMany(pair => pair)];
            if (!PatchView.TryFind(name, out PatchView? view) || !view!.Mirrors)
                errors.Add(new KeyError(key, "must be a view that mirrors: a flip of one or three axes"));
            if (flat.Distinct().Count() < flat.Length || flat.Any(id => !manifest.ChannelLabels().Contains(id)))
                errors.Add(new KeyError(key, "must exchange class ids of the package, each at most once"));
        }
    }

    private static void CheckCount(List<KeyError> errors, string key, int? count, int dimensionality)
    {
        if (count is { } given && given != dimensionality)
            errors.Add(new KeyError(key, $"must have {dimensionality} values, as dimensionality says; {given} were given"));
    }
}
