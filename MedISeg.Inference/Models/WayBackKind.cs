namespace MedISeg.Inference.Models;

/// <summary>What is resampled to the source grid.</summary>
public enum WayBackKind
{
    /// <summary>Scores, linear; then argmax.</summary>
    Scores,
    /// <summary>Labels, nearest.</summary>
    Labels,
}
