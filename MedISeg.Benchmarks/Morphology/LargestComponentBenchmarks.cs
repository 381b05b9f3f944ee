using BenchmarkDotNet.Attributes;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Morphology;

/// <summary>Largest 26-connected component of ten ellipsoids with islands in 512x512x150: run-based union-find against a breadth-first flood.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(1), IterationCount(5), InvocationCount(1)]
public class LargestComponentBenchmarks
{
    private static readonly GridSize Size = new(150, 512, 512);
    private LabelMap _map = null!;

    [GlobalSetup]
    public void SetUp()
    {
        byte[] labels = new byte[Size.VoxelCount];
        Random random = new(1);
        for (int organ = 0; organ < 10; organ++)
        {
            double ck = random.Next(30, 120), cj = random.Next(80, 430), ci = random.Next(80, 430), r = random.Next(15, 60);
            for (int k = 0; k < Size.Depth; k++)
                for (int j = 0; j < Size.Height; j++)
                    for (int i = 0; i < Size.Width; i++)
                        if ((k - ck) * (k - ck) * 4 + (j - cj) * (j - cj) + (i - ci) * (i - ci) < r * r) labels[Size.Offset(k, j, i)] = 1;
        }
        for (int island = 0; island < 20000; island++) labels[random.NextInt64(Size.VoxelCount)] = 1;
        _map = new LabelMap(VolumeGeometry.AxisAligned(Size, new SpacingMm(1, 1, 1)), labels);
    }

    [Benchmark(Baseline = true, Description = "breadth-first flood")]
    public long Flood()
    {
        ReadOnlySpan<byte> labels = _map.Bytes;
        bool[] seen = new bool[labels.Length];
        Queue<int> queue = new();
        long largest = 0;
        for (int seed = 0; seed < labels.Length; seed++)
        {
            if (labels[seed] == 0 || seen[seed]) continue;
            seen[seed] = true;
            queue.Enqueue(seed);
            long count = 0;
            while (queue.TryDequeue(out int at))
            {
                count++;
                int i = at % Size.Width, j = at / Size.Width % Size.Height, k = at / (Size.Width * Size.Height);
                for (int nk = Math.Max(0, k - 1); nk <= Math.Min(Size.Depth - 1, k + 1); nk++)
                    for (int nj = Math.Max(0, j - 1); nj <= Math.Min(Size.Height - 1, j + 1); nj++)
                        for (int ni = Math.Max(0, i - 1); ni <= Math.Min(Size.Width - 1, i + 1); ni++)
                        {
                            int next = (int)Size.Offset(nk, nj, ni);
                            if (labels[next] == 0 || seen[next]) continue;
                            seen[next] = true;
                            queue.Enqueue(next);
                        }
            }
            largest = Math.Max(largest, count);
        }
        return largest;
    }

    [Benchmark(Description = "runs and union-find")]
    public long Runs() => ConnectedComponents.Label(_map, [1], joint: false, connectivity: 26).Components.Max(component => component.Size);
}
