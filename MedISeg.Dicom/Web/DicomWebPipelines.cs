using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace MedISeg.Dicom.Web;

/// <summary>How one archive is called: again after failures that pass, each try for a limited time, and not at all for a while after many
/// failures in a row.</summary>
internal sealed class DicomWebPipelines
{
    private const int FailuresThatBreak = 8;

    /// <summary>Makes the pipelines of one archive; they share the breaker.</summary>
    public DicomWebPipelines(DicomWebOptions options, TimeProvider time)
    {
        PredicateBuilder<object> passing = new PredicateBuilder().Handle<DicomWebFault>(fault => fault.IsTransient).Handle<TimeoutRejectedException>();
        ResiliencePipelineBuilder shared = new() { TimeProvider = time };
        if (options.Attempts > 1)
            shared.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = passing,
                MaxRetryAttempts = options.Attempts - 1,
                Delay = options.FirstDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = failed => ValueTask.FromResult((failed.Outcome.Exception as DicomWebFault)?.RetryAfter),
            });
        shared.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = passing,
            FailureRatio = 1,
            MinimumThroughput = FailuresThatBreak,
            SamplingDuration = options.TransferTimeout,
            BreakDuration = options.BreakDuration,
        });
        ResiliencePipeline calls = shared.Build();
        Searches = new ResiliencePipelineBuilder { TimeProvider = time }.AddPipeline(calls).AddTimeout(options.AnswerTimeout).Build();
        Transfers = new ResiliencePipelineBuilder { TimeProvider = time }.AddPipeline(calls).AddTimeout(options.TransferTimeout).Build();
    }

    /// <summary>For searches.</summary>
    public ResiliencePipeline Searches { get; }

    /// <summary>For objects.</summary>
    public ResiliencePipeline Transfers { get; }
}
