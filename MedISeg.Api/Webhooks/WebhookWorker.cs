using System.Diagnostics;
using System.Text.Json;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Segmentations;
using MedISeg.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Webhooks;

/// <summary>Tells the targets of the end of jobs until each has answered with success or is given up, one at a time to a target. A try whose end
/// nobody has written, since the service died, is made again, under the same id.</summary>
internal sealed class WebhookWorker : OutboxWorker
{
    private readonly WebhookTargets _targets;
    private readonly NotificationStore _store;
    private readonly AuditTrail _audit;
    private readonly WebhookOptions _options;
    private readonly Addresses _addresses;
    private readonly ServiceMetrics _metrics;

    /// <summary>Prepares it; nothing is sent yet.</summary>
    public WebhookWorker(
        WebhookTargets targets, NotificationStore store, AuditTrail audit, ClusterLink cluster, JobNotifier notifier, IOptions<WebhookOptions> options, ServiceMetrics metrics,
        Addresses addresses, TimeProvider time, ILogger<WebhookWorker> logger) : base(cluster, time, logger)
    {
        (_targets, _store, _audit, _options, _metrics, _addresses) = (targets, store, audit, options.Value, metrics, addresses);
        notifier.Ended += Wake;
    }

    /// <summary>Twice the time of a try: by then it has ended, or its process has.</summary>
    private TimeSpan Lease => _options.Timeout * 2;

    /// <inheritdoc />
    protected override async Task<IEnumerable<string>> ReceiversAsync(CancellationToken cancellationToken)
    {
        foreach (string target in _targets.Names) _metrics.Notifies(target);
        return _targets.Names.Union(await _store.WaitedForAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    protected override async Task<bool> SendDueAsync(string receiver, CancellationToken cancellationToken)
    {
        IReadOnlyList<NotificationRecord> due = await _store.DueAsync(receiver, Batch, cancellationToken).ConfigureAwait(false);
        foreach (NotificationRecord notification in due)
            if (await _store.TakeAsync(notification, Lease, cancellationToken).ConfigureAwait(false)) await SendAsync(notification, cancellationToken).ConfigureAwait(false);
        return due.Count > 0;
    }

    private async Task SendAsync(NotificationRecord notification, CancellationToken stoppingToken)
    {
        using Activity activity = Tracing.Root("notification").SetTag("mediseg.webhook", notification.Target);
        string self = _addresses.Job(notification.JobId);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new WebhookDocument(
            notification.JobId, notification.State!.Value, notification.ModelName, notification.ModelVersion, notification.FinishedAt!.Value, notification.Code,
            new JobLinks(self, self + "/events", self + "/result")), ApiJson.Options);
        int? answer = await _targets.SendAsync(notification.Target, notification.Id, body, stoppingToken).ConfigureAwait(false);
        DeliveryState state = answer switch
        {
            >= 200 and < 300 => DeliveryState.Delivered,
            // It says that nobody shall ask again.
            StatusCodes.Status410Gone => DeliveryState.DeadLettered,
            _ => notification.Attempts < _options.Attempts ? DeliveryState.Pending : DeliveryState.DeadLettered,
        };
        DateTimeOffset? again = state == DeliveryState.Pending ? Time.GetUtcNow() + Wait(notification.Attempts, _options.FirstRetry, _options.LongestRetry) : null;
        await _store.EndAsync(notification, answer, state, again, CancellationToken.None).ConfigureAwait(false);
        _metrics.Notified(notification.Target, state);
        switch (state)
        {
            case DeliveryState.Delivered:
                Log.Notified(Logger, notification.Target, notification.Attempts);
                break;
            case DeliveryState.Pending:
                activity.SetStatus(ActivityStatusCode.Error);
                Log.NotificationFailed(Logger, notification.Target, notification.Attempts, answer);
                return;
            default:
                activity.SetStatus(ActivityStatusCode.Error);
                Log.NotificationGivenUp(Logger, notification.Target, notification.Attempts, answer);
                break;
        }
        await _audit.AppendAsync(new AuditEntry(AuditEntry.Service, state == DeliveryState.Delivered ? "notify" : "giveUpNotification", notification.JobId, null, answer, activity.Id!)
        {
            Webhook = notification.Target,
        }).ConfigureAwait(false);
    }
}
