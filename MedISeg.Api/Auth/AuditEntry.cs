namespace MedISeg.Api.Auth;

/// <summary>A line of the audit trail. Holds no patient data: names of ours, ids of ours, codes.</summary>
/// <param name="Caller">Who it was, or <see cref="Service"/>; null: someone without valid credentials.</param>
/// <param name="Action">What was asked for: the operation's name in the OpenAPI document, or what the service did: acceptJob, deliver, giveUpDelivery, notify, giveUpNotification, expireJob, deadLetterJob, serveModel, dropModel.</param>
/// <param name="Job">Id of the job; null: none.</param>
/// <param name="Archive">Name of the PACS; null: none.</param>
/// <param name="Status">HTTP status of the answer, 499 where the client went away before it; of a webhook the target's; null: none.</param>
/// <param name="TraceId">Finds the request in the logs.</param>
internal sealed record AuditEntry(string? Caller, string Action, string? Job, string? Archive, int? Status, string TraceId)
{
    /// <summary>Who the caller is in lines of what the service did by itself.</summary>
    public const string Service = "service";

    /// <summary>Package, as <c>name@version</c>; null: none.</summary>
    public string? Model { get; init; }

    /// <summary>Name of the target of a webhook; null: none.</summary>
    public string? Webhook { get; init; }

    /// <summary>When it was written; the trail sets it.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>SHA-256 of the line before, without its end; the trail sets it.</summary>
    public string Previous { get; init; } = "";
}
