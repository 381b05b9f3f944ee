using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Jobs;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Jobs</c>: queue, waiting, retention.</summary>
public sealed class JobOptions
{
    /// <summary>Most jobs that wait, 1 to 100000; the next request gets queue-full. Default 100.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; init; } = 100;

    /// <summary>Most unfinished jobs of one caller, 1 to 100000; the next request gets quota-exceeded. Default 100. Not in mode none.</summary>
    [Range(1, 100_000)]
    public int MaxPerCaller { get; init; } = 100;

    /// <summary>Jobs that this process runs at a time, 1 (default) to 64. A second one reads and encodes while the first has the network, and takes
    /// memory of its own; one that does not fit beside the others waits.</summary>
    [Range(1, 64)]
    public int Workers { get; init; } = 1;

    /// <summary>How long a request without a Prefer header waits for its result, 0 s to 1 h. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DefaultWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait that a request may ask for, 0 s to 1 h. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a finished job keeps its result, 1 s to 3650 days. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether a job keeps the files that were sent as long as its result; else they are removed when it ends. Default false.</summary>
    public bool KeepInputs { get; init; }

    /// <summary>How often ended retentions are looked for, 1 s to 1 day. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CleanupInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Starts of a job before it is dead-lettered when the process dies each time, 1 to 100. Default 3.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>What this process does where several share a store: all, api or worker. Default all.</summary>
    [EnumDataType(typeof(JobRole))]
    public JobRole Role { get; init; } = JobRole.All;

    /// <summary>Names of the packages whose jobs this process runs; empty (default): of all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>How long a worker that is not heard of keeps its job where several processes share a store, 1 s to 1 h. The machines' clocks
    /// must agree to a fraction of it. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Least time between two stored progress values, 0 s to 1 min. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two signs of life on an event stream, 1 s to 10 min. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether this process runs jobs of a package.</summary>
    internal bool Serves(string model) => Models.Count == 0 || Models.Contains(model, StringComparer.Ordinal);
}

/// <summary>Checks <see cref="JobOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class JobOptionsValidator : IValidateOptions<JobOptions>;

/// <summary>Checks what no single member of <see cref="JobOptions"/> can tell.</summary>
internal sealed class JobOptionsCrossValidator : IValidateOptions<JobOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, JobOptions options) => options.DefaultWait > options.MaxWait
        ? ValidateOptionsResult.Fail("Jobs:DefaultWait must not exceed Jobs:MaxWait.")
        : options.Models.All(ConfiguredName.IsValid)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Jobs:Models wants names of packages: lower-case letters, digits and hyphens.");
}
