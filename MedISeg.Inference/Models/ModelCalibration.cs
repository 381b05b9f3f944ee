using System.Text.Json;

namespace MedISeg.Inference.Models;

/// <summary>Calibration.</summary>
public sealed record ModelCalibration
{
    /// <summary>Logits are divided by it before the activation.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How it was found, as written; null: not said.</summary>
    public JsonElement? Fit { get; init; }
}
