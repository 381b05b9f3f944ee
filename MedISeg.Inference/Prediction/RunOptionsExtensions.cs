using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Prediction;

/// <summary>Ends network calls.</summary>
internal static class RunOptionsExtensions
{
    /// <summary>Lets a token stop the next call; to be disposed behind it.</summary>
    public static CancellationTokenRegistration StopBy(this RunOptions run, CancellationToken cancellationToken)
    {
        // An earlier call may have been stopped.
        run.Terminate = false;
        return cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, run);
    }
}
