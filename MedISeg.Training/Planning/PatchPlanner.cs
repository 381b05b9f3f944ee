using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Planning;

/// <summary>Sizes patch, network and batch for one grid within a budget.</summary>
/// <param name="options">Budget and kind of network.</param>
/// <param name="inputs">Input channels.</param>
/// <param name="classes">Classes with background.</param>
/// <remarks>Source: nnU-Net v2's planners (plain and ResEnc); checked against published plans in <c>PublishedPlanTests</c>.</remarks>
internal sealed class PatchPlanner(PlanOptions options, int inputs, int classes)
{
    private const int BaseFeatures = 32, MostFeatures3D = 320, MostFeatures2D = 512, LeastBatch = 2, MostBatch = 1024;
    private const double ReferenceGb = 8, DatasetShare = 0.05;

    /// <summary>Voxels that a processor's patch keeps by taking fewer features first.</summary>
    private const double ProcessorVoxels3D = 64 * 64 * 64, ProcessorVoxels2D = 192 * 192;

    /// <summary>How many times the finest level's channels the deepest may have, and patches a step at most, on a processor.</summary>
    private const int ProcessorGrowth = 8, ProcessorBatch = 16;

    /// <summary>Channels of the finest level that are tried for a processor.</summary>
    private static readonly int[] ProcessorFeatures = [32, 24, 16, 12, 8];

    /// <summary>Plans one configuration.</summary>
    /// <param name="name">2d, 3d-fullres or 3d-lowres.</param>
    /// <param name="spacing">mm an axis, slowest first; two or three.</param>
    /// <param name="medianShape">Median of the cases at this spacing, voxels.</param>
    /// <param name="datasetVoxels">Voxels of all cases at this spacing.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the images or the budget are too small for a network.</exception>
    public ConfigurationPlan Plan(string name, IReadOnlyList<double> spacing, IReadOnlyList<double> medianShape, double datasetVoxels)
    {
        NetworkTopology start = NetworkTopology.For(spacing, StartPatch(spacing, medianShape));
        if (start.Strides.Count < 2)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The images have a median of {PlanText.Sides(medianShape)} voxels, too few for a network of two levels: two sides of 8 or one of 12 are needed.");
        (NetworkTopology topology, UNetOptions network) = Fit(start, spacing, medianShape);
        NetworkCost cost = NetworkCost.Of(network, topology.Patch);
        (int batch, string why) = Batch(cost, topology, datasetVoxels);
        List<string> reasons =
            [$"Largest useful patch {PlanText.Sides(start.Patch)}: the median image of {PlanText.Sides(medianShape)} voxels, at most {(spacing.Count == 3 ? "256³" : "2048²")}, in multiples of {PlanText.Sides(start.Divisors)}."];
        if (!topology.Patch.SequenceEqual(start.Patch))
            reasons.Add($"Made smaller to {PlanText.Sides(topology.Patch)}, each time the side that is longest beside the median image, until a batch of {LeastBatch} fits {Budget}.");
        if (topology.Kernels.Any(kernel => kernel.Contains(1)))
            reasons.Add("Kernels are flat and steps 1 along an axis until the finer axes have come within a factor of 2 of its spacing.");
        reasons.Add(why);
        if (options.Cpu)
            reasons.Add(string.Create(CultureInfo.InvariantCulture,
                $"{network.Features[0]} features at the finest level; a step takes about {cost.StepSeconds(batch, options.Gigaflops):F2} s at {options.Gigaflops:G3} gigaflops and {cost.TrainingBytes(batch) / 1e9:F2} GB."));
        return new ConfigurationPlan
        {
            Name = name, Spacing = spacing, MedianShape = medianShape, PatchSize = topology.Patch, BatchSize = batch, Network = network, Cost = cost,
            Reasons = reasons,
        };
    }

    private string Budget => string.Create(CultureInfo.InvariantCulture,
        $"{(options.Cpu ? $"{options.StepSeconds:G3} s a step at {options.Gigaflops:G3} gigaflops and " : "")}{options.MemoryGb:G3} GB");

    /// <summary>The aspect of the spacing at a volume that is certainly large, cut to the median image.</summary>
    private static double[] StartPatch(IReadOnlyList<double> spacing, IReadOnlyList<double> medianShape)
    {
        double volume = spacing.Count == 3 ? Math.Pow(256, 3) : Math.Pow(2048, 2);
        double scale = Math.Pow(volume * spacing.Aggregate(1.0, (product, mm) => product * mm), 1.0 / spacing.Count);
        return [.. spacing.Select((mm, axis) => Math.Min(Math.Round(scale / mm), medianShape[axis]))];
    }

