using MedISeg.Inference;

namespace MedISeg.Api.Jobs.Store;

/// <summary>A job as stored. Holds no patient data: files lie under names of ours.</summary>
internal sealed class JobRecord
{
    /// <summary>Order of arrival; also the page cursor.</summary>
    public long Sequence { get; set; }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Who started it; nobody else sees it.</summary>
    public required string Owner { get; init; }

    /// <summary>State.</summary>
    public JobState State { get; set; }

    /// <summary>Jobs of a higher priority run first.</summary>
    public int Priority { get; init; }

    /// <summary>Among jobs of one priority those of a lower turn run first. A caller's next job has a higher one, so that callers take turns.</summary>
    public long Turn { get; set; }

    /// <summary>What a running job does.</summary>
    public SegmentationPhase? Phase { get; set; }

    /// <summary>Patches done, 0 to 100.</summary>
    public double Percent { get; set; }

    /// <summary>Starts that count against the limit: a start that shutdown ended does not.</summary>
    public int Attempts { get; set; }

    /// <summary>Fencing token: grows with every start. A worker writes only while its token is the row's.</summary>
    public long Token { get; set; }

    /// <summary>Until when the worker that has the job is taken to be alive; it renews this meanwhile.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>Package name.</summary>
    public required string ModelName { get; init; }

    /// <summary>Package version, resolved when the job was accepted.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Hash of the package that ran.</summary>
    public string? ModelSha256 { get; set; }

    /// <summary>Options of the request as JSON; null: none.</summary>
    public string? Options { get; init; }

    /// <summary>Kind of image; the first bytes say it, and once succeeded the image itself.</summary>
    public InputKind InputKind { get; set; }

    /// <summary>Number of input files.</summary>
    public int InputFiles { get; init; }

    /// <summary>Run report as JSON, once succeeded.</summary>
    public string? Report { get; set; }

    /// <summary>Why it failed, as JSON of <see cref="JobFailure"/>.</summary>
    public string? Failure { get; set; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last start was.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it became final.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When it is removed.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Archive that takes the result; null: none.</summary>
    public string? DeliverTo { get; init; }

    /// <summary>How far the delivery is, once the job succeeded.</summary>
    public DeliveryState? Delivery { get; set; }

    /// <summary>Deliveries that were tried.</summary>
    public int DeliveryAttempts { get; set; }

    /// <summary>When the delivery is tried next.</summary>
    public DateTimeOffset? DeliverAt { get; set; }

    /// <summary>When the archive had taken the result.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>Why the last delivery failed, as JSON of <see cref="JobFailure"/>.</summary>
    public string? DeliveryFailure { get; set; }

    /// <summary>Deleted by its caller: hidden, and removed as soon as no worker has it.</summary>
    public bool Deleted { get; set; }
}
