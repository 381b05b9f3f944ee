using BenchmarkDotNet.Attributes;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Segmentations;

/// <summary>Pixel data of a segmentation of 104 organs, 512x512x300: found and packed frame by frame, against writing as many bytes that are
/// packed already.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(1), IterationCount(5), InvocationCount(1)]
public class BinaryPixelsBenchmarks
{
    private LabelMap _labels = null!;
    private byte[] _packed = [];
    private int _frames;

    [GlobalSetup]
    public void SetUp()
    {
        GridSize size = new(300, 512, 512);
        _labels = OrganGrid.Create(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)));
        IReadOnlyList<SegmentFrame> frames = SegmentFrames.Find(_labels, OrganGrid.Segments, CancellationToken.None);
        _frames = frames.Count;
        _packed = new byte[size.Height * size.Width / 8];
    }

    [Benchmark(Baseline = true, Description = "bytes alone")]
    public void Bytes()
    {
        using FileStream output = Target();
        for (int n = 0; n < _frames; n++) output.Write(_packed);
    }

    [Benchmark(Description = "find, pack and write")]
    public void Pack()
    {
        using FileStream output = Target();
        SegmentPixels.Write(output, _labels, OrganGrid.Segments, SegmentFrames.Find(_labels, OrganGrid.Segments, CancellationToken.None), CancellationToken.None);
    }

    private static FileStream Target() => OrganGrid.Target(Path.Combine(Path.GetTempPath(), "mediseg-binary-pixels.bin"));
}
