using MedISeg.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Prediction;

/// <summary>Calls of one session. Safe for several threads; disposed before the session.</summary>
internal interface ISessionCalls : IDisposable
{
    /// <summary>One call.</summary>
    /// <param name="signature">Names and shapes.</param>
    /// <param name="size">Extent of a patch, and how many there are.</param>
    /// <param name="input">Values of the input, borrowed.</param>
    /// <param name="output">Receives the output.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="OnnxRuntimeException">The network failed or was stopped.</exception>
    void Run(OnnxSignature signature, BatchSize size, ReadOnlySpan<float> input, Span<float> output, CancellationToken cancellationToken);
}
