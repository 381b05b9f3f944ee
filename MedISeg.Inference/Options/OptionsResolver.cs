using System.Globalization;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.WayBack;

namespace MedISeg.Inference.Options;

/// <summary>Turns merged options into effective ones, checking all keys against the package.</summary>
internal static class OptionsResolver
{
    /// <summary>Resolves, or throws with every fault found.</summary>
    public static EffectiveOptions Resolve(SegmentationOptions merged, ModelManifest manifest)
    {
        OptionFaults faults = new();
        double[] overlap = Overlap(merged.SlidingWindow!.Overlap!, manifest.Dimensionality, faults);
        IReadOnlyList<PatchView> views = ViewResolver.Resolve(merged.Tta!, manifest, faults);
        IReadOnlyList<IntensityView> intensity = ViewResolver.Intensity(merged.Tta!, faults);
        double[] viewWeights = Weights("tta.weights", "view, the identity among them", merged.Tta!.Weights, views.Count + intensity.Count + 1, faults);
        int[] members = Members(merged.Ensemble!, manifest, faults);
        double[] weights = Weights("ensemble.weights", "member", merged.Ensemble!.Weights, members.Length, faults);
        bool staple = merged.Ensemble.Merge == MergeKind.Staple;
        if (staple && merged.Ensemble.Weights is not null)
            faults.Add("ensemble.weights", "must be null with merge staple, which finds out how far each member can be trusted");
        if (merged.Ensemble.Merge != MergeKind.Mean && manifest.PaintedRegions()?.Count > LabelDecision.MaxRegions)
            faults.Add("ensemble.merge", $"must be mean for a package of more than {LabelDecision.MaxRegions} regions");
        PostprocessingValidator.Check(merged.Postprocessing!, manifest, faults);
        int[] labels = Labels(merged.Labels, manifest, faults);
        if (merged.SlidingWindow.SkipEmpty == true && !manifest.Network.SkipEmpty)
            faults.Add("slidingWindow.skipEmpty", "must be false; this package does not say that empty patches hold background only");
        CheckOutputs(merged, views.Count + intensity.Count, members.Length, faults);
        faults.ThrowIfAny();

        return new EffectiveOptions
        {
            Overlap = overlap,
            Positions = merged.SlidingWindow.Positions!.Value,
            Blend = merged.SlidingWindow.Blend!.Value,
            Padding = merged.SlidingWindow.Padding!.Value,
            SkipEmpty = merged.SlidingWindow.SkipEmpty!.Value,
            SliceAxis = (int)merged.Slices!.Axis!.Value,
            Views = views,
            IntensityViews = intensity,
            ViewWeights = viewWeights,
            Members = members,
            MergeBy = merged.Ensemble.Merge!.Value,
            Weights = weights,
            Postprocessing = merged.Postprocessing!,
            Labels = labels,
            Outputs = merged.Outputs!,
            Uids = merged.Uids!.Value,
            Geometry = merged.Geometry!.Value,
            Stack = merged.Stack,
            PetUnits = merged.PetUnits!.Value,
            ModalityMismatch = merged.ModalityMismatch!.Value,
            Options = merged with
            {
                SlidingWindow = merged.SlidingWindow with { Overlap = manifest.Dimensionality == 2 ? [.. overlap.Skip(1)] : overlap },
                Tta = new TtaOptions { Views = [.. views.Select(view => view.Name)], Intensity = [.. intensity.Select(view => view.Name)], Weights = viewWeights },
                Ensemble = merged.Ensemble with
                {
                    Members = [.. members.Select(m => m.ToString(CultureInfo.InvariantCulture))],
                    Weights = staple ? null : weights,
                },
                Labels = [.. manifest.Classes.Where(c => labels.Contains(c.Id)).Select(c => c.Name)],
            },
        };
    }

