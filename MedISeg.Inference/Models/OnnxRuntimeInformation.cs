using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Models;

/// <summary>What the ONNX Runtime beside this program is.</summary>
public static class OnnxRuntimeInformation
{
    /// <summary>Its version.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Execution providers that it was built with, best first, by the runtime's own names. One that is listed may still find no device.</summary>
    public static IReadOnlyList<string> Providers => OrtEnv.Instance().GetAvailableProviders();
}
