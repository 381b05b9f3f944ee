using System.Collections.Concurrent;
using System.Net.Mime;
using System.Net.Security;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>One connection to RabbitMQ: a channel to take tokens, and one to publish. It is not mended: when any of it breaks all of it is closed,
/// the tokens that it took go back to their queues, and there is a new one.</summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    /// <summary>Exchange of tokens, and first part of the names of queues; exchange and queue of what was given up.</summary>
    public const string Exchange = "mediseg", Dead = "mediseg.dead";

    /// <summary>How often a token may come back before it is a dead letter.</summary>
    public const int DeliveryLimit = 20;

    /// <summary>Tokens that are published before the first is confirmed.</summary>
    private const int Batch = 100;

    /// <summary>Longest wait for an answer of the broker.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IConnection _connection;
    private readonly IChannel _taking, _publishing;
    private readonly ConcurrentDictionary<JobQueue, bool> _declared = new();
    private readonly TaskCompletionSource<Exception?> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrokerLink(IConnection connection, IChannel taking, IChannel publishing)
    {
        (_connection, _taking, _publishing) = (connection, taking, publishing);
        connection.ConnectionShutdownAsync += OnShutdownAsync;
        taking.ChannelShutdownAsync += OnShutdownAsync;
        publishing.ChannelShutdownAsync += OnShutdownAsync;
    }

    /// <summary>Ends when the link breaks, with the reason where it was said.</summary>
    public Task<Exception?> Broken => _broken.Task;

    /// <summary>Connects, and declares what all queues share.</summary>
    /// <param name="address">An amqp or amqps URI.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    public static async Task<BrokerLink> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        IConnection connection = await Factory(address).CreateConnectionAsync("mediseg", cancellationToken).ConfigureAwait(false);
        try
        {
            IChannel taking = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            IChannel publishing = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken).ConfigureAwait(false);
            await publishing.ExchangeDeclareAsync(Exchange, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            await publishing.ExchangeDeclareAsync(Dead, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            await publishing.QueueDeclareAsync(Dead, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken).ConfigureAwait(false);
            await publishing.QueueBindAsync(Dead, Dead, "", cancellationToken: cancellationToken).ConfigureAwait(false);
            return new BrokerLink(connection, taking, publishing);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What makes connections to an address.</summary>
    public static ConnectionFactory Factory(Uri address)
    {
        ConnectionFactory factory = new()
        {
            Uri = address, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false, ContinuationTimeout = Patience, RequestedConnectionTimeout = Patience,
        };
        // From a URI the client takes a certificate of any name.
        (factory.Ssl.AcceptablePolicyErrors, factory.Ssl.ServerName) = (SslPolicyErrors.None, address.Host);
        return factory;
    }

    /// <summary>Gives the link up.</summary>
    public void Break(Exception reason) => _broken.TrySetResult(reason);

    /// <summary>Takes a token, or null where there is none. For one thread at a time, which waits.</summary>
    public Token? Take(JobQueue queue) => TakeAsync(queue).GetAwaiter().GetResult();

    /// <summary>Has the broker forget a token. On a link that broke it has gone back already.</summary>
    public void Acknowledge(ulong tag)
    {
        if (_broken.Task.IsCompleted) return;
        try
        {
            _taking.BasicAckAsync(tag, multiple: false).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            Break(failure);
        }
    }

    /// <summary>Makes a queue unless it is there. For one thread at a time, as all that follows.</summary>
    public Task DeclareAsync(JobQueue queue, CancellationToken cancellationToken) => DeclareAsync(_publishing, queue, cancellationToken);

    /// <summary>Publishes tokens, and waits until the broker has them safe.</summary>
    public async Task PublishAsync(JobQueue queue, int count, CancellationToken cancellationToken)
    {
        await DeclareAsync(queue, cancellationToken).ConfigureAwait(false);
        BasicProperties properties = new() { Persistent = true };
        for (; count > 0; count -= Batch)
            await Task.WhenAll(Enumerable.Range(0, Math.Min(count, Batch)).Select(_ =>
                _publishing.BasicPublishAsync(Exchange, queue.Key, mandatory: true, properties, ReadOnlyMemory<byte>.Empty, cancellationToken).AsTask()))
                .WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes that a job was given up: JSON with its id and the code of the reason.</summary>
    public Task PublishDeadAsync(string job, ErrorCode code, CancellationToken cancellationToken) =>
        _publishing.BasicPublishAsync(Dead, "", mandatory: true, new BasicProperties { Persistent = true, ContentType = MediaTypeNames.Application.Json },
            JsonSerializer.SerializeToUtf8Bytes(new { job, code = JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString()) }), cancellationToken)
            .AsTask().WaitAsync(Patience, cancellationToken);

    /// <summary>Tokens of a queue that nobody has taken.</summary>
    public async Task<long> CountAsync(JobQueue queue, CancellationToken cancellationToken)
    {
        await DeclareAsync(queue, cancellationToken).ConfigureAwait(false);
        return (await _publishing.QueueDeclarePassiveAsync(queue.Name, cancellationToken).ConfigureAwait(false)).MessageCount;
    }

    /// <summary>Whether an exception says that the broker or the way to it failed.</summary>
    public static bool IsFailure(Exception failure) =>
        failure is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _broken.TrySetResult(null);
        await _connection.AbortAsync(Patience).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Token?> TakeAsync(JobQueue queue)
    {
        await DeclareAsync(_taking, queue, CancellationToken.None).ConfigureAwait(false);
        return await _taking.BasicGetAsync(queue.Name, autoAck: false).ConfigureAwait(false) is { } message ? new Token(this, message.DeliveryTag) : null;
    }

    private async Task DeclareAsync(IChannel channel, JobQueue queue, CancellationToken cancellationToken)
    {
        if (_declared.ContainsKey(queue)) return;
        await channel.QueueDeclareAsync(queue.Name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum", ["x-delivery-limit"] = DeliveryLimit, ["x-overflow"] = "reject-publish",
            ["x-dead-letter-exchange"] = Dead, ["x-dead-letter-strategy"] = "at-least-once",
        }, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(queue.Name, Exchange, queue.Key, cancellationToken: cancellationToken).ConfigureAwait(false);
        _declared[queue] = true;
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs shutdown)
    {
        Break(new OperationInterruptedException(shutdown));
        return Task.CompletedTask;
    }
}
