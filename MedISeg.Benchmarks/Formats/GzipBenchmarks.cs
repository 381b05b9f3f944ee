using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Formats;

/// <summary>512x512x64 int16 as .nii.gz: blocks packed side by side against one gzip stream of the same level.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(1), IterationCount(4), InvocationCount(1)]
public class GzipBenchmarks
{
    private Volume _volume = null!;

    [GlobalSetup]
    public void SetUp()
    {
        GridSize size = new(64, 512, 512);
        short[] voxels = new short[size.VoxelCount];
        Random random = new(1);
        for (int n = 0; n < voxels.Length; n++) voxels[n] = (short)(n / 512 % 512 < 60 ? -1000 + random.Next(6) : 30 + random.Next(-15, 16));
        _volume = new Volume(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)), [voxels]);
    }

    [Benchmark(Baseline = true, Description = "one stream")]
    public void OneStream()
    {
        using GZipStream gzip = new(Stream.Null, new ZLibCompressionOptions { CompressionLevel = 2 });
        NiftiWriter.Write(gzip, _volume, gzip: false);
    }

    [Benchmark(Description = "blocks side by side")]
    public void Blocks() => NiftiWriter.Write(Stream.Null, _volume, gzip: true);
}
