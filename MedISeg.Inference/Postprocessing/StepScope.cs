using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>What all steps share: regions, connectivity and limits, checked against the map.</summary>
internal static class StepScope
{
    /// <summary>
    /// 50 voxels of 0.1 mm3 shall count as 5 mm3 although 0.1 has no exact binary form and image headers hold single precision.
    /// </summary>
    private const double RelativeVolumeTolerance = 1e-6;

    /// <summary>Regions in order: all labels at once, or one after the other.</summary>
    /// <exception cref="SegmentationException">InvalidOption: no label, or one below 1.</exception>
    public static IEnumerable<IReadOnlyList<int>> Regions(PostprocessingStep step)
    {
        if (step.Labels.Count == 0 || step.Labels.Any(label => label < 1))
            throw Invalid(step, "labels", "Name at least one label above 0.");
        return step.Joint ? [step.Labels] : step.Labels.Select(IReadOnlyList<int> (label) => [label]);
    }

    /// <summary>Gives components that a rule chooses a label.</summary>
    /// <param name="labels">The map.</param>
    /// <param name="step">Names regions and connectivity.</param>
    /// <param name="to">The label.</param>
    /// <param name="choose">The rule: whether component n is chosen, at n - 1. It may see the components of all labels at once.</param>
    /// <exception cref="SegmentationException">InvalidOption: a parameter does not fit the map.</exception>
    public static PostprocessingChange Repaint(LabelMap labels, PostprocessingStep step, int to, Func<ComponentMap, bool[]> choose)
    {
        int connectivity = ConnectivityOf(step, IsPlanar(labels));
        to = Target(labels, step, to);
        IReadOnlyList<int>[] regions = [.. Regions(step)];
        bool isJoint = step.Joint || step.Labels.Contains(to);
        // Labels that do not grow by what others lose are found in one pass.
        if (!isJoint) regions = [step.Labels];
        long voxels = 0, components = 0;
        foreach (IReadOnlyList<int> region in regions)
        {
            ComponentMap found = ConnectedComponents.Label(labels, region, isJoint, connectivity);
            bool[] chosen = choose(found);
            components += chosen.LongCount(one => one);
            voxels += found.Repaint(labels, chosen, to);
        }
        return new PostprocessingChange(Postprocessors.NameOf(step), voxels, components);
    }

    /// <summary>The asked connectivity, or 26 in a volume and 8 in a plane.</summary>
    /// <param name="step">The step.</param>
    /// <param name="planar">Whether the map has one plane, or is treated slice by slice.</param>
    /// <exception cref="SegmentationException">InvalidOption: not a connectivity of such a map.</exception>
    public static int ConnectivityOf(PostprocessingStep step, bool planar)
    {
        int connectivity = step.Connectivity ?? (planar ? 8 : 26);
        if (!Connectivity.IsValid(connectivity, planar))
            throw Invalid(step, "connectivity", planar ? "Use 4 or 8 for planes." : "Use 6, 18 or 26 for volumes; 4 and 8 are for planes.");
        return connectivity;
    }

    /// <summary>Whether the map has one plane.</summary>
    public static bool IsPlanar(LabelMap labels) => labels.Geometry.Grid.Depth == 1;

    /// <summary>The label that removed voxels get.</summary>
    /// <exception cref="SegmentationException">InvalidOption: the map cannot hold it.</exception>
    public static int Target(LabelMap labels, PostprocessingStep step, int to)
    {
        if (to < 0 || to > labels.LargestLabel)
            throw Invalid(step, "to", "Name 0 or a label of the model.");
        return to;
    }

    /// <summary>Whether a component is strictly smaller than a limit in voxels or mm3; one of exactly the limit is not.</summary>
    public static bool IsBelow(long size, LabelMap labels, long? voxels, double? volumeMm3) =>
        size < voxels || size * labels.Geometry.VoxelVolumeMm3 < volumeMm3 * (1 - RelativeVolumeTolerance);

    /// <summary>Checks a length in mm.</summary>
    /// <param name="labels">The map.</param>
    /// <param name="step">The step.</param>
    /// <param name="key">Its key.</param>
    /// <param name="lengthMm">What was given.</param>
    /// <param name="reachMm">How far that reaches.</param>
    /// <exception cref="SegmentationException">InvalidOption: not above 0, or it reaches too many voxels.</exception>
    public static void CheckLength(LabelMap labels, PostprocessingStep step, string key, double lengthMm, double reachMm)
    {
        if (!(lengthMm > 0) || !double.IsFinite(lengthMm)) throw Invalid(step, key, "Use a length above 0.");
        if (!BallMorphology.Fits(labels, reachMm)) throw Invalid(step, key, "Use a smaller one: it reaches more than 64 voxels along an axis of this image.");
    }

    /// <summary>Components of a region.</summary>
    public static long CountComponents(LabelMap labels, PostprocessingStep step, IReadOnlyList<int> region) =>
        ConnectedComponents.Label(labels, region, joint: true, ConnectivityOf(step, IsPlanar(labels))).Count;

    public static SegmentationException Invalid(PostprocessingStep step, string key, string fix) => new(
        ErrorCode.InvalidOption, $"The step {Postprocessors.NameOf(step)} has an invalid {key}. {fix}",
        [new KeyError($"postprocessing.{Postprocessors.NameOf(step)}.{key}", fix)]);
}
