using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.WayBack;

namespace MedISeg.Benchmarks.Engine;

/// <summary>The sliding window outside the network: patches of 96^3, overlap 0.5, Gaussian weights, 5 classes, division and argmax.</summary>
internal static class SlidingWindowTargets
{
    private const string Full = "sliding-window", Half = "sliding-window-half", Quick = "sliding-window-quick";
    private const double MemoryMiB = 0.35e9 / (1 << 20), SameLabels = 1e-6;

    /// <summary>Sums in half precision turn labels round where two classes are close.</summary>
    private const double SameHalfLabels = 5e-3;

    /// <summary>The works of this file.</summary>
    public static IEnumerable<EngineWork> Works =>
        [new EngineWork(Full, () => Prepare(new GridSize(200, 512, 512))), new EngineWork(Quick, () => Prepare(new GridSize(120, 200, 200)))];

    /// <summary>Name of the work of a size.</summary>
    public static string Name(bool quick) => quick ? Quick : Full;

    /// <summary>Measures time and memory.</summary>
    /// <inheritdoc cref="EngineTargets.Measure" path="/param"/>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        string name = Name(quick);
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name), peer = EngineTargets.Peer(name, python);
        using WorkProcess half = EngineTargets.Peer(name.Replace(Full, Half, StringComparison.Ordinal), python);
        WorkProcess.Alternate(rounds, ours, peer, half);
        yield return EngineTargets.Row("sliding window outside the network", ours, peer, SameLabels, 4);
        yield return EngineTargets.Row("sliding window outside the network", ours, half, SameHalfLabels, 6);
        yield return new TargetRow("sliding window, memory over the input", ours.PeakMiB - ours.StartMiB, MemoryMiB, "MiB", 1, AtLeast: false, ours.PeakMiB);
    }

    private static Func<double> Prepare(GridSize size)
    {
        float[] image = GC.AllocateUninitializedArray<float>((int)size.VoxelCount);
        for (uint n = 0; n < image.Length; n++) image[n] = (n * 2654435761u >> 8) * (4f / (1 << 24)) - 2;
        PatchGrid grid = PatchGrid.Create(size, new GridSize(96, 96, 96), [0.5, 0.5, 0.5], PatchPlacement.Even);
        ModelManifest manifest = EnginePackage.Manifest([96, 96, 96], 5, null, ScoreDomain.Logits);
        GridMapping mapping = GridMapping.Whole(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)), manifest.Grid, 3);
        return () =>
        {
            LinesNetwork network = new();
            AccumulatorPlan plan = AccumulatorPlan.Smallest(grid, network.Classes);
            SourceLabels wayBack = new(mapping, manifest.Grid, plan, LabelDecision.For(manifest), Environment.ProcessorCount);
            SlidingWindow.Run([image], grid, default, plan, BlendKind.Gaussian, PaddingKind.Constant, network, wayBack.Sink, null, CancellationToken.None);
            long sum = 0, n = 0;
            foreach (byte label in wayBack.Finish().Bytes) sum += label * (n++ % 101);
            return sum;
        };
    }
}
