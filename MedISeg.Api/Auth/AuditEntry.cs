namespace MedISeg.Api.Auth;

/// <summary>A line of the audit trail. Holds no patient data: names of ours, ids of ours, codes.</summary>
/// <param name="Caller">Who it was; null: someone without valid credentials.</param>
/// <param name="Action">What was asked for: the operation's name in the OpenAPI document, or acceptJob.</param>
/// <param name="Job">Id of the job; null: none.</param>
/// <param name="Archive">Name of the PACS; null: none.</param>
/// <param name="Status">HTTP status of the answer, 499 where the client went away before it; null: none, a job was accepted.</param>
/// <param name="TraceId">Finds the request in the logs.</param>
internal sealed record AuditEntry(string? Caller, string Action, string? Job, string? Archive, int? Status, string TraceId)
{
    /// <summary>When it was written; the trail sets it.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>SHA-256 of the line before, without its end; the trail sets it.</summary>
    public string Previous { get; init; } = "";
}
