namespace MedISeg.Api.Pacs;

/// <summary>Series that an archive has; kept with the job's input, and nowhere else.</summary>
/// <param name="Pacs">Name of the archive.</param>
/// <param name="Study">UID of the study.</param>
/// <param name="Series">UIDs of the series: one, or one a channel in the order of the model.</param>
internal sealed record PacsSeries(string Pacs, string Study, IReadOnlyList<string> Series);
