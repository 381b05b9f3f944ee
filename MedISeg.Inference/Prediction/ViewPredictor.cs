using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Prediction;

/// <summary>Test-time augmentation: the mean of the scores of a patch and of its views, each turned back.</summary>
internal sealed class ViewPredictor : IPatchPredictor
{
    private readonly IPatchPredictor _inner;
    private readonly PatchView[] _views;
    private readonly int[][] _channels;
    private readonly VoxelIndex _margin;
    private float[] _patch = [];
    private float[] _scores = [];

    /// <summary>Decorates a predictor.</summary>
    /// <param name="inner">Predicts a patch as it is.</param>
    /// <param name="views">Views besides the identity, which is always one.</param>
    /// <param name="swaps">For each view the score channel that holds each class after the view; null: unchanged.</param>
    /// <param name="margin">Voxels that the scores lack on each side; equal in the planes of quarter turns.</param>
    public ViewPredictor(IPatchPredictor inner, IReadOnlyList<PatchView> views, IReadOnlyList<int[]?> swaps, VoxelIndex margin)
    {
        _inner = inner;
        _views = [.. views];
        _channels = [.. swaps.Select(swap => swap ?? [.. Enumerable.Range(0, inner.Classes)])];
        _margin = margin;
    }

    /// <inheritdoc />
    public int Channels => _inner.Channels;

    /// <inheritdoc />
    public int Classes => _inner.Classes;

    /// <inheritdoc />
    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        _inner.Predict(patch, size, scores, cancellationToken);
        if (_views.Length == 0) return;
        if (_patch.Length != patch.Length) _patch = new float[patch.Length];
        if (_scores.Length != scores.Length) _scores = new float[scores.Length];
        int inputVoxels = checked((int)size.VoxelCount), batch = patch.Length / Channels / inputVoxels, outputVoxels = scores.Length / Classes / batch;
        GridSize output = new(size.Depth - 2 * _margin.K, size.Height - 2 * _margin.J, size.Width - 2 * _margin.I);
        for (int v = 0; v < _views.Length; v++)
        {
            PatchView view = _views[v];
            for (int c = 0; c < batch * Channels; c++)
                ViewTransform.Apply(patch.Slice(c * inputVoxels, inputVoxels), size, view.Orientation, _patch.AsSpan(c * inputVoxels, inputVoxels), false);
            _inner.Predict(_patch, view.Orientation.Apply(size), _scores, cancellationToken);
            for (int c = 0; c < batch * Classes; c++)
                ViewTransform.Apply(
                    _scores.AsSpan((c - c % Classes + _channels[v][c % Classes]) * outputVoxels, outputVoxels), view.Orientation.Apply(output), view.Orientation.Inverse(),
                    scores.Slice(c * outputVoxels, outputVoxels), true);
        }
        TensorPrimitives.Divide(scores, _views.Length + 1, scores);
    }
}
