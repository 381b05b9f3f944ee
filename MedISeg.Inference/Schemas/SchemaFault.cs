namespace MedISeg.Inference.Schemas;

/// <summary>One place where a document does not fit its schema.</summary>
/// <param name="Key">Path of the key, e.g. <c>slidingWindow.overlap[1]</c>; empty for the whole document.</param>
/// <param name="Message">What is allowed and what was given, without the key.</param>
/// <param name="IsUnknownKey">Whether the key itself is not known.</param>
internal sealed record SchemaFault(string Key, string Message, bool IsUnknownKey);
