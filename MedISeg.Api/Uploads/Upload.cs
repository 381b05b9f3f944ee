using MedISeg.Api.Jobs;

namespace MedISeg.Api.Uploads;

/// <summary>What a request brought; its files lie in the upload's folder, flushed to the disk.</summary>
/// <param name="Files">Files in the order in which they came; their places are their names.</param>
/// <param name="Skipped">Number of files in archives that were no images.</param>
/// <param name="Model">Model as given; null: none.</param>
/// <param name="Options">Options as given; null: none.</param>
/// <param name="Notify">Names of webhooks as given; null: none.</param>
internal sealed record Upload(IReadOnlyList<UploadedFile> Files, int Skipped, string? Model, string? Options, string? Notify)
{
    /// <summary>Nothing that a body brings.</summary>
    public static Upload None { get; } = new([], 0, null, null, null);
}

/// <summary>One file of a request.</summary>
/// <param name="Channel">Input channel that its form part named; null: the part was called image, or the file is the body.</param>
/// <param name="Kind">What its first bytes say.</param>
internal sealed record UploadedFile(string? Channel, InputKind Kind);
