using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Jobs.Store;

/// <summary>What a webhook shall hear of a job. Written with the job, due with its end, and kept until it is delivered or given up, also when the
/// job is gone. Holds no patient data.</summary>
internal sealed class NotificationRecord
{
    /// <summary>32 lower-case hexadecimal digits; the same at every try, so that a receiver knows what it has.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the job.</summary>
    public required string JobId { get; init; }

    /// <summary>Name of the target.</summary>
    public required string Target { get; init; }

    /// <summary>States that the target wants to hear of, spelt as callers do, with blanks between them.</summary>
    public required string Events { get; init; }

    /// <summary>Package name.</summary>
    public required string ModelName { get; init; }

    /// <summary>Package version.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>How the job ended; null: it has not, or the target does not want to hear of it.</summary>
    public JobState? State { get; set; }

    /// <summary>Why it failed; null: it did not.</summary>
    public ErrorCode? Code { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>How far the notification is, once the job has ended.</summary>
    public DeliveryState? Delivery { get; set; }

    /// <summary>Tries that were begun.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is tried next; while it is being tried, when that is taken for dead.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>When the target had taken it.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>HTTP status of the last answer; null: none came.</summary>
    public int? Answer { get; set; }
}
