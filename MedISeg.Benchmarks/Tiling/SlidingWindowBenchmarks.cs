using BenchmarkDotNet.Attributes;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.Tiling;

namespace MedISeg.Benchmarks.Tiling;

/// <summary>The sliding window outside the network, patch 96x96x96, overlap 0.5, Gaussian, 5 classes, argmax: streamed slab by slab
/// against sums and weights of the whole volume. Allocated bytes are what each holds beside the image.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(1), IterationCount(5), InvocationCount(1)]
public class SlidingWindowBenchmarks
{
    private const int Classes = 5;
    private static readonly GridSize Patch = new(96, 96, 96);
    private GridSize _size;
    private float[] _image = [];
    private PatchGrid _grid = null!;
    private BlendWeights _weights = null!;

    [Params(100, 200)]
    public int Slices { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _size = new GridSize(Slices, 512, 512);
        _image = GC.AllocateUninitializedArray<float>((int)_size.VoxelCount);
        Random random = new(1);
        for (int n = 0; n < _image.Length; n++) _image[n] = random.NextSingle() * 4 - 2;
        _grid = PatchGrid.Create(_size, Patch, [0.5, 0.5, 0.5], PatchPlacement.Even);
        _weights = BlendWeights.Create(BlendKind.Gaussian, Patch);
    }

    [Benchmark(Baseline = true, Description = "whole-volume sums")]
    public byte[] WholeVolume()
    {
        CheapNetwork network = new();
        int voxels = (int)_size.VoxelCount;
        float[][] sums = [.. Enumerable.Range(0, Classes).Select(_ => new float[voxels])];
        float[] weightSum = new float[voxels], patch = new float[Patch.VoxelCount], scores = new float[Classes * Patch.VoxelCount];
        foreach (int k in _grid.Starts(0))
            foreach (int j in _grid.Starts(1))
                foreach (int i in _grid.Starts(2))
                {
                    CopyPatch(k, j, i, patch);
                    network.Predict(patch, Patch, scores, CancellationToken.None);
                    Parallel.For(0, Patch.Depth, dk => AddPlane(sums, weightSum, scores, k, j, i, dk));
                }
        byte[] labels = new byte[voxels];
        Parallel.For(0, _size.Depth, k => ArgmaxPlane(sums, weightSum, labels, k));
        return labels;
    }

    [Benchmark(Description = "streamed")]
    public byte[] Streamed()
    {
        ArgmaxSink sink = new(_size);
        SlidingWindow.Run([_image], _grid, default, AccumulatorPlan.Smallest(_grid, Classes), BlendKind.Gaussian, PaddingKind.Constant,
            new CheapNetwork(), sink, null, CancellationToken.None);
        return sink.Labels;
    }

    private void CopyPatch(int k, int j, int i, float[] patch)
    {
        for (int dk = 0; dk < Patch.Depth; dk++)
            for (int dj = 0; dj < Patch.Height; dj++)
                _image.AsSpan((int)_size.Offset(k + dk, j + dj, i), Patch.Width).CopyTo(patch.AsSpan((int)Patch.Offset(dk, dj, 0)));
    }

    private void AddPlane(float[][] sums, float[] weightSum, float[] scores, int k, int j, int i, int dk)
    {
        for (int dj = 0; dj < Patch.Height; dj++)
        {
            float scale = _weights.Factors(0)[dk] * _weights.Factors(1)[dj];
            int to = (int)_size.Offset(k + dk, j + dj, i), from = (int)Patch.Offset(dk, dj, 0);
            for (int c = 0; c < Classes; c++)
                TilingKernels.AddBlended(
                    scores.AsSpan(from + c * (int)Patch.VoxelCount, Patch.Width), _weights.Factors(2), scale, _weights.Floor, sums[c].AsSpan(to, Patch.Width));
            TilingKernels.AddWeights(_weights.Factors(2), scale, _weights.Floor, weightSum.AsSpan(to, Patch.Width));
        }
    }

    private void ArgmaxPlane(float[][] sums, float[] weightSum, byte[] labels, int k)
    {
        int start = (int)_size.Offset(k, 0, 0);
        for (int n = start; n < start + _size.Height * _size.Width; n++)
        {
            float best = sums[0][n] / weightSum[n];
            for (int c = 1; c < Classes; c++)
            {
                float value = sums[c][n] / weightSum[n];
                if (value > best) (best, labels[n]) = (value, (byte)c);
            }
        }
    }

    /// <summary>Scores that cost next to nothing: a multiple of the image a class.</summary>
    private sealed class CheapNetwork : IPatchPredictor
    {
        private static readonly float[] Factors = [0, 1, -1, 0.5f, -0.5f];

        public int Channels => 1;

        public int Classes => Factors.Length;

        public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
        {
            for (int c = 0; c < Factors.Length; c++)
                System.Numerics.Tensors.TensorPrimitives.Multiply(patch, Factors[c], scores.Slice(c * patch.Length, patch.Length));
        }
    }

    /// <summary>Argmax of each band as it leaves.</summary>
    private sealed class ArgmaxSink(GridSize size) : IBandSink
    {
        public byte[] Labels { get; } = new byte[size.VoxelCount];

        public void Accept(in Band band)
        {
            int voxels = (int)band.Size.VoxelCount;
            for (int k = 0, n = 0; k < band.Size.Depth; k++)
                for (int j = 0; j < band.Size.Height; j++)
                {
                    int to = (int)size.Offset(band.Origin.K + k, band.Origin.J + j, band.Origin.I);
                    for (int i = 0; i < band.Size.Width; i++, n++)
                    {
                        float best = band.Scores[n];
                        byte label = 0;
                        for (int c = 1; c < band.Classes; c++)
                            if (band.Scores[n + c * voxels] > best) (best, label) = (band.Scores[n + c * voxels], (byte)c);
                        Labels[to + i] = label;
                    }
                }
        }

        public void Complete() { }
    }
}
