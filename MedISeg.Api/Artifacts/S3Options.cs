using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Artifacts;

/// <summary>Section <c>Data:S3</c>: the object store that keeps inputs and results.</summary>
public sealed class S3Options
{
    /// <summary>Address of the store without a path: <c>https://host:port</c>; http sends everything readable. No redirect is followed.</summary>
    [Required]
    public Uri? Endpoint { get; init; }

    /// <summary>Bucket; it must be there. 3 to 63 lower-case letters, digits, dots and hyphens.</summary>
    [Required]
    [RegularExpression("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")]
    public string Bucket { get; init; } = "";

    /// <summary>What the names of all objects begin with; letters, digits, <c>/</c>, <c>_</c>, <c>.</c> and hyphens, at most 200. Default none.</summary>
    [RegularExpression("[A-Za-z0-9/_.-]{0,200}")]
    public string Prefix { get; init; } = "";

    /// <summary>Region that requests are signed for. Default <c>us-east-1</c>.</summary>
    [Required]
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string Region { get; init; } = "us-east-1";

    /// <summary>Who signs.</summary>
    [Required]
    public string AccessKey { get; init; } = "";

    /// <summary>What signs; a secret, best from a file of <c>Secrets:Folder</c>.</summary>
    [Required]
    public string SecretKey { get; init; } = "";

    /// <summary>Longest time that sending a part of up to some MiB, or the beginning of an answer, may take, 1 s to 1 h. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>Checks <see cref="S3Options"/>.</summary>
[OptionsValidator]
internal sealed partial class S3OptionsValidator : IValidateOptions<S3Options>;
