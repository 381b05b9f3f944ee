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

    /// <summary>512x512x600 voxels at the package's 1.5 mm.</summary>
    public static readonly Case Coarse = new("104 classes at 1.5 mm, peak memory", "many-classes-1.5mm", 6);

    /// <summary>512x512x600 voxels at their own grid.</summary>
    public static readonly Case Native = new("104 classes at the native grid, peak memory", "many-classes-native", 12);

    /// <summary>100x100x120 voxels with patches of 32^3.</summary>
    public static readonly Case Small = new("104 classes, small, peak memory", "many-classes-quick", 1);

    /// <summary>The works of this file: 1 where the peak is at most the estimate and labels of most classes came out, else 0.</summary>
    public static IEnumerable<EngineWork> Works =>
    [
        new EngineWork(Coarse.Work, () => Prepare(new GridSize(600, 512, 512), 128, [1.5, 1.5, 1.5])),
        new EngineWork(Native.Work, () => Prepare(new GridSize(600, 512, 512), 128, null)),
        new EngineWork(Small.Work, () => Prepare(new GridSize(120, 100, 100), 32, [1.5, 1.5, 1.5])),
    ];

    /// <summary>Measures each once, in a process of its own.</summary>
    /// <param name="quick">The small one only.</param>
    public static IEnumerable<TargetRow> Measure(bool quick) => (quick ? [Small] : new[] { Coarse, Native }).Select(Measure);

    /// <summary>Measures one, in a process of its own.</summary>
    public static TargetRow Measure(Case one)
    {
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, one.Work);
        ours.Run();
        string? fault = ours.Results[0] > 0 ? null : "the peak is above the estimate, or labels are missing";
        return new TargetRow(one.Title, ours.PeakMiB, one.LimitGiB * 1024, "MiB", 1, AtLeast: false, ours.PeakMiB, fault);
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

    /// <summary>A run.</summary>
    /// <param name="Title">Name of its row.</param>
    /// <param name="Work">Name of its work.</param>
    /// <param name="LimitGiB">Memory that it may take.</param>
    internal sealed record Case(string Title, string Work, double LimitGiB);
}
