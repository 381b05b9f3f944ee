namespace MedISeg.Benchmarks.Load;

/// <summary>What a load test sends, and where.</summary>
internal sealed record LoadTestOptions
{
    /// <summary>Root of the service.</summary>
    public required Uri Address { get; init; }

    /// <summary>API key; null: none is sent.</summary>
    public string? Key { get; init; }

    /// <summary>Jobs in all, at least 10.</summary>
    public required int Jobs { get; init; }

    /// <summary>Clients that send one job after the other.</summary>
    public required int Clients { get; init; }

    /// <summary>Files of images, taken in turn.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>Packages, taken in turn.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Options of each job as JSON; null: none.</summary>
    public string? Options { get; init; }

    /// <summary>Every tenth job is deleted as soon as it is accepted, and every tenth one is no image.</summary>
    public bool Mixed { get; init; }
}
