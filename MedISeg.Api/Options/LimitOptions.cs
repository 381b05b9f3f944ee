using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Limits</c>: what a request can never raise.</summary>
public sealed class LimitOptions
{
    /// <summary>Largest request body in bytes, at least 1. Default 2 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxUploadBytes { get; init; } = 2L << 30;

    /// <summary>Most files in one request, and entries of one archive, 1 to 100000. Default 5000: a series may have 2,000 slices.</summary>
    [Range(1, 100_000)]
    public int MaxFiles { get; init; } = 5000;

    /// <summary>Most bytes to which the archives of a request unpack, at least 1. Default 8 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxUnpackedBytes { get; init; } = 8L << 30;

    /// <summary>Most voxels of an image, all channels, and of one channel at the model's spacing, at least 1. Default 1024 x 1024 x 1024.</summary>
    [Range(1, long.MaxValue)]
    public long MaxVoxels { get; init; } = 1L << 30;

    /// <summary>Most network calls of a job: patches times views times members, at least 1. Default 100000.</summary>
    [Range(1, long.MaxValue)]
    public long MaxNetworkCalls { get; init; } = 100_000;

    /// <summary>Largest estimated memory of a job in bytes, at least 1. Default 16 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxMemoryBytes { get; init; } = 16L << 30;

    /// <summary>Longest time in which a request body may arrive, 1 s to 1 day. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxUploadTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Least rate at which a request body may arrive, bytes a second, 1 to 1000000; a connection that stays below it for 5 s is ended. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int MinUploadBytesPerSecond { get; init; } = 1000;

    /// <summary>Most bodies that a caller may send at once, 1 to 10000. Default 32.</summary>
    [Range(1, 10_000)]
    public int UploadsPerCaller { get; init; } = 32;

    /// <summary>Most requests of a caller, or without valid credentials of an address, within a minute, 1 to 1000000. Default 1200. Not in mode none.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; init; } = 1200;
}

/// <summary>Checks <see cref="LimitOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;
