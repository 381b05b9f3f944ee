using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MedISeg.Tests.Repository;

namespace MedISeg.Tests.Support;

/// <summary>A real nginx on a free port of the loopback with the configuration that is shipped: ports and paths aside nothing is changed.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestCertificate _certificate = new("mediseg.example");
    private readonly int _port = FreePort(), _plainPort = FreePort();
    private Process? _process;

    /// <summary>Starts it; skips the test where there is none.</summary>
    /// <param name="service">Address of the service behind it.</param>
    public static async Task<NginxServer> StartAsync(Uri service)
    {
        string program = ExternalTool.Require("nginx");
        NginxServer server = new();
        string site = (await File.ReadAllTextAsync(RepositoryRoot.Of("deploy", "nginx", "mediseg.conf")))
            .Replace("listen 80;", Text($"listen 127.0.0.1:{server._plainPort};"), StringComparison.Ordinal)
            .Replace("listen 443 ssl;", Text($"listen 127.0.0.1:{server._port} ssl;"), StringComparison.Ordinal)
            .Replace("server 127.0.0.1:8080;", $"server {service.Authority};", StringComparison.Ordinal)
            .Replace("/etc/ssl/mediseg/", server._folder.Path + "/", StringComparison.Ordinal);
        await server._certificate.WriteAsync(server._folder.Path);
        await File.WriteAllTextAsync(Path.Combine(server._folder.Path, "mediseg.conf"), site);
        await File.WriteAllTextAsync(Path.Combine(server._folder.Path, "nginx.conf"), $$"""
            daemon off;
            worker_processes 1;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            pid {{server._folder.Path}}/nginx.pid;
            error_log {{server._folder.Path}}/error.log;
            events { }
            http {
                access_log off;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                include mediseg.conf;
            }
            """);
        server._process = Process.Start(new ProcessStartInfo(program,
            ["-p", server._folder.Path + "/", "-c", Path.Combine(server._folder.Path, "nginx.conf"), "-e", Path.Combine(server._folder.Path, "error.log")]))!;
        await server.ListensAsync();
        return server;
    }

    /// <summary>A client of it by TLS; the caller disposes it.</summary>
    public HttpClient Client() => Client(Text($"https://mediseg.example:{_port}/"));

    /// <summary>A client without TLS; the caller disposes it.</summary>
    public HttpClient PlainClient() => Client(Text($"http://mediseg.example:{_plainPort}/"));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // Its workers go with it, as they do not where it is killed.
            using (Process stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await stop.WaitForExitAsync();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _certificate.Dispose();
        _folder.Dispose();
    }

    private HttpClient Client(string address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 one && one.Thumbprint == _certificate.Thumbprint },
        ConnectCallback = async (context, cancellationToken) =>
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(5) };

    private async Task ListensAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (true)
        {
            string log = Path.Combine(_folder.Path, "error.log");
            Assert.False(_process!.HasExited, File.Exists(log) ? await File.ReadAllTextAsync(log, limit.Token) : "nginx has ended");
            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync(IPAddress.Loopback, _port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
