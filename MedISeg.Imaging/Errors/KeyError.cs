namespace MedISeg.Imaging.Errors;

/// <summary>What is wrong with one key of a JSON document.</summary>
/// <param name="Key">Path of the key, e.g. <c>slidingWindow.overlap[1]</c>.</param>
/// <param name="Message">What is allowed and what was given.</param>
public sealed record KeyError(string Key, string Message);
