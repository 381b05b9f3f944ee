using MedISeg.Api.Options;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Exceptions;

namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>Keeps the link to RabbitMQ where the configuration has one. It is a help: while it is away workers look into the store themselves.</summary>
internal sealed class Broker(JobSignal signal, IOptions<DataOptions> data, TimeProvider time, ILogger<Broker> logger) : BackgroundService
{
    /// <summary>Time between two tries.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    private volatile BrokerLink? _link;

    /// <summary>Whether the configuration has a broker.</summary>
    public bool IsConfigured => data.Value.RabbitMq is not null;

    /// <summary>The link, as long as it stands; null: the broker is away.</summary>
    public BrokerLink? Link => _link is { Broken.IsCompleted: false } link ? link : null;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (data.Value.RabbitMq is not { } address) return;
        // Its being away is told once, its first absence included.
        bool told = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            Exception? reason;
            try
            {
                BrokerLink link = await BrokerLink.OpenAsync(new Uri(address), stoppingToken).ConfigureAwait(false);
                await using (link.ConfigureAwait(false))
                {
                    told = false;
                    _link = link;
                    Log.BrokerConnected(logger);
                    signal.Wake();
                    reason = await link.Broken.WaitAsync(stoppingToken).ConfigureAwait(false);
                    _link = null;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                _link = null;
                return;
            }
#pragma warning disable CA1031 // The service must outlive whatever keeps it from the broker.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                reason = failure;
            }
            if (!told) Log.BrokerAway(logger, reason?.GetBaseException().GetType().Name ?? "", (reason as OperationInterruptedException)?.ShutdownReason?.ReplyCode ?? 0);
            told = true;
            await Task.WhenAny(Task.Delay(Turn, time, stoppingToken)).ConfigureAwait(false);
        }
    }
}
