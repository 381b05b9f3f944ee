using BenchmarkDotNet.Attributes;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Morphology;

/// <summary>Labelling, holes, morphology with a ball of 3 mm and smoothing on the masks of the targets, 512x512x300 at 1 mm.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(2), IterationCount(5), InvocationCount(1)]
public class MorphologyBenchmarks
{
    private LabelMap _fresh = null!, _map = null!;

    /// <summary>Name of the mask.</summary>
    [Params("organ", "noisy", "random50")]
    public string Mask { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _fresh = MorphologyMasks.Map(MorphologyMasks.Create(Mask, MorphologyMasks.Full), MorphologyMasks.Full);
        _map = MorphologyMasks.Map(new byte[MorphologyMasks.Full.VoxelCount], MorphologyMasks.Full);
    }

    [IterationSetup]
    public void Renew() => _fresh.Bytes.CopyTo(_map.Bytes);

    [Benchmark(Baseline = true, Description = "label, 26")]
    public int Label() => ConnectedComponents.Label(_map, [1], joint: true, 26).Count;

    [Benchmark(Description = "label two labels, 26")]
    public int LabelMany() => ConnectedComponents.Label(_map, [1, 2], joint: false, 26).Count;

    [Benchmark(Description = "fill holes")]
    public long Fill() => HoleFilling.Fill(_map, [1], 26, null).Voxels;

    [Benchmark(Description = "open by 3 mm")]
    public long Open() => BallMorphology.Apply(_map, [1], BallOperation.Open, 3, 0, overAny: false);

    [Benchmark(Description = "smooth by 1 mm")]
    public long Smooth() => LabelSmoothing.Apply(_map, [1], 1);
}
