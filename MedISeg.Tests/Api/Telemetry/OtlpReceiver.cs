using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MedISeg.Tests.Api.Telemetry;

/// <summary>A collector on the loopback that keeps what it gets.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, string Body)> _received = new();

    public OtlpReceiver()
    {
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ReceiveAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Bodies sent to a path, one after the other, each byte as a character: protobuf keeps texts as they are.</summary>
    public string Received(string path) => string.Concat(_received.Where(message => message.Path == path).Select(message => message.Body));

    /// <summary>Waits until what was sent to a path holds all of some texts.</summary>
    public async Task UntilAsync(string path, params string[] texts)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (texts.FirstOrDefault(text => !Received(path).Contains(text, StringComparison.Ordinal)) is { } missing)
        {
            Assert.False(limit.IsCancellationRequested, $"{path} never got \"{missing}\".");
            await Task.Delay(50);
        }
    }

    public void Dispose() => _listener.Close();

    private async Task ReceiveAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using StreamReader reader = new(context.Request.InputStream, Encoding.Latin1);
            _received.Enqueue((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
}
