using BenchmarkDotNet.Attributes;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Resampling;

/// <summary>512x512x100 int16 to 273x273x66: each interpolation beside one voxel at a time.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(2), IterationCount(5), InvocationCount(1)]
public class ResamplingBenchmarks
{
    private Volume _source = null!;
    private VolumeGeometry _target = null!;

    [GlobalSetup]
    public void SetUp()
    {
        GridSize size = new(100, 512, 512);
        short[] voxels = new short[size.VoxelCount];
        Random random = new(1);
        for (int n = 0; n < voxels.Length; n++) voxels[n] = (short)random.Next(-1000, 1000);
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(size, new SpacingMm(1, 0.8, 0.8));
        _source = new Volume(geometry, [voxels]);
        _target = geometry.WithGrid(new GridSize(66, 273, 273));
    }

    /// <summary>What handles grids at any angle computes each voxel from its eight neighbours.</summary>
    [Benchmark(Baseline = true, Description = "trilinear, voxel by voxel")]
    public float[] Voxelwise() => ObliqueResampler.Resample(_source, 0, _target, CancellationToken.None);

    [Benchmark(Description = "nearest")]
    public float[] Nearest() => Resample(Interpolation.Nearest);

    [Benchmark(Description = "linear")]
    public float[] Linear() => Resample(Interpolation.Linear);

    [Benchmark(Description = "cubic")]
    public float[] Cubic() => Resample(Interpolation.Cubic);

    private float[] Resample(Interpolation interpolation) =>
        VolumeResampler.Resample(_source, 0, _target, interpolation, IntensityMap.Identity, CancellationToken.None);
}
