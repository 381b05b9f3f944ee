namespace MedISeg.Api.Jobs.Store;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">Cursor of the next page; null: this is the last.</param>
internal sealed record JobPage(IReadOnlyList<JobRecord> Jobs, long? Next);
