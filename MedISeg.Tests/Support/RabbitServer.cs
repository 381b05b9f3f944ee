using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace MedISeg.Tests.Support;

/// <summary>A real RabbitMQ on a free port of the loopback, for the tests of one class; it can be killed and started again with its data.</summary>
public sealed class RabbitServer : IAsyncLifetime
{
    /// <summary>Seconds between two signs of life on a connection.</summary>
    public const int HeartbeatSeconds = 2;

    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server", Loopback = "127.0.0.1";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Longest time that a message may be kept without being acknowledged.</summary>
    public TimeSpan ConsumerTimeout { get; init; } = TimeSpan.FromHours(4);

    private readonly TempFolder _folder = new();
    private readonly int[] _ports = FreePorts(3);
    private Process? _epmd, _server;

    /// <summary>Address for the service's configuration.</summary>
    public string Address => $"amqp://guest:guest@{Loopback}:{_ports[0]}/";

    /// <summary>Starts it, where Debian's package is there.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program)) return;
        string configuration = string.Create(
            CultureInfo.InvariantCulture, $"listeners.tcp.1 = {Loopback}:{_ports[0]}\nconsumer_timeout = {ConsumerTimeout.TotalMilliseconds}\nheartbeat = {HeartbeatSeconds}\n");
        await File.WriteAllTextAsync(InFolder("rabbitmq.conf"), configuration);
        // How often it looks for such messages.
        await File.WriteAllTextAsync(InFolder("advanced.config"), "[{rabbit, [{channel_tick_interval, 1000}]}].");
        await File.WriteAllTextAsync(InFolder("plugins"), "[].");
        // Erlang's directory of nodes; one that the server starts itself would outlive it.
        _epmd = Run("epmd", "-address", Loopback, "-port", _ports[1].ToString(CultureInfo.InvariantCulture));
        await StartAsync();
    }

    /// <summary>Skips the test where there is no server.</summary>
    public void Require() => Assert.SkipWhen(_epmd is null, "tool: rabbitmq-server is not installed");

    /// <summary>Starts it, with the data that it had.</summary>
    public async Task StartAsync()
    {
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = Run(Program);
        _server.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("completed with", StringComparison.Ordinal) == true) ready.TrySetResult();
        };
        _server.ErrorDataReceived += (_, _) => { };
        _server.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("RabbitMQ ended before it was ready."));
        _server.EnableRaisingEvents = true;
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        await ready.Task.WaitAsync(Patience);
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Does something on a channel of its own.</summary>
    public async Task<T> AskAsync<T>(Func<IChannel, Task<T>> ask)
    {
        ConnectionFactory factory = new() { Uri = new Uri(Address) };
        await using IConnection connection = await factory.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        return await ask(channel);
    }

    /// <summary>Messages of a queue that nobody has taken.</summary>
    public Task<uint> CountAsync(string queue) => AskAsync(channel => channel.MessageCountAsync(queue));

    /// <summary>Waits until a queue is there and has so many messages that nobody has taken, or more where it is not 0: there may be tokens too many.</summary>
    public async Task UntilAsync(string queue, uint messages)
    {
        using CancellationTokenSource limit = new(Patience);
        while (true)
        {
            try
            {
                if (await CountAsync(queue) is var count && (count == messages || messages > 0 && count > messages)) return;
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                // Nobody has declared it yet.
            }
            await Task.Delay(100, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await KillAsync();
        if (_epmd is not null)
        {
            _epmd.Kill();
            await _epmd.WaitForExitAsync();
            _epmd.Dispose();
        }
        _folder.Dispose();
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Dispose();
        return ports;
    }

    private string InFolder(string name) => Path.Combine(_folder.Path, name);

    private Process Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        foreach ((string key, string value) in new Dictionary<string, string>
        {
            ["HOME"] = _folder.Path, ["RABBITMQ_NODENAME"] = "test@localhost", ["RABBITMQ_MNESIA_BASE"] = InFolder("mnesia"), ["RABBITMQ_LOG_BASE"] = InFolder("log"),
            ["RABBITMQ_CONFIG_FILE"] = InFolder("rabbitmq.conf"), ["RABBITMQ_ADVANCED_CONFIG_FILE"] = InFolder("advanced.config"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = InFolder("plugins"), ["RABBITMQ_PID_FILE"] = InFolder("pid"),
            // Without these it listens on every interface.
            ["ERL_EPMD_ADDRESS"] = Loopback, ["ERL_EPMD_PORT"] = _ports[1].ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = _ports[2].ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        }) start.Environment[key] = value;
        return Process.Start(start)!;
    }
}
