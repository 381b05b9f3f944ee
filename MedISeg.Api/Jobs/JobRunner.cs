using System.Diagnostics;
using System.Text.Json;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Pacs;
using MedISeg.Api.Results;
using MedISeg.Api.Telemetry;
using MedISeg.Imaging.Errors;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Runs one job from its files to its stored result.</summary>
internal sealed class JobRunner(
    JobStore store, JobFiles files, JobArtifacts artifacts, JobSignal signal, JobNotifier notifier, Dispatcher dispatcher, JobInputs inputs, DeliveryWorker deliveries, ModelCatalog models,
    ModelState state, ServerDefaults defaults, SegmentationPipeline pipeline, DicomSources sources, MemoryBudget memory, ServiceMetrics metrics, IOptions<JobOptions> options, TimeProvider time, ILogger<JobRunner> logger)
{
    /// <summary>First and longest wait between two tries to record an outcome.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100), LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Runs a claimed job to its end, or until it is deleted or the service stops.</summary>
    public void Run(JobRecord job, CancellationToken stoppingToken)
    {
        using Activity activity = Tracing.Root("segmentation")
            .SetTag("mediseg.model", job.ModelName).SetTag("mediseg.version", job.ModelVersion).SetTag("mediseg.attempt", job.Attempts);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        long start = time.GetTimestamp();
        signal.Enter(job, stop);
        try
        {
            JobProgress progress = new(job, store, notifier, options.Value.ProgressInterval, time, logger, stop.Cancel);
            if (!progress.Begin())
            {
                // Deleted between the claim and Enter, when there was no worker to stop.
                Record(() => PutBackOrRemove(job), stoppingToken);
                return;
            }
            Log.JobStarted(logger, job.ModelName, job.ModelVersion, job.Attempts);
            Segment(job, progress, stop, stoppingToken);
            Tell(JobState.Succeeded);
            Log.JobEnded(logger, job.ModelName, job.ModelVersion, JobState.Succeeded, time.GetElapsedTime(start).TotalMilliseconds);
            notifier.Publish(job.Id, new JobLive(JobState.Succeeded, null, 100));
            if (job.DeliverTo is not null) deliveries.Wake();
            TidyUp(() => artifacts.EndInputAsync(job.Id));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            JobState? outcome = null;
            Record(() => outcome = PutBackOrRemove(job), stoppingToken);
            Tell(outcome);
        }
        catch (SegmentationException failure)
        {
            Tell(JobState.Failed, failure.Code);
            JobFailure told = new(failure.Code, failure.Message, activity.Id!, failure.Errors);
            Record(() => Fail(job, told), stoppingToken);
        }
#pragma warning disable CA1031 // Whatever a job does, the next one shall run.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Tell(JobState.Failed, ErrorCode.Internal);
            Log.JobBroke(logger, failure.GetType().Name, failure.StackTrace ?? "");
            JobFailure told = new(ErrorCode.Internal, null, activity.Id!, []);
            Record(() => Fail(job, told), stoppingToken);
        }
        finally
        {
            TidyUp(() =>
            {
                artifacts.Leave(job.Id);
                return Task.CompletedTask;
            });
            signal.Leave(job.Id);
            // Deleted when it had ended already, and before it left: whoever deleted it relies on this worker.
            if (stop.IsCancellationRequested && !stoppingToken.IsCancellationRequested) Record(() => RemoveIfDeleted(job), stoppingToken);
        }

        void Tell(JobState? state, ErrorCode? code = null)
        {
            metrics.Ended(job, state, code, time.GetElapsedTime(start));
            activity.SetTag("mediseg.state", state?.ToString() ?? "Lost").SetTag("mediseg.code", code?.ToString());
            if (state == JobState.Failed) activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Tries until the store takes the outcome or the service stops; then the next start finds the job running and recovers it.</summary>
    private void Record(Action outcome, CancellationToken stoppingToken)
    {
        for (TimeSpan wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                outcome();
                return;
            }
#pragma warning disable CA1031 // A job without an outcome would run forever.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            }
            if (stoppingToken.WaitHandle.WaitOne(wait)) return;
        }
    }

    /// <summary>Tries until the artifact store answers, or the job is stopped. The worker is a thread of its own and has nothing to do meanwhile.</summary>
    private static void Persist(Func<Task> work, CancellationToken cancellationToken)
    {
        for (TimeSpan wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                work().GetAwaiter().GetResult();
                return;
            }
            catch (SegmentationException failure) when (failure.Code == ErrorCode.StoreUnavailable)
            {
                // Logged where it was met.
            }
            cancellationToken.WaitHandle.WaitOne(wait);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Segment(JobRecord job, JobProgress progress, CancellationTokenSource stop, CancellationToken stoppingToken)
    {
        CancellationToken cancellationToken = stop.Token;
        // Another process may have accepted the job for a package that came since this one looked.
        if (models.TryFind(job.ModelName, job.ModelVersion) is null) models.Refresh(load: false, cancellationToken);
        ModelManifest manifest = models.Find(job.ModelName, job.ModelVersion);
        SegmentationOptions? requested = job.Options is null ? null : OptionsReader.Parse(job.Options);
        JobStages stages = new();
        stages.Note("waiting", job.StartedAt is { } begun && begun > job.CreatedAt ? begun - job.CreatedAt : TimeSpan.Zero);
        JobImage input = stages.Time("reading", () =>
        {
            Persist(() => artifacts.FetchInputAsync(job.Id, cancellationToken), cancellationToken);
            return inputs.Read(job, manifest, requested, cancellationToken);
        });
        if (job.DeliverTo is not null && input.Kind != InputKind.Dicom)
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                "The images do not say where they lie in the patient and what they are called, so that no DICOM segmentation can be stored; ask with \"store\": false.");
        using ModelLease lease = stages.Time("loading", () => models.Rent(job.ModelName, job.ModelVersion, cancellationToken));
        LoadedModel model = lease.Model;
        state.Device = model.Device;
        MemoryEstimate estimate = inputs.CheckCost(input.Image, model, requested);
        long fits = time.GetTimestamp();
        using IDisposable room = memory.Take(estimate, cancellationToken);
        stages.Note("waiting", time.GetElapsedTime(fits));
        metrics.Started(job, estimate);
        SegmentationResult result = pipeline.Run(input.Image, model, requested, defaults.Options, progress, cancellationToken);
        stages.Take(result.Report.TimingsMs, time.GetUtcNow());
        bool overlay = result.Report.Recipe.Options.Outputs?.Contains(OutputKind.Overlay) == true;
        string[] unmade = [];
        if (overlay && input.Kind != InputKind.Dicom) unmade = ["No overlay was made: the image is no DICOM series with a place in the patient."];
        else if (overlay && DicomSources.ShowsPatient(result.Report.Recipe, input.Sources))
            unmade = ["No overlay was made: the images have annotation burned into their pixels, which de-identification does not remove."];
        RunReport report = result.Report with { Warnings = [.. input.Warnings, .. unmade, .. result.Report.Warnings] };

        progress.Report(new SegmentationProgress(SegmentationPhase.Encoding, 0, 0));
        string folder = files.CreateResultFolder(job.Id, job.Token);
        DicomSource? source = input.Kind == InputKind.Dicom ? sources.Create(manifest, report.Recipe, input.Sources) : null;
        stages.Time("encoding", () =>
        {
            ResultArtifacts.Write(folder, input.Kind, result, source, overlay && unmade.Length == 0 ? input.Image : null, cancellationToken);
            Persist(() => artifacts.SaveResultAsync(job.Id, job.Token, cancellationToken), cancellationToken);
            return true;
        });
        cancellationToken.ThrowIfCancellationRequested();
        string json = JsonSerializer.Serialize(report with { TimingsMs = stages.Milliseconds }, SegmentationOptions.Json);
        bool published = false;
        Record(() => published = store.Succeed(job, input.Kind, report.Recipe.Sha256, json), stoppingToken);
        if (!published)
        {
            // The job is not this worker's any more, or the service stopped before the store took the result.
            stop.Cancel();
            throw new OperationCanceledException(cancellationToken);
        }
        metrics.Ran(job, estimate.NetworkCalls, stages.Milliseconds);
    }

    private void Fail(JobRecord job, JobFailure failure)
    {
        if (!store.Fail(job, failure))
        {
            PutBackOrRemove(job);
            return;
        }
        Log.JobFailed(logger, job.ModelName, job.ModelVersion, failure.Code);
        notifier.Publish(job.Id, new JobLive(JobState.Failed, null, 0));
        TidyUp(() => artifacts.EndInputAsync(job.Id));
        TidyUp(() => artifacts.RemoveResultAsync(job.Id, job.Token));
    }

    /// <returns>Queued or cancelled; null: another worker has the job.</returns>
    private JobState? PutBackOrRemove(JobRecord job)
    {
        if (store.Requeue(job))
        {
            Log.JobPutBack(logger, job.ModelName, job.ModelVersion);
            TidyUp(() => artifacts.RemoveResultAsync(job.Id, job.Token));
            dispatcher.Announce(job);
            notifier.Publish(job.Id, new JobLive(JobState.Queued, null, 0));
            return JobState.Queued;
        }
        if (!store.IsDeleted(job.Id))
        {
            // Another worker took it over: only what this start made is ours.
            TidyUp(() => artifacts.RemoveResultAsync(job.Id, job.Token));
            return null;
        }
        Log.JobCancelled(logger, job.ModelName, job.ModelVersion);
        RemoveIfDeleted(job);
        notifier.Publish(job.Id, new JobLive(JobState.Cancelled, null, 0));
        return JobState.Cancelled;
    }

    /// <summary>Whoever deletes while a worker has the job leaves the files to the worker.</summary>
    private void RemoveIfDeleted(JobRecord job)
    {
        if (!store.IsDeleted(job.Id)) return;
        // What cannot go now goes with the next sweep.
        if (TidyUp(() => artifacts.RemoveAsync(job.Id))) store.Remove(job.Id);
    }

    /// <summary>Files that cannot be removed now go with the job, when its retention ends.</summary>
    private bool TidyUp(Func<Task> remove)
    {
        try
        {
            remove().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SegmentationException)
        {
            Log.CleanupFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            return false;
        }
    }
}
