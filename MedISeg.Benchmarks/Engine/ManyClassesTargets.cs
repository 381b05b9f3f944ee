using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Reports;
using MedISeg.Training.Export;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Memory of a whole run with 104 classes: 512x512x600 voxels of 0.8x0.8x1 mm, patches of 128^3, overlap 0.5, way back on.</summary>
internal static class ManyClassesTargets
{
    private const int Classes = 104;
    private const string Coarse = "many-classes-1.5mm", Native = "many-classes-native", Quick = "many-classes-quick";

    /// <summary>The works of this file.</summary>
    public static IEnumerable<EngineWork> Works =>
    [
        new EngineWork(Coarse, () => Prepare(new GridSize(600, 512, 512), 128, [1.5, 1.5, 1.5])),
        new EngineWork(Native, () => Prepare(new GridSize(600, 512, 512), 128, null)),
        new EngineWork(Quick, () => Prepare(new GridSize(120, 100, 100), 32, [1.5, 1.5, 1.5])),
    ];

    /// <summary>Measures each once, in a process of its own.</summary>
    /// <param name="quick">A small size, against its own estimate.</param>
    public static IEnumerable<TargetRow> Measure(bool quick)
    {
        (string Title, string Name, double LimitGiB)[] rows = quick
            ? [("104 classes, small, peak memory", Quick, 1)]
            : [("104 classes at 1.5 mm, peak memory", Coarse, 6), ("104 classes at the native grid, peak memory", Native, 12)];
        return rows.Select(row => Measure(row.Title, row.Name, row.LimitGiB));
    }

    private static TargetRow Measure(string title, string name, double limitGiB)
    {
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name);
        ours.Run();
        string? fault = ours.Results[0] > 0 ? null : "the peak is above the estimate, or labels are missing";
        return new TargetRow(title, ours.PeakMiB, limitGiB * 1024, "MiB", 1, AtLeast: false, ours.PeakMiB, fault);
    }

    private static Func<double> Prepare(GridSize size, int side, double[]? spacing)
    {
        LoadedModel model = EnginePackage.Load(Network(), [side, side, side], Classes, spacing, ScoreDomain.Logits);
        short[] voxels = GC.AllocateUninitializedArray<short>((int)size.VoxelCount);
        for (int n = 0; n < voxels.Length; n++) voxels[n] = (short)(n % 997 * Classes / 997);
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 0.8, 0.8)), [voxels]);
        return () =>
        {
            SegmentationResult result = new SegmentationPipeline().Run(image, model, null, null, null, CancellationToken.None);
            RunMemory memory = result.Report.Memory;
            Console.Error.WriteLine($"estimate {memory.EstimatedBytes >> 20} MiB, sums {memory.AccumulatorBytes >> 20} MiB, peak {memory.ProcessPeakBytes >> 20} MiB");
            bool all = result.Report.Segments.Count(segment => segment.Voxels > 0) > Classes / 2;
            return all && memory.ProcessPeakBytes <= memory.EstimatedBytes ? 1 : 0;
        };
    }

    /// <summary>A pointwise convolution. The logit of class c is 2 c v - c^2, which is largest for the class that is next to the value v.</summary>
    private static byte[] Network()
    {
        float[] weights = new float[Classes], offsets = new float[Classes];
        for (int c = 0; c < Classes; c++) (weights[c], offsets[c]) = (2f * c, -(float)c * c);
        OnnxGraph graph = new();
        string scores = graph.Node("Conv",
            ["image", graph.Initialiser("weights", [Classes, 1, 1, 1, 1], weights), graph.Initialiser("offsets", [Classes], offsets)],
            OnnxGraph.Integers("kernel_shape", [1, 1, 1]));
        return graph.Finish(("image", ["batch", 1, "depth", "height", "width"]), scores, ("logits", ["batch", Classes, "depth", "height", "width"]));
    }
}
