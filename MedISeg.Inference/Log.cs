using Microsoft.Extensions.Logging;

namespace MedISeg.Inference;

/// <summary>Every log line of this project; none holds patient data.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "Provider {Provider} is not available here; trying the next one.")]
    public static partial void ProviderUnavailable(this ILogger logger, string provider);

    [LoggerMessage(2002, LogLevel.Information, "Loaded {Model} {Version} on {Device}: {Members} members, {ActivationMiB} MiB of activations, {ElapsedMs} ms.")]
    public static partial void ModelLoaded(
        this ILogger logger, string model, string version, string device, int members, long activationMiB, long elapsedMs);

    [LoggerMessage(2004, LogLevel.Information, "Unloaded {Model} {Version}, which was not used for longest.")]
    public static partial void ModelUnloaded(this ILogger logger, string model, string version);

    [LoggerMessage(2003, LogLevel.Warning, "The package in folder {Package} is left out: {Problem}")]
    public static partial void PackageLeftOut(this ILogger logger, string package, string problem);
}
