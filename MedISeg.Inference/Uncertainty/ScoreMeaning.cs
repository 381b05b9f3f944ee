using System.Numerics.Tensors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Uncertainty;

/// <summary>What a package's scores mean.</summary>
/// <param name="Channels">Number of classes, background among them, or of regions.</param>
/// <param name="Regions">Whether each channel says of one region whether it is present; otherwise channels exclude each other.</param>
/// <param name="Logits">Whether scores are logits; otherwise they are probabilities.</param>
/// <param name="Threshold">A region is present strictly above this probability.</param>
internal sealed record ScoreMeaning(int Channels, bool Regions, bool Logits, float Threshold)
{
    /// <summary>What the scores of a package mean.</summary>
    public static ScoreMeaning Of(ModelManifest manifest) => new(
        manifest.ScoreChannels(), manifest.PaintedRegions() is not null, manifest.Network.Domain == ScoreDomain.Logits, (float)manifest.Network.Threshold);

    /// <summary>Turns scores, shape [channels, voxels], into probabilities in place.</summary>
    public void ToProbabilities(Span<float> scores)
    {
        if (!Logits) return;
        if (Regions) TensorPrimitives.Sigmoid(scores, scores);
        else Activation.Softmax(scores, Channels);
    }
}
