using System.Globalization;
using System.Net.Http.Headers;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Webhooks;

/// <summary>The configured targets: which of them hears of a job, and the way to them. No redirects, no proxy of the environment.</summary>
internal sealed class WebhookTargets(IOptions<WebhookOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>Longest life of a connection, so that a changed address or certificate is met.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = Lifetime, MaxResponseDrainSize = 1 << 16,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Names in alphabetic order.</summary>
    public IReadOnlyList<string> Names => [.. options.Value.Targets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Checks the names of a request.</summary>
    /// <param name="asked">Names with commas between them; null: none.</param>
    /// <param name="owner">The caller.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MalformedRequest"/>: there is no such target for this caller.</exception>
    public IReadOnlyList<string> Choose(string? asked, string owner) => Choose(asked?.Split(',', StringSplitOptions.TrimEntries), owner);

    /// <summary>Checks the names of a request.</summary>
    /// <param name="asked">Names; null: none.</param>
    /// <param name="owner">The caller.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MalformedRequest"/>: there is no such target for this caller.</exception>
    public IReadOnlyList<string> Choose(IReadOnlyList<string>? asked, string owner)
    {
        if (asked is null) return [];
        string[] known = [.. Names.Where(name => options.Value.Targets[name].Serves(owner))];
        return asked.All(name => known.Contains(name, StringComparer.Ordinal))
            ? asked
            : throw new SegmentationException(ErrorCode.MalformedRequest,
                $"notify names a webhook that is not there for you; the configuration knows {(known.Length == 0 ? "none: the operator sets Webhooks:Targets" : string.Join(", ", known))}.");
    }

    /// <summary>What is to be written with a job: a notification for each target that it names or that hears of every job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="chosen">Names that were checked.</param>
    public IReadOnlyList<NotificationRecord> For(JobRecord job, IReadOnlyList<string> chosen) =>
    [
        .. Names.Select(name => (Name: name, Target: options.Value.Targets[name]))
            .Where(entry => chosen.Contains(entry.Name, StringComparer.Ordinal) || entry.Target.Always && entry.Target.Serves(job.Owner))
            .Select(entry => new NotificationRecord
            {
                Id = JobId.New(), JobId = job.Id, Target = entry.Name, Events = string.Join(' ', entry.Target.WantedEvents), ModelName = job.ModelName, ModelVersion = job.ModelVersion,
            }),
    ];

    /// <summary>Sends a signed body.</summary>
    /// <param name="name">Name of the target.</param>
    /// <param name="id">The same at every try.</param>
    /// <param name="body">JSON.</param>
    /// <param name="stoppingToken">The service stops.</param>
    /// <returns>HTTP status of the answer, whose body is not read; null: none came in time, or there is no such target any more.</returns>
    public async Task<int?> SendAsync(string name, string id, byte[] body, CancellationToken stoppingToken)
    {
        if (!options.Value.Targets.TryGetValue(name, out WebhookTarget? target)) return null;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(options.Value.Timeout);
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        string[] secrets = target.OtherSecret is { } other ? [target.Secret, other] : [target.Secret];
        using HttpRequestMessage request = new(HttpMethod.Post, target.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", id },
                { "webhook-timestamp", now.ToString(CultureInfo.InvariantCulture) },
                { "webhook-signature", WebhookSignature.Of(secrets, id, now, body) },
            },
        };
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();
}
