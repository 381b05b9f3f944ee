namespace MedISeg.Api.Auth;

/// <summary>Marks addresses that are read, and whose readers the audit trail names.</summary>
internal sealed record Audited;
