namespace MedISeg.Api.Health;

/// <summary>Whether the process runs.</summary>
/// <param name="Status">live.</param>
public sealed record LiveDocument(string Status);

/// <summary>Whether the service takes work.</summary>
/// <param name="Status">ready or not-ready.</param>
/// <param name="Reasons">Why not; empty when ready.</param>
/// <param name="Device">Device that networks run on: cpu or cuda; null before the first network ran.</param>
/// <param name="Models">Number of packages.</param>
/// <param name="Queued">Jobs that wait.</param>
public sealed record ReadyDocument(string Status, IReadOnlyList<string> Reasons, string? Device, int Models, int Queued);
