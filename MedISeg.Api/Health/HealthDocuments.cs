namespace MedISeg.Api.Health;

/// <summary>Whether the process runs.</summary>
/// <param name="Status">live.</param>
public sealed record LiveDocument(string Status);

/// <summary>Whether the service takes work.</summary>
/// <param name="Status">ready or not-ready.</param>
/// <param name="Reasons">Why not, a sentence each; empty when ready.</param>
/// <param name="Checks">Whether each check passed: store, models, worker, disk, running.</param>
/// <param name="ModelsLeftOut">Packages that cannot be used, name/version, whether others can or not; the log says why.</param>
/// <param name="Device">Device that networks run on: cpu or cuda; null before the first network ran.</param>
/// <param name="Models">Number of packages.</param>
/// <param name="Queued">Jobs that wait.</param>
public sealed record ReadyDocument(
    string Status, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, bool> Checks, IReadOnlyList<string> ModelsLeftOut, string? Device, int Models, int Queued);
