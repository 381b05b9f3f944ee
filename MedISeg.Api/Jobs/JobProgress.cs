using MedISeg.Api.Jobs.Store;
using MedISeg.Inference;

namespace MedISeg.Api.Jobs;

/// <summary>Passes a run's progress on: every step of a tenth of a percent to listeners, now and then to the store.</summary>
internal sealed class JobProgress(
    JobRecord job, JobStore store, JobNotifier notifier, TimeSpan interval, TimeProvider time, ILogger logger, Action lost) : IProgress<SegmentationProgress>
{
    private SegmentationPhase? _phase;
    private double _percent;
    private long _stored = time.GetTimestamp();

    /// <summary>Stores and tells that the job begins.</summary>
    /// <returns>Whether the job is still this worker's.</returns>
    public bool Begin()
    {
        notifier.Publish(job.Id, new JobLive(JobState.Running, SegmentationPhase.Reading, 0));
        return IsStillOurs(SegmentationPhase.Reading, 0);
    }

    /// <inheritdoc />
    public void Report(SegmentationProgress value)
    {
        double percent = _percent;
        if (value.Share is { } share) percent = Math.Max(_percent, Math.Clamp(Math.Round(100 * share, 1), 0, 100));
        bool newPhase = value.Phase != _phase;
        if (!newPhase && percent == _percent) return;
        (_phase, _percent) = (value.Phase, percent);
        notifier.Publish(job.Id, new JobLive(JobState.Running, value.Phase, percent, value.Stage));
        if (time.GetElapsedTime(_stored) < interval) return;
        _stored = time.GetTimestamp();
        // The row says that the job is not ours any more: deleted, or taken over.
        if (!IsStillOurs(value.Phase, percent)) lost();
    }

    /// <summary>A store that fails for a while does not say whose the job is, and is no reason to give up a healthy one.</summary>
    private bool IsStillOurs(SegmentationPhase phase, double percent)
    {
        try
        {
            return store.ReportProgress(job, phase, percent);
        }
#pragma warning disable CA1031 // Progress is a courtesy; the outcome is recorded with patience.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            return true;
        }
    }
}
