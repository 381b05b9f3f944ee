namespace MedISeg.Api.Pacs;

/// <summary>A series that an archive has; kept with the job's input, and nowhere else.</summary>
/// <param name="Pacs">Name of the archive.</param>
/// <param name="Study">UID of the study.</param>
/// <param name="Series">UID of the series.</param>
internal sealed record PacsSeries(string Pacs, string Study, string Series);