    /// <summary>The largest patch that fits; on a processor with as many features as leave it a useful size.</summary>
    private (NetworkTopology Topology, UNetOptions Network) Fit(NetworkTopology start, IReadOnlyList<double> spacing, IReadOnlyList<double> medianShape)
    {
        bool volume = spacing.Count == 3;
        double enough = Math.Min(Product(start.Patch), volume ? ProcessorVoxels3D : ProcessorVoxels2D);
        (int First, int Most)[] widths = options.Cpu
            ? [.. ProcessorFeatures.Select(first => (first, first * ProcessorGrowth))]
            : [(BaseFeatures, volume ? MostFeatures3D : MostFeatures2D)];
        (NetworkTopology Topology, UNetOptions Network)? found = null;
        foreach ((int first, int most) in widths)
        {
            found = Shrink(start, spacing, medianShape, first, most);
            if (found is { } fitting && Product(fitting.Topology.Patch) >= enough) break;
        }
        return found ?? throw new SegmentationException(ErrorCode.InvalidOption,
            $"Not even the smallest patch fits {Budget}; allow more memory{(options.Cpu ? " or longer steps" : "")}.");
    }

    /// <summary>Takes voxels from the side that is longest beside the median image until the network fits; null: it never does.</summary>
    private (NetworkTopology Topology, UNetOptions Network)? Shrink(
        NetworkTopology start, IReadOnlyList<double> spacing, IReadOnlyList<double> medianShape, int features, int most)
    {
        NetworkTopology topology = start;
        while (true)
        {
            UNetOptions network = Network(topology, features, most);
            if (Fits(NetworkCost.Of(network, topology.Patch), spacing.Count)) return (topology, network);
            int longest = 0;
            for (int axis = 1; axis < spacing.Count; axis++)
                if (topology.Patch[axis] / medianShape[axis] >= topology.Patch[longest] / medianShape[longest]) longest = axis;
            // One step of the old topology would jump over sides that are sound with fewer levels: the step is that of the smaller patch.
            int step = NetworkTopology.For(spacing, Less(topology.Patch, longest, topology.Divisors[longest])).Divisors[longest];
            if (topology.Patch[longest] <= step) return null;
            topology = NetworkTopology.For(spacing, Less(topology.Patch, longest, step));
            if (topology.Strides.Count < 2) return null;
        }
    }

    private static double[] Less(IReadOnlyList<int> patch, int axis, int voxels) =>
        [.. patch.Select((side, n) => (double)(n == axis ? side - voxels : side))];

    private bool Fits(NetworkCost cost, int dimensions) => options.Cpu
        ? cost.StepSeconds(LeastBatch, options.Gigaflops) <= options.StepSeconds && cost.TrainingBytes(LeastBatch) <= options.MemoryGb * 1e9
        : (double)cost.FeatureElements / ReferenceBatch(dimensions) * LeastBatch <= Reference(dimensions);

    private (int Batch, string Why) Batch(NetworkCost cost, NetworkTopology topology, double datasetVoxels)
    {
        int dimensions = topology.Patch.Count;
        double room = options.Cpu
            ? Math.Min(ProcessorBatch, Math.Floor(Math.Min(options.StepSeconds / cost.StepSeconds(1, options.Gigaflops), options.MemoryGb * 1e9 / cost.TrainingBytes(1))))
            : Math.Min(MostBatch, Math.Round(Reference(dimensions) / cost.FeatureElements * ReferenceBatch(dimensions)));
        // The residual presets see as much of the data set at once as fits.
        double share = Math.Round(datasetVoxels * (options.Residual ? 1 : DatasetShare) / Product(topology.Patch));
        int batch = (int)Math.Max(Math.Min(room, share), LeastBatch);
        string limit = batch == LeastBatch ? "the smallest one" : share < room ? $"{(options.Residual ? "all" : "5 %")} of the data set's voxels" : $"what fits {Budget}";
        return (batch, $"Batch of {batch}: {limit}.");
    }

    /// <summary>Elements of feature maps that the budget allows at the reference batch.</summary>
    private double Reference(int dimensions) => options.MemoryGb / ReferenceGb * (dimensions, options.Residual) switch
    {
        (3, false) => 560e6,
        (3, true) => 680e6,
        (_, false) => 85e6,
        _ => 135e6,
    };

    private static int ReferenceBatch(int dimensions) => dimensions == 3 ? 2 : 12;

    private UNetOptions Network(NetworkTopology topology, int features, int most) => new()
    {
        Dimensionality = topology.Patch.Count,
        InputChannels = inputs,
        Classes = classes,
        Features = [.. topology.Strides.Select((_, level) => (int)Math.Min(most, (long)features << level))],
        Convolutions = [options.Residual ? 1 : 2],
        Kernels = topology.Kernels,
        Strides = topology.Strides,
        Residual = options.Residual,
    };

    private static double Product(IReadOnlyList<int> sides) => sides.Aggregate(1.0, (product, side) => product * side);
}
