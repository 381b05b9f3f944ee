using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Planning;

/// <summary>From a fingerprint to configurations, by nnU-Net's rules: spacing, order of axes, patch, network and batch.</summary>
/// <remarks>Source: nnU-Net v2, the rules of its default planner. Volumes are looked at in LPS, where nnU-Net takes axes as stored.</remarks>
internal static class DatasetPlanner
{
    /// <summary>Name of the 2-D configuration.</summary>
    public const string Planar = "2d";

    /// <summary>Name of the 3-D configuration at the target spacing.</summary>
    public const string Full = "3d-fullres";

    /// <summary>Name of the 3-D configuration at a coarser spacing.</summary>
    public const string Low = "3d-lowres";

    private const double Anisotropy = 3, LowShare = 0.25, LowGrowth = 1.03, LowGain = 2, CoarseAxis = 2, AboveOthers = 1e-5;
    private const int LowPercentile = 10;

    /// <summary>Letters in which i, j and k grow, by the axis (0 = k, 1 = j, 2 = i of LPS) that comes first.</summary>
    private static readonly string[] Orientations = ["LPS", "LSP", "PSL"];

    /// <summary>Plans all configurations.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the images or the budget are too small for a network.</exception>
    public static DatasetPlan Plan(DatasetFingerprint fingerprint, PlanOptions options)
    {
        PatchPlanner patches = new(options, fingerprint.Channels.Count, fingerprint.Labels.Count(label => label.Id != 0) + 1);
        List<string> reasons = [];
        double[] target = Target(fingerprint, options, reasons);
        int first = fingerprint.Planar ? 0 : Array.IndexOf(target, target.Max());
        int[] axes = [first, .. Enumerable.Range(0, 3).Where(axis => axis != first)];
        string? orientation = fingerprint.Planar ? null : Orientations[first];
        if (first != 0) reasons.Add($"The axis of the coarsest spacing comes first: grid orientation {orientation}.");
        double[] spacing = [.. axes.Select(axis => target[axis])];
        double[] median = [.. axes.Select(axis => SampleStatistics.Median(
            fingerprint.Cases.Select(one => Math.Round(one.Spacing[axis] / target[axis] * one.Shape[axis]))))];
        int cases = fingerprint.Cases.Count;
        List<ConfigurationPlan> plans = [];
        if (!fingerprint.Planar) plans.AddRange(Volumes(patches, spacing, median, cases, reasons));
        try
        {
            plans.Insert(0, patches.Plan(Planar, spacing[1..], median[1..], Product(median) * cases) with { BatchDice = true });
        }
        catch (SegmentationException) when (plans.Count > 0)
        {
            reasons.Add("No 2-D configuration: single planes are too small for it.");
        }
        return new DatasetPlan(orientation, plans, reasons);
    }

    /// <summary>The median spacing; where one axis is far coarser and has far fewer voxels than the others, its 10th percentile.</summary>
    private static double[] Target(DatasetFingerprint fingerprint, PlanOptions options, List<string> reasons)
    {
        double[] target = Medians(one => one.Spacing), size = Medians(one => one.Shape.Select(side => (double)side).ToArray());
        if (options.Spacing is { } asked)
        {
            if (!fingerprint.Millimetres) throw new SegmentationException(ErrorCode.InvalidOption, "Pictures have no spacing; leave out --spacing.");
            reasons.Add($"Spacing {PlanText.Spacing(fingerprint.Planar ? asked.Skip(1) : asked)} as asked for.");
            return fingerprint.Planar ? [target[0], asked[1], asked[2]] : [.. asked];
        }
        if (fingerprint.Planar)
        {
            reasons.Add(fingerprint.Millimetres ? $"Median spacing {PlanText.Spacing(target[1..])}." : "Pictures have no spacing: their pixels are taken as they are.");
            return target;
        }
        int worst = Array.IndexOf(target, target.Max());
        double[] others = [.. target.Where((_, axis) => axis != worst)];
        double coarsest = others.Max(), limit = Anisotropy * coarsest;
        double fewest = size.Where((_, axis) => axis != worst).Min();
        string ratio = $"{PlanText.Number(target[worst])} mm {(target[worst] > limit ? ">" : "<=")} {Anisotropy} x {PlanText.Number(coarsest)} mm";
        if (target[worst] > limit && size[worst] * Anisotropy < fewest)
        {
            double fine = SampleStatistics.Percentile(fingerprint.Cases.Select(one => one.Spacing[worst]), LowPercentile);
            if (fine < coarsest) fine = coarsest + AboveOthers;
            reasons.Add($"Median spacing {PlanText.Spacing(target)}: worst axis {ratio}, and {PlanText.Number(size[worst])} voxels are fewer than a third of {PlanText.Number(fewest)}: " +
                $"its 10th percentile {PlanText.Number(fine)} mm is taken.");
            target[worst] = fine;
        }
        else
        {
            reasons.Add($"Median spacing {PlanText.Spacing(target)}; no axis is both far coarser and far shorter than the others (worst {ratio}).");
        }
        return target;

        double[] Medians(Func<CaseFingerprint, IReadOnlyList<double>> values) =>
            [.. Enumerable.Range(0, 3).Select(axis => SampleStatistics.Median(fingerprint.Cases.Select(one => values(one)[axis])))];
    }

    private static List<ConfigurationPlan> Volumes(PatchPlanner patches, double[] spacing, double[] median, int cases, List<string> reasons)
    {
        ConfigurationPlan full = patches.Plan(Full, spacing, median, Product(median) * cases);
        double share = Product(full.PatchSize) / Product(median);
        if (share >= LowShare)
        {
            reasons.Add($"No 3d-lowres: a patch of 3d-fullres sees {share:P0} of the median image, at least {LowShare:P0}.");
            return [full];
        }
        // The spacing grows, coarse axes waiting for the fine ones, until a patch sees enough of the image.
        double[] coarse = [.. spacing], shape = median;
        ConfigurationPlan low = full;
        while (Product(low.PatchSize) / Product(shape) < LowShare)
        {
            double largest = coarse.Max();
            bool uneven = coarse.Any(mm => largest / mm > CoarseAxis);
            coarse = [.. coarse.Select(mm => !uneven || largest / mm > CoarseAxis ? mm * LowGrowth : mm)];
            shape = [.. median.Select((side, axis) => side * spacing[axis] / coarse[axis])];
            low = patches.Plan(Low, coarse, [.. shape.Select(side => Math.Round(side))], Product(shape) * cases);
        }
        double gain = Product(median) / Product(shape);
        if (gain < LowGain)
        {
            reasons.Add($"No 3d-lowres: it would have only {gain:F1} times fewer voxels than 3d-fullres, less than {LowGain}.");
            return [full];
        }
        reasons.Add($"3d-lowres beside 3d-fullres: its patch sees only {share:P0} of the median image. nnU-Net's cascade, which refines the coarse result, is not trained here.");
        return [full with { BatchDice = true }, low];
    }

    private static double Product(IEnumerable<double> sides) => sides.Aggregate(1.0, (product, side) => product * side);

    private static double Product(IEnumerable<int> sides) => Product(sides.Select(side => (double)side));
}
