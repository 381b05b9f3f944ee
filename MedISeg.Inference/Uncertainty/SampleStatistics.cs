using System.Numerics.Tensors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.WayBack;

namespace MedISeg.Inference.Uncertainty;

/// <summary>How far the samples of one patch, views times members, differ voxel by voxel. Holds sums only, so that it does not grow with samples.</summary>
internal sealed class SampleStatistics
{
    private readonly ScoreMeaning _meaning;
    private readonly OutputKind[] _kinds;
    private readonly bool _shares, _votes;
    private float[] _sample = [], _mean = [], _square = [], _entropy = [], _said = [], _best = [];
    private int[] _labels = [];
    private int _voxels;
    private float _weight;

    /// <summary>Creates statistics.</summary>
    /// <param name="meaning">What scores mean.</param>
    /// <param name="kinds">Of variance, disagreement and mutual information those that are wanted, in their order.</param>
    public SampleStatistics(ScoreMeaning meaning, IReadOnlyList<OutputKind> kinds)
    {
        _meaning = meaning;
        _kinds = [.. kinds];
        _shares = _kinds.Any(kind => kind != OutputKind.Disagreement);
        _votes = _kinds.Contains(OutputKind.Disagreement);
    }

    /// <summary>Number of values a voxel.</summary>
    public int Channels => _kinds.Length;

    /// <summary>Statistics of the same kinds for another patch of a batch.</summary>
    public SampleStatistics Another() => new(_meaning, _kinds);

    /// <summary>Floats that are held for each voxel of a patch.</summary>
    public static long FloatsPerVoxel(int channels) => 3L * channels + 4;

    /// <summary>Begins a patch.</summary>
    public void Begin(int voxels)
    {
        int channels = _meaning.Channels;
        if (_sample.Length != channels * voxels)
        {
            _sample = new float[channels * voxels];
            _mean = new float[_shares ? channels * voxels : 0];
            _square = new float[_shares ? voxels : 0];
            _entropy = new float[_shares ? voxels : 0];
            _said = new float[_votes ? channels * voxels : 0];
            _best = new float[voxels];
            _labels = new int[voxels];
        }
        _voxels = voxels;
        _weight = 0;
        Array.Clear(_mean);
        Array.Clear(_square);
        Array.Clear(_entropy);
        Array.Clear(_said);
    }

    /// <summary>Takes the scores of a sample, turned back.</summary>
    /// <param name="scores">Shape [channels, voxels]; not changed.</param>
    /// <param name="weight">Its weight.</param>
    public void Take(ReadOnlySpan<float> scores, float weight)
    {
        scores.CopyTo(_sample);
        _meaning.ToProbabilities(_sample);
        _weight += weight;
        if (_votes) Vote(weight);
        if (!_shares) return;
        TilingKernels.AddScaled(_sample, weight, _mean);
        for (int c = 0; c < _meaning.Channels; c++) UncertaintyKernels.AddSquares(_sample.AsSpan(c * _voxels, _voxels), weight, _square);
        if (!_kinds.Contains(OutputKind.MutualInformation)) return;
        UncertaintyKernels.Entropy(_sample, _meaning, _best);
        TilingKernels.AddScaled(_best, weight, _entropy);
    }

    /// <summary>Writes what was found, shape [kinds, voxels].</summary>
    public void Write(Span<float> target)
    {
        if (_shares) TensorPrimitives.Divide(_mean, _weight, _mean);
        for (int n = 0; n < _kinds.Length; n++)
        {
            Span<float> values = target.Slice(n * _voxels, _voxels);
            switch (_kinds[n])
            {
                case OutputKind.Variance:
                    TensorPrimitives.Divide(_square, _weight, values);
                    for (int c = 0; c < _meaning.Channels; c++) UncertaintyKernels.AddSquares(_mean.AsSpan(c * _voxels, _voxels), -1, values);
                    TensorPrimitives.Divide(values, _meaning.Channels, values);
                    break;
                case OutputKind.MutualInformation:
                    UncertaintyKernels.Entropy(_mean, _meaning, values);
                    TilingKernels.AddScaled(_entropy, -1 / _weight, values);
                    break;
                default:
                    Disagreement(values);
                    break;
            }
            TensorPrimitives.Max(values, 0f, values);
        }
    }

    /// <summary>Adds the weight to the class that a sample says, or to each region that it says is there.</summary>
    private void Vote(float weight)
    {
        for (int c = 0; c < _meaning.Channels; c++)
        {
            Span<float> scores = _sample.AsSpan(c * _voxels, _voxels);
            if (_meaning.Regions)
            {
                Array.Clear(_labels);
                LabelDecision.Paint(scores, _meaning.Threshold, 1, _labels);
                for (int v = 0; v < _voxels; v++) _said[c * _voxels + v] += weight * _labels[v];
            }
            else if (c == 0)
            {
                scores.CopyTo(_best);
                Array.Clear(_labels);
            }
            else
            {
                LabelDecision.TakeBetter(scores, c, _best, _labels);
            }
        }
        if (_meaning.Regions) return;
        for (int v = 0; v < _voxels; v++) _said[_labels[v] * _voxels + v] += weight;
    }

    /// <summary>One less the largest share of the weight that says one class; of regions the mean share of the fewer.</summary>
    private void Disagreement(Span<float> values)
    {
        values.Clear();
        for (int c = 0; c < _meaning.Channels; c++)
        {
            ReadOnlySpan<float> said = _said.AsSpan(c * _voxels, _voxels);
            if (!_meaning.Regions) TensorPrimitives.Max(values, said, values);
            else
                for (int v = 0; v < _voxels; v++) values[v] += Math.Min(said[v], _weight - said[v]) / _meaning.Channels;
        }
        TensorPrimitives.Divide(values, _weight, values);
        if (!_meaning.Regions) TensorPrimitives.Subtract(1f, values, values);
    }
}
