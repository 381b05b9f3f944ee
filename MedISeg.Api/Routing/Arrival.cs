namespace MedISeg.Api.Routing;

/// <summary>A series that is coming in; kept beside its files, and nowhere else.</summary>
/// <param name="Owner">Who sends it; owns the jobs that it starts.</param>
/// <param name="Study">UID of the study.</param>
/// <param name="Series">UID of the series.</param>
/// <param name="Repeat">Whether it is segmented although it was before.</param>
internal sealed record Arrival(string Owner, string Study, string Series, bool Repeat);
