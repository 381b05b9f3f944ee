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
    private const int Organs = 104, Across = 8;

    private readonly SegmentDescription[] _segments = [.. Enumerable.Range(1, Organs).Select(label => new SegmentDescription { Label = label, Name = $"organ {label}", TrackingUid = $"2.25.{label}" })];
    private LabelMap _labels = null!;
    private byte[] _packed = [];
    private int _frames;

    [GlobalSetup]
    public void SetUp()
    {
        GridSize size = new(300, 512, 512);
        _labels = LabelMap.Empty(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)), Organs);
        // Ellipsoids on a grid of 8 x 8 places in a slice, a quarter as wide as long.
        for (int n = 0; n < Organs; n++)
        {
            (int x, int y, int z) = (32 + 64 * (n % Across), 32 + 64 * (n / Across % Across), 75 + 150 * (n / (Across * Across)));
            for (int k = 0; k < size.Depth; k++)
                for (int j = y - 30; j < y + 30; j++)
                    for (int i = x - 30; i < x + 30; i++)
                        if (Square(k - z, 70) + Square(j - y, 30) + Square(i - x, 28) < 1) _labels.Bytes[(int)size.Offset(k, j, i)] = (byte)(n + 1);
        }
        IReadOnlyList<SegmentFrame> frames = SegmentFrames.Find(_labels, _segments, CancellationToken.None);
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
        SegmentPixels.Write(output, _labels, _segments, SegmentFrames.Find(_labels, _segments, CancellationToken.None), CancellationToken.None);
    }

    private static double Square(double distance, double half) => distance * distance / (half * half);

    private static FileStream Target() => new(
        Path.Combine(Path.GetTempPath(), "mediseg-binary-pixels.bin"), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
}
