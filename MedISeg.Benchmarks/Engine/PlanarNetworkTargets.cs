using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Training.Export;
using MedISeg.Training.Networks;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Benchmarks.Engine;

/// <summary>A 2-D U-Net of widths 32 to 512 on 9 patches of 256 x 256: the whole pipeline against ONNX Runtime alone.</summary>
internal static class PlanarNetworkTargets
{
    private const string Pipeline = "planar-network", Bare = "planar-network-bare", QuickPipeline = "planar-network-quick", QuickBare = "planar-network-bare-quick";
    private const int Side = 256, QuickSide = 64, Patches = 9, Classes = 3;
    private const double Overhead = 1.05;

    /// <summary>The network's own time scatters by as much as the target allows; the smallest of so many runs does not.</summary>
    private const int LeastRounds = 16;

    /// <summary>The works of this file: each returns the number of patches that the network saw.</summary>
    public static IEnumerable<EngineWork> Works =>
    [
        new EngineWork(Pipeline, () => PreparePipeline(Side)), new EngineWork(Bare, () => PrepareBare(Side)),
        new EngineWork(QuickPipeline, () => PreparePipeline(QuickSide)), new EngineWork(QuickBare, () => PrepareBare(QuickSide)),
    ];

    /// <summary>Measures the row.</summary>
    /// <inheritdoc cref="EngineTargets.Measure" path="/param"/>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick)
    {
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, quick ? QuickPipeline : Pipeline);
        using WorkProcess bare = WorkProcess.Ours(EngineServer.Verb, quick ? QuickBare : Bare);
        WorkProcess.Alternate(Math.Max(rounds, LeastRounds), ours, bare);
        string? fault = ours.Results.Concat(bare.Results).All(patches => patches == Patches) ? null : "the numbers of patches differ";
        yield return new TargetRow(
            "2-D network through the pipeline against a session", ours.Seconds, bare.Seconds, "s", Overhead, AtLeast: false, ours.PeakMiB, fault);
    }

    private static Func<double> PreparePipeline(int side)
    {
        LoadedModel model = EnginePackage.Load(Network(), [side, side], Classes, null, ScoreDomain.Probabilities);
        GridSize size = new(1, 2 * side, 2 * side);
        short[] voxels = [.. Enumerable.Range(0, (int)size.VoxelCount).Select(n => (short)(n % 251 - 125))];
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)), [voxels]);
        return () => new SegmentationPipeline().Run(image, model, null, null, null, CancellationToken.None).Report.Grids.Patches;
    }

    private static Func<double> PrepareBare(int side)
    {
        using SessionOptions options = new() { IntraOpNumThreads = Environment.ProcessorCount };
        InferenceSession session = new(Network(), options);
        float[] patch = [.. Enumerable.Range(0, side * side).Select(n => n % 251 - 125f)], scores = new float[Classes * side * side];
        OrtValue input = OrtValue.CreateTensorValueFromMemory(patch, [1, 1, side, side]), output = OrtValue.CreateTensorValueFromMemory(scores, [1, Classes, side, side]);
        RunOptions run = new();
        return () =>
        {
            int n = 0;
            for (; n < Patches; n++) session.Run(run, [OnnxFile.Input], [input], [OnnxFile.Output], [output]);
            return n;
        };
    }

    private static byte[] Network()
    {
        Network network = MedISeg.Training.Networks.Network.Of(
            new UNetOptions { Dimensionality = 2, Classes = Classes, Features = [32, 64, 128, 256, 512], Norm = NormKind.Batch });
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.Initialise(seed: 7);
        return OnnxFile.Write(network, weights.ToArrays());
    }
}
