using System.Text.Json;
using MedISeg.Api.Hosting;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Jobs.Store;

/// <summary>Why a job failed.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Detail">What to do about it; null for our own faults.</param>
/// <param name="TraceId">Finds the run in the logs.</param>
/// <param name="Errors">One entry a faulty key.</param>
internal sealed record JobFailure(ErrorCode Code, string? Detail, string TraceId, IReadOnlyList<KeyError> Errors)
{
    /// <summary>As stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ApiJson.Options);

    /// <summary>From what was stored.</summary>
    public static JobFailure FromJson(string json) =>
        JsonSerializer.Deserialize<JobFailure>(json, ApiJson.Options) ?? throw new InvalidOperationException("A stored failure is empty.");
}
