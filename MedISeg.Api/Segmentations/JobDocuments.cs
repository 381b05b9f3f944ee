using System.Text.Json;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Segmentations;

/// <summary>Makes job documents of stored jobs and of what running ones do right now.</summary>
internal sealed class JobDocuments(JobStore store, NotificationStore notifications, JobNotifier notifier, Addresses addresses)
{
    /// <summary>A job that the caller sees.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="owner">The caller; null: jobs of all.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownJob"/>.</exception>
    public async Task<JobRecord> FindAsync(string id, string? owner, CancellationToken cancellationToken) =>
        (JobId.IsValid(id) ? await store.FindAsync(id, owner, cancellationToken).ConfigureAwait(false) : null) ?? throw Unknown();

    /// <summary>The refusal of an id that names no job of the caller.</summary>
    public static SegmentationException Unknown() => new(ErrorCode.UnknownJob,
        "There is no such job: it was deleted, its retention ended, or it was never accepted. GET /v1/segmentations lists your jobs.");

    /// <summary>The document of a job.</summary>
    /// <param name="job">As stored.</param>
    /// <param name="withReport">Whether the report and the webhooks go with it.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<JobDocument> DescribeAsync(JobRecord job, bool withReport, CancellationToken cancellationToken)
    {
        JobLive? live = job.State == JobState.Running && notifier.Find(job.Id) is { State: JobState.Running } now ? now : null;
        string self = addresses.Job(job.Id);
        return new JobDocument
        {
            Id = job.Id,
            Owner = job.Owner,
            State = job.State,
            Phase = live?.Phase ?? job.Phase,
            Percent = live?.Percent ?? job.Percent,
            Stage = live?.Stage,
            QueuePlace = job.State == JobState.Queued ? await store.QueuePlaceAsync(job, cancellationToken).ConfigureAwait(false) : null,
            Model = new JobModel(job.ModelName, job.ModelVersion, job.ModelSha256),
            CreatedAt = job.CreatedAt,
            StartedAt = job.StartedAt,
            FinishedAt = job.FinishedAt,
            ExpiresAt = job.ExpiresAt,
            Attempts = job.Attempts,
            Report = withReport && job.Report is not null ? Parse(job.Report) : null,
            Problem = Problem(job.Failure, job.Id),
            Delivery = job.DeliverTo is null
                ? null
                : new JobDelivery(job.DeliverTo, job.Delivery, job.DeliveryAttempts, job.DeliverAt, job.DeliveredAt, Problem(job.DeliveryFailure, job.Id)),
            Notifications = withReport ? await NotificationsAsync(job.Id, cancellationToken).ConfigureAwait(false) : null,
            Links = new JobLinks(self, self + "/events", self + "/result"),
        };
    }

    private async Task<IReadOnlyList<JobNotification>?> NotificationsAsync(string id, CancellationToken cancellationToken)
    {
        IReadOnlyList<NotificationRecord> found = await notifications.OfJobAsync(id, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : [.. found.Select(n => new JobNotification(n.Target, n.Delivery, n.Attempts, n.DueAt, n.DeliveredAt, n.Answer))];
    }

    private Problem? Problem(string? json, string id)
    {
        if (json is null) return null;
        JobFailure failure = JobFailure.FromJson(json);
        return Problems.Problem.Create(addresses, failure.Code, failure.Detail, failure.TraceId, addresses.Job(id), failure.Errors);
    }

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
