using MedISeg.Api.Pacs;

namespace MedISeg.Api.Jobs;

/// <summary>What a job's input files are; kept beside them.</summary>
/// <param name="Channels">Channel of each DICOM file, from 0, in the order of the files; null: the package's rules say it.</param>
/// <param name="Skipped">Number of files in archives that were no images.</param>
/// <param name="Series">Where the files are fetched from when the job runs; null: they are here.</param>
internal sealed record InputList(IReadOnlyList<int>? Channels, int Skipped, PacsSeries? Series = null)
{
    /// <summary>Where nothing needs to be said.</summary>
    public static InputList Plain { get; } = new(null, 0);
}
