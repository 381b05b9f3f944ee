using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;

namespace MedISeg.Tests.Support;

/// <summary>A predictor that is a function of a patch: (patch, extent, scores).</summary>
public sealed class ScoresPredictor(int channels, int classes, ScoresPredictor.Body body) : IPatchPredictor
{
    public delegate void Body(ReadOnlySpan<float> patch, GridSize size, Span<float> scores);

    public int Channels => channels;

    public int Classes => classes;

    public int Calls { get; private set; }

    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        Calls++;
        body(patch, size, scores);
    }
}
