namespace MedISeg.Inference.Models;

/// <summary>What is averaged over views, patches and members, and interpolated on the way back.</summary>
public enum ScoreDomain
{
    /// <summary>Probabilities (the paper).</summary>
    Probabilities,
    /// <summary>Logits (nnU-Net).</summary>
    Logits,
}
