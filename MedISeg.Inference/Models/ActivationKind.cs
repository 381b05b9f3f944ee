namespace MedISeg.Inference.Models;

/// <summary>What turns the output into probabilities.</summary>
public enum ActivationKind
{
    /// <summary>Softmax over classes.</summary>
    Softmax,
    /// <summary>Sigmoid a channel.</summary>
    Sigmoid,
    /// <summary>Already probabilities.</summary>
    None,
}
