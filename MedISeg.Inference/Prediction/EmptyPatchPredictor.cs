using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Prediction;

/// <summary>
/// Spares the network patches that hold nothing: every channel is constant at its smallest value in the image, such as air. They are
/// background with probability 1.
/// </summary>
internal sealed class EmptyPatchPredictor : IPatchPredictor
{
    /// <summary>Values this part of the channel's range above the smallest one count as that one: resampling rounds.</summary>
    private const float Tolerance = 1e-4f;

    /// <summary>A logit beside 0 whose probability is 0 in single precision.</summary>
    private const float NoLogit = -110;

    private readonly IPatchPredictor _inner;
    private readonly float[] _limits;
    private readonly float[] _background;

    /// <summary>Decorates a predictor.</summary>
    /// <param name="inner">Predicts what is not empty.</param>
    /// <param name="channels">The image on the model grid, one array a channel.</param>
    /// <param name="manifest">The package: what background looks like in its scores.</param>
    public EmptyPatchPredictor(IPatchPredictor inner, IReadOnlyList<float[]> channels, ModelManifest manifest)
    {
        _inner = inner;
        _limits = [.. channels.Select(channel =>
        {
            float least = TensorPrimitives.Min<float>(channel);
            return least + Tolerance * (TensorPrimitives.Max<float>(channel) - least);
        })];
        bool logits = manifest.Network.Domain == ScoreDomain.Logits;
        float absent = logits ? NoLogit : 0, present = logits ? 0 : 1;
        bool regions = manifest.PaintedRegions() is not null;
        // Channels behind the network's tell how samples differ: not at all.
        int network = manifest.ScoreChannels();
        _background = [.. Enumerable.Range(0, inner.Classes).Select(c => c >= network ? 0 : c == 0 && !regions ? present : absent)];
    }

    /// <summary>Patches that the network was spared so far.</summary>
    public long Skipped { get; private set; }

    /// <inheritdoc />
    public int Channels => _inner.Channels;

    /// <inheritdoc />
    public int Classes => _inner.Classes;

    /// <inheritdoc />
    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        int voxels = checked((int)size.VoxelCount), input = Channels * voxels, batch = patch.Length / input, output = scores.Length / batch;
        int from = 0;
        for (int n = 0; n <= batch; n++)
        {
            bool empty = n < batch && IsEmpty(patch.Slice(n * input, input), voxels);
            if (n < batch && !empty) continue;
            // The patches since the last empty one go to the network together.
            if (n > from)
                _inner.Predict(patch[(from * input)..(n * input)], size, scores[(from * output)..(n * output)], cancellationToken);
            from = n + 1;
            if (!empty) continue;
            Span<float> background = scores.Slice(n * output, output);
            for (int c = 0; c < Classes; c++) background.Slice(c * (output / Classes), output / Classes).Fill(_background[c]);
            Skipped++;
        }
    }

    private bool IsEmpty(ReadOnlySpan<float> patch, int voxels)
    {
        for (int c = 0; c < _limits.Length; c++)
        {
            ReadOnlySpan<float> channel = patch.Slice(c * voxels, voxels);
            // Most patches are found out by their middle.
            if (channel[voxels / 2] > _limits[c] || TensorPrimitives.Max(channel) > _limits[c]) return false;
        }
        return true;
    }
}
