using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Prediction;

/// <summary>Turns patches into scores. Decorators add views (test-time augmentation) and members (ensembles).</summary>
public interface IPatchPredictor
{
    /// <summary>Number of input channels.</summary>
    int Channels { get; }

    /// <summary>Number of score channels (classes or regions).</summary>
    int Classes { get; }

    /// <summary>Predicts one patch, or several of one size at once.</summary>
    /// <param name="patch">Shape [batch, channels, depth, height, width], row-major, normalised; borrowed and not changed. The batch follows
    /// from the length.</param>
    /// <param name="size">Extent of the patch; views that turn a plane call with swapped sides.</param>
    /// <param name="scores">Receives shape [batch, classes, depth, height, width]: probabilities or logits as the package's domain says.</param>
    /// <param name="cancellationToken">Checked once a network call.</param>
    void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken);
}