    private static double[] Overlap(IReadOnlyList<double> given, int dimensionality, OptionFaults faults)
    {
        const string Key = "slidingWindow.overlap";
        for (int n = 0; n < given.Count; n++)
            if (!(given[n] >= 0 && given[n] < 1))
                faults.Add($"{Key}[{n}]", string.Create(CultureInfo.InvariantCulture, $"must be at least 0 and below 1; {given[n]} was given"));
        if (given.Count != 1 && given.Count != dimensionality)
            faults.Add(Key, $"must have 1 or {dimensionality} values for this {dimensionality}-D package; {given.Count} were given");
        double[] overlap = new double[3];
        for (int axis = 3 - dimensionality; axis < 3; axis++)
            overlap[axis] = given.Count == 0 ? 0 : given[Math.Min(given.Count - 1, axis - 3 + dimensionality)];
        return overlap;
    }

    private static int[] Members(EnsembleOptions ensemble, ModelManifest manifest, OptionFaults faults)
    {
        if (ensemble.Members is null) return [.. Enumerable.Range(0, manifest.Members.Count)];
        List<int> members = [];
        for (int n = 0; n < ensemble.Members.Count; n++)
        {
            bool exists = int.TryParse(ensemble.Members[n], NumberStyles.None, CultureInfo.InvariantCulture, out int member)
                && member < manifest.Members.Count;
            if (!exists)
                faults.Add($"ensemble.members[{n}]",
                    $"must be one of {string.Join(", ", Enumerable.Range(0, manifest.Members.Count))}; {ensemble.Members[n]} was given");
            else if (members.Contains(member)) faults.Add($"ensemble.members[{n}]", $"must not name member {member} twice");
            else members.Add(member);
        }
        if (ensemble.Members.Count == 0) faults.Add("ensemble.members", "must have at least 1 items");
        return [.. members];
    }

    private static double[] Weights(string key, string what, IReadOnlyList<double>? given, int count, OptionFaults faults)
    {
        if (given is null) return [.. Enumerable.Repeat(1.0 / Math.Max(1, count), count)];
        if (given.Count != count) faults.Add(key, $"must have one value a {what}, {count}; {given.Count} were given");
        for (int n = 0; n < given.Count; n++)
            if (!(given[n] > 0 && double.IsFinite(given[n])))
                faults.Add($"{key}[{n}]", string.Create(CultureInfo.InvariantCulture, $"must be above 0; {given[n]} was given"));
        // By the largest first: a sum of huge weights would be infinite.
        double largest = given.DefaultIfEmpty(1).Max(), sum = given.Sum(weight => weight / largest);
        return [.. given.Select(weight => weight / largest / sum)];
    }

    /// <summary>What differs from sample to sample needs several of them.</summary>
    private static void CheckOutputs(SegmentationOptions merged, int views, int members, OptionFaults faults)
    {
        bool vote = merged.Ensemble!.Merge != MergeKind.Mean;
        for (int n = 0; n < merged.Outputs!.Count; n++)
        {
            OutputKind kind = merged.Outputs[n];
            if (kind is OutputKind.Labels or OutputKind.Overlay || kind.IsOfMean() && !vote) continue;
            string name = kind.Name();
            if (kind == OutputKind.VolumeVariation && !vote)
                faults.Add($"outputs[{n}]", $"is {name}, which needs ensemble.merge vote or staple: only then members have label maps of their own");
            else if (kind == OutputKind.Probability)
                faults.Add($"outputs[{n}]", $"is {name}, which needs ensemble.merge mean: label maps of members have none");
            else if (vote ? members < 2 : views + members < 2)
                faults.Add($"outputs[{n}]", $"is {name}, which needs {(vote ? "several members that vote" : "several members or views")}");
        }
    }

    private static int[] Labels(IReadOnlyList<string>? given, ModelManifest manifest, OptionFaults faults)
    {
        ModelClass[] foreground = [.. manifest.Classes.Where(c => c.Id != 0)];
        if (given is null) return [.. foreground.Select(c => c.Id).Order()];
        SortedSet<int> ids = [];
        for (int n = 0; n < given.Count; n++)
        {
            ModelClass? found = foreground.FirstOrDefault(c => c.Name == given[n]);
            if (found is null) faults.Add($"labels[{n}]", $"must be one of {string.Join(", ", foreground.Select(c => c.Name))}; {given[n]} was given");
            else ids.Add(found.Id);
        }
        if (given.Count == 0) faults.Add("labels", "must have at least 1 items");
        return [.. ids];
    }
}
