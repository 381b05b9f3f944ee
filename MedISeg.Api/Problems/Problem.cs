using MedISeg.Api.Hosting;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Problems;

/// <summary>Problem details (RFC 9457); docs/schemas/problem.schema.json. Holds no patient data.</summary>
public sealed record Problem
{
    /// <summary>Stable URI reference of the problem's page.</summary>
    public required string Type { get; init; }

    /// <summary>One sentence, the same for every occurrence.</summary>
    public required string Title { get; init; }

    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>4xx: what to do about it. Absent for 5xx.</summary>
    public string? Detail { get; init; }

    /// <summary>Address of the job, when there is one.</summary>
    public string? Instance { get; init; }

    /// <summary>Kebab-case code.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the request in the logs.</summary>
    public required string TraceId { get; init; }

    /// <summary>One entry a faulty key; absent when the fault is not in a key.</summary>
    public IReadOnlyList<KeyError>? Errors { get; init; }

    /// <summary>Makes the problem of a code.</summary>
    /// <param name="addresses">Addresses of the service.</param>
    /// <param name="code">Stable code.</param>
    /// <param name="detail">What to do about it; dropped for our own faults.</param>
    /// <param name="traceId">Finds the request in the logs.</param>
    /// <param name="instance">Address of the job, when there is one.</param>
    /// <param name="errors">One entry a faulty key.</param>
    internal static Problem Create(
        Addresses addresses, ErrorCode code, string? detail, string traceId, string? instance = null, IReadOnlyList<KeyError>? errors = null)
    {
        ProblemKind kind = ProblemTable.Of(code);
        bool mayExplain = kind.Status < 500 || code is ErrorCode.PacsFailed or ErrorCode.JobAbandoned;
        return new Problem
        {
            Type = addresses.Problem(kind),
            Title = kind.Title,
            Status = kind.Status,
            Detail = mayExplain ? detail : null,
            Instance = instance,
            Code = kind.Name,
            TraceId = traceId,
            Errors = mayExplain && errors is { Count: > 0 } ? errors : null,
        };
    }
}
