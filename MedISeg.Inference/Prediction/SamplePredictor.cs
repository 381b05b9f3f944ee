using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Inference.Prediction;

/// <summary>
/// Test-time augmentation and ensembles: the weighted mean of the scores of every member for every view of a patch, each turned back. It is
/// taken inside the patch, so that memory does not grow with views or members.
/// </summary>
internal sealed class SamplePredictor : IPatchPredictor
{
    private readonly IPatchPredictor[] _members;
    private readonly SampleView[] _views;
    private readonly float[,] _weights;
    private readonly float _sum;
    private readonly VoxelIndex _margin;
    private readonly List<SampleStatistics>? _statistics;
    private readonly int _classes;
    private float[] _patch = [], _scores = [], _back = [], _means = [];

    /// <summary>Creates a predictor of all samples, views times members.</summary>
    /// <param name="members">At least one, all with the same channels and classes.</param>
    /// <param name="weights">One positive weight a member.</param>
    /// <param name="views">Views; the first is the identity, and the others turn the patch or change its intensities.</param>
    /// <param name="margin">Voxels that the scores lack on each side; equal in the planes of quarter turns.</param>
    /// <param name="statistics">What the samples of a patch differ in, written behind its classes; null: nothing.</param>
    public SamplePredictor(IReadOnlyList<IPatchPredictor> members, IReadOnlyList<double> weights, IReadOnlyList<SampleView> views, VoxelIndex margin,
        SampleStatistics? statistics = null)
    {
        if (members.Count == 0 || members.Count != weights.Count) throw new ArgumentException("One weight a member is needed.", nameof(weights));
        if (views.Count == 0 || views[0] is not { View: null, Intensity: null } || views.Any(view => view is { View: not null, Intensity: not null })) throw new ArgumentException("The first view is the identity, and others turn the patch or change its intensities, not both.", nameof(views));
        _members = [.. members];
        _views = [.. views];
        _margin = margin;
        _statistics = statistics is null ? null : [statistics];
        _classes = members[0].Classes;
        _weights = new float[views.Count, members.Count];
        // Scaled so that equal weights are exactly 1: their mean is then the plain sum over the count.
        double largest = views.Max(view => view.Weight) * weights.Max();
        for (int v = 0; v < views.Count; v++)
            for (int m = 0; m < members.Count; m++)
                _sum += _weights[v, m] = (float)(views[v].Weight * weights[m] / largest);
    }

    /// <inheritdoc />
    public int Channels => _members[0].Channels;

    /// <inheritdoc />
    public int Classes => _classes + (_statistics?[0].Channels ?? 0);

    /// <inheritdoc />
    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        if (_statistics is null)
        {
            Average(patch, size, scores, cancellationToken);
            return;
        }
        int batch = patch.Length / checked((int)(Channels * size.VoxelCount)), voxels = scores.Length / batch / Classes, one = _classes * voxels;
        while (_statistics.Count < batch) _statistics.Add(_statistics[0].Another());
        for (int n = 0; n < batch; n++) _statistics[n].Begin(voxels);
        // Statistics lie behind the scores of each patch, which members give one behind the other.
        Span<float> means = batch == 1 ? scores[..one] : Buffer(ref _means, batch * one);
        Average(patch, size, means, cancellationToken);
        for (int n = 0; n < batch; n++)
        {
            Span<float> own = scores.Slice(n * Classes * voxels, Classes * voxels);
            if (batch > 1) means.Slice(n * one, one).CopyTo(own);
            _statistics[n].Write(own[one..]);
        }
    }

    private void Average(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        _members[0].Predict(patch, size, scores, cancellationToken);
        GridSize output = new(size.Depth - 2 * _margin.K, size.Height - 2 * _margin.J, size.Width - 2 * _margin.I);
        Take(scores, output, _weights[0, 0]);
        if (_weights.Length == 1) return;
        TensorPrimitives.Multiply(scores, _weights[0, 0], scores);
        Span<float> sample = Buffer(ref _scores, scores.Length);
        for (int v = 0; v < _views.Length; v++)
        {
            PatchView? view = _views[v].View;
            ReadOnlySpan<float> seen = _views[v].Intensity is { } intensity ? Change(intensity, patch, size) : view is null ? patch : Turn(view, patch, size);
            GridSize seenSize = view?.Orientation.Apply(size) ?? size;
            for (int m = v == 0 ? 1 : 0; m < _members.Length; m++)
            {
                _members[m].Predict(seen, seenSize, sample, cancellationToken);
                if (view is not null && _statistics is null)
                {
                    if (_weights[v, m] != 1) TensorPrimitives.Multiply(sample, _weights[v, m], sample);
                    TurnBack(view, _views[v].Swap, sample, output, scores, true);
                    continue;
                }
                Span<float> back = sample;
                if (view is not null) TurnBack(view, _views[v].Swap, sample, output, back = Buffer(ref _back, sample.Length), false);
                Take(back, output, _weights[v, m]);
                TilingKernels.AddScaled(back, _weights[v, m], scores);
            }
        }
        TensorPrimitives.Divide(scores, _sum, scores);
    }

    /// <summary>Shows each patch's statistics its scores.</summary>
    private void Take(ReadOnlySpan<float> scores, GridSize output, float weight)
    {
        if (_statistics is null) return;
        int one = checked((int)(_classes * output.VoxelCount));
        for (int n = 0; n < scores.Length / one; n++) _statistics[n].Take(scores.Slice(n * one, one), weight);
    }

    private Span<float> Change(IntensityView intensity, ReadOnlySpan<float> patch, GridSize size)
    {
        Span<float> changed = Buffer(ref _patch, patch.Length);
        int one = checked((int)(Channels * size.VoxelCount));
        for (int at = 0; at < patch.Length; at += one) intensity.Apply(patch.Slice(at, one), Channels, changed.Slice(at, one));
        return changed;
    }

    private Span<float> Turn(PatchView view, ReadOnlySpan<float> patch, GridSize size)
    {
        Span<float> turned = Buffer(ref _patch, patch.Length);
        int voxels = checked((int)size.VoxelCount);
        for (int at = 0; at < patch.Length; at += voxels)
            ViewTransform.Apply(patch.Slice(at, voxels), size, view.Orientation, turned.Slice(at, voxels), false);
        return turned;
    }

    /// <summary>Writes or adds the scores of a view, for each class those of the channel that holds it there.</summary>
    private void TurnBack(PatchView view, int[]? swap, ReadOnlySpan<float> sample, GridSize output, Span<float> scores, bool add)
    {
        int voxels = checked((int)output.VoxelCount);
        for (int n = 0; n < scores.Length / voxels; n++)
        {
            int channel = swap is null ? n : n - n % _classes + swap[n % _classes];
            ViewTransform.Apply(
                sample.Slice(channel * voxels, voxels), view.Orientation.Apply(output), view.Orientation.Inverse(), scores.Slice(n * voxels, voxels), add);
        }
    }

    /// <summary>Stays in its place, so that members bind it once. The last batch of an image is smaller than the others.</summary>
    private static Span<float> Buffer(ref float[] buffer, int length)
    {
        if (buffer.Length < length) buffer = GC.AllocateUninitializedArray<float>(length, pinned: true);
        return buffer.AsSpan(0, length);
    }
}
