namespace MedISeg.Api.Hosting;

/// <summary>The service refuses to start; the message tells the operator what to change.</summary>
internal sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
