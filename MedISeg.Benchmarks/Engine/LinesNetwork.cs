using System.Numerics.Tensors;
using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;

namespace MedISeg.Benchmarks.Engine;

/// <summary>A network that costs next to nothing: a line in the image a class. Its own time counts on <see cref="NetworkClock"/>.</summary>
internal sealed class LinesNetwork : IPatchPredictor
{
    private static readonly float[] Slopes = [1, 0.5f, -1, 0.25f, -0.3f], Offsets = [0, 0.1f, 0.2f, 0.3f, 0.4f];

    /// <inheritdoc />
    public int Channels => 1;

    /// <inheritdoc />
    public int Classes => Slopes.Length;

    /// <inheritdoc />
    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        double started = ThreadClock.Seconds;
        for (int c = 0; c < Slopes.Length; c++)
        {
            Span<float> line = scores.Slice(c * patch.Length, patch.Length);
            TensorPrimitives.Multiply(patch, Slopes[c], line);
            TensorPrimitives.Add(line, Offsets[c], line);
        }
        NetworkClock.Seconds += ThreadClock.Seconds - started;
    }
}
