using MedISeg.Api.Jobs;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api;

/// <summary>Every line that the service logs. None holds patient data, a path, a query, a file name or an exception's message.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Request failed with {Exception}:\n{Frames}")]
    public static partial void RequestFailed(ILogger logger, string exception, string frames);

    [LoggerMessage(2, LogLevel.Warning, "Answer broken off by {Exception}")]
    public static partial void AnswerBroken(ILogger logger, string exception);

    [LoggerMessage(3, LogLevel.Information, "Request refused: {Code}")]
    public static partial void RequestRefused(ILogger logger, string code);

    [LoggerMessage(10, LogLevel.Information, "Job started: model {Model} {Version}, attempt {Attempt}")]
    public static partial void JobStarted(ILogger logger, string model, string version, int attempt);

    [LoggerMessage(11, LogLevel.Information, "Job ended: model {Model} {Version}, {State}, {ElapsedMs} ms")]
    public static partial void JobEnded(ILogger logger, string model, string version, JobState state, double elapsedMs);

    [LoggerMessage(12, LogLevel.Information, "Job failed: model {Model} {Version}, {Code}")]
    public static partial void JobFailed(ILogger logger, string model, string version, ErrorCode code);

    [LoggerMessage(13, LogLevel.Error, "Job broke with {Exception}:\n{Frames}")]
    public static partial void JobBroke(ILogger logger, string exception, string frames);

    [LoggerMessage(14, LogLevel.Information, "Job put back, the service stops: model {Model} {Version}")]
    public static partial void JobPutBack(ILogger logger, string model, string version);

    [LoggerMessage(15, LogLevel.Information, "Job cancelled: model {Model} {Version}")]
    public static partial void JobCancelled(ILogger logger, string model, string version);

    [LoggerMessage(16, LogLevel.Warning, "After a start: {Queued} jobs wait again, {DeadLettered} were given up")]
    public static partial void JobsRecovered(ILogger logger, int queued, int deadLettered);

    [LoggerMessage(26, LogLevel.Warning, "From processes that are not heard of: {Queued} jobs wait again, {DeadLettered} were given up")]
    public static partial void JobsTakenOver(ILogger logger, int queued, int deadLettered);

    [LoggerMessage(40, LogLevel.Information, "The broker is there")]
    public static partial void BrokerConnected(ILogger logger);

    [LoggerMessage(41, LogLevel.Warning, "The broker is away, and workers look into the store: {Exception} {Code}")]
    public static partial void BrokerAway(ILogger logger, string exception, int code);

    [LoggerMessage(42, LogLevel.Information, "{Count} tokens were missing at the broker and were published")]
    public static partial void TokensPublished(ILogger logger, int count);

    [LoggerMessage(17, LogLevel.Information, "{Count} jobs removed")]
    public static partial void JobsRemoved(ILogger logger, int count);

    [LoggerMessage(18, LogLevel.Error, "Worker failed with {Exception}:\n{Frames}")]
    public static partial void WorkerFailed(ILogger logger, string exception, string frames);

    [LoggerMessage(19, LogLevel.Error, "Clean-up failed with {Exception}:\n{Frames}")]
    public static partial void CleanupFailed(ILogger logger, string exception, string frames);

    [LoggerMessage(28, LogLevel.Warning, "Artifact store failed with {Exception}, status {Status}")]
    public static partial void ArtifactStoreFailed(ILogger logger, string exception, int status);

    [LoggerMessage(21, LogLevel.Information, "Result delivered to {Archive}, attempt {Attempt}")]
    public static partial void Delivered(ILogger logger, string archive, int attempt);

    [LoggerMessage(22, LogLevel.Warning, "Delivery to {Archive} failed, attempt {Attempt}: {Code}")]
    public static partial void DeliveryFailed(ILogger logger, string archive, int attempt, ErrorCode code);

    [LoggerMessage(23, LogLevel.Error, "Delivery to {Archive} given up after {Attempts} attempts: {Code}")]
    public static partial void DeliveryGivenUp(ILogger logger, string archive, int attempts, ErrorCode code);

    [LoggerMessage(32, LogLevel.Information, "Webhook {Webhook} was told, attempt {Attempt}")]
    public static partial void Notified(ILogger logger, string webhook, int attempt);

    [LoggerMessage(33, LogLevel.Warning, "Webhook {Webhook} could not be told, attempt {Attempt}: status {Status}")]
    public static partial void NotificationFailed(ILogger logger, string webhook, int attempt, int? status);

    [LoggerMessage(34, LogLevel.Error, "Webhook {Webhook} given up after {Attempts} attempts: status {Status}")]
    public static partial void NotificationGivenUp(ILogger logger, string webhook, int attempts, int? status);

    [LoggerMessage(24, LogLevel.Information, "Series of {Instances} instances arrived: {Rules} rules fit, {Started} jobs started")]
    public static partial void SeriesRouted(ILogger logger, int instances, int rules, int started);

    [LoggerMessage(25, LogLevel.Error, "A series that arrived cannot be routed now and waits: {Code}")]
    public static partial void RoutingFailed(ILogger logger, ErrorCode code);

    [LoggerMessage(20, LogLevel.Error, "Model {Model} {Version} cannot be loaded: {Code}")]
    public static partial void ModelNotLoaded(ILogger logger, string model, string version, ErrorCode code);

    [LoggerMessage(30, LogLevel.Warning, "The first API key was made; it is in the file {File} of the data folder")]
    public static partial void FirstKeyMade(ILogger logger, string file);

    [LoggerMessage(32, LogLevel.Warning, "The keys of the configuration changed; {Count} hold now")]
    public static partial void KeysTaken(ILogger logger, int count);

    [LoggerMessage(33, LogLevel.Error, "The files of the configuration changed and are not valid, the keys from before hold: {Reason}")]
    public static partial void KeysNotTaken(ILogger logger, string reason);

    [LoggerMessage(26, LogLevel.Information, "Model {Model} {Version} was added, SHA-256 {Sha256}")]
    public static partial void ModelAdded(ILogger logger, string model, string version, string sha256);

    [LoggerMessage(27, LogLevel.Information, "Model {Model} {Version} was removed")]
    public static partial void ModelRemoved(ILogger logger, string model, string version);

    [LoggerMessage(31, LogLevel.Information, "Token refused: {Reason}")]
    public static partial void TokenRefused(ILogger logger, string reason);
}
