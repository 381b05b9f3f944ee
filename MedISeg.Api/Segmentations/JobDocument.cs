using System.Text.Json;
using System.Text.Json.Serialization;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Problems;
using MedISeg.Inference;

namespace MedISeg.Api.Segmentations;

/// <summary>A segmentation job; docs/schemas/job.schema.json. Holds no patient data.</summary>
public sealed record JobDocument
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the caller that started it.</summary>
    public required string Owner { get; init; }

    /// <summary>State.</summary>
    public required JobState State { get; init; }

    /// <summary>What a running job does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SegmentationPhase? Phase { get; init; }

    /// <summary>Patches done, 0 to 100.</summary>
    public required double Percent { get; init; }

    /// <summary>Stage of a cascade that runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public RunStage? Stage { get; init; }

    /// <summary>Place of a queued job, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? QueuePlace { get; init; }

    /// <summary>The package that runs.</summary>
    public required JobModel Model { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last start was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the service removes it and its result.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Starts, those aside that a stop of the service ended.</summary>
    public required int Attempts { get; init; }

    /// <summary>Run report of a succeeded job: recipe, timings, memory, measurements, warnings. Not in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Report { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Problem? Problem { get; init; }

    /// <summary>Delivery of the result to a PACS; absent where none was asked for.</summary>
    public JobDelivery? Delivery { get; init; }

    /// <summary>Webhooks that are told of its end; absent where there are none. Not in lists.</summary>
    public IReadOnlyList<JobNotification>? Notifications { get; init; }

    /// <summary>Where the rest is.</summary>
    public required JobLinks Links { get; init; }
}

/// <summary>The package that a job runs.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">Version.</param>
/// <param name="Sha256">Hash of the package, once it ran.</param>
public sealed record JobModel(string Name, string Version, string? Sha256);

/// <summary>Delivery of a result to a PACS.</summary>
/// <param name="Pacs">Name of the PACS.</param>
/// <param name="State">How far it is; null until the job has succeeded.</param>
/// <param name="Attempts">Deliveries that were tried.</param>
/// <param name="NextAt">When it is tried next.</param>
/// <param name="DeliveredAt">When the PACS had taken the result.</param>
/// <param name="Problem">Why the last one failed.</param>
public sealed record JobDelivery(
    string Pacs, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DeliveryState? State, int Attempts, DateTimeOffset? NextAt,
    DateTimeOffset? DeliveredAt, Problem? Problem);

/// <summary>A webhook that is told of the end of a job.</summary>
/// <param name="Webhook">Name of the target.</param>
/// <param name="State">How far it is; null: the job has not ended, or not in a way that the target wants to hear of.</param>
/// <param name="Attempts">Tries that were begun.</param>
/// <param name="NextAt">When it is tried next.</param>
/// <param name="DeliveredAt">When the target had taken it.</param>
/// <param name="Answer">HTTP status of the target's last answer; absent: none came.</param>
public sealed record JobNotification(
    string Webhook, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DeliveryState? State, int Attempts, DateTimeOffset? NextAt, DateTimeOffset? DeliveredAt, int? Answer);

/// <summary>Addresses of a job.</summary>
/// <param name="Self">The job.</param>
/// <param name="Events">Its events.</param>
/// <param name="Result">Its result.</param>
public sealed record JobLinks(string Self, string Events, string Result);

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Items">The jobs, without their reports.</param>
/// <param name="Next">Address of the next page; null: this is the last.</param>
public sealed record JobListDocument(
    IReadOnlyList<JobDocument> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>Data of the events <c>state</c> and <c>progress</c>.</summary>
/// <param name="State">State.</param>
/// <param name="Phase">What a running job does.</param>
/// <param name="Percent">Patches done, 0 to 100.</param>
/// <param name="QueuePlace">Place of a queued job, from 1.</param>
/// <param name="Stage">Stage of a cascade that runs.</param>
public sealed record JobEventDocument(
    JobState State, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] SegmentationPhase? Phase, double Percent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? QueuePlace,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] RunStage? Stage = null);
