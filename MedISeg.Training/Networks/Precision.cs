using System.Text.Json.Serialization;

namespace MedISeg.Training.Networks;

/// <summary>Numbers that convolutions, linear layers and what lies between layers are computed in during training.</summary>
public enum Precision
{
    /// <summary>32-bit floats.</summary>
    [JsonStringEnumMemberName("float32")] Full,
    /// <summary>16-bit floats with the range of 32-bit ones. Weights, their gradients and the optimiser, statistics of normalisations, softmax
    /// and losses stay 32-bit.</summary>
    [JsonStringEnumMemberName("bfloat16")] Bfloat16,
}
