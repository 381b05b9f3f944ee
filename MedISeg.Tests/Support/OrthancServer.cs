using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using MedISeg.Dicom.Web;
using MedISeg.Tests.Repository;

namespace MedISeg.Tests.Support;

/// <summary>A real archive in a private network, reached by a socket of the file system. It can be stopped and started again with its data.</summary>
internal sealed class OrthancServer : IDisposable
{
    /// <summary>What the archive asks for where it wants a password.</summary>
    public const string User = "mediseg", Password = "secret";

    private const string WithPassword = $"\"AuthenticationEnabled\": true, \"RegisteredUsers\": {{ \"{User}\": \"{Password}\" }}";

    private readonly TempFolder _folder = new();
    private readonly string _unshare, _options;
    private Process? _process;

    private OrthancServer(string unshare, string options)
    {
        _unshare = unshare;
        _options = options;
    }

    /// <summary>Root of its DICOMweb service.</summary>
    public static Uri Address { get; } = new("http://orthanc.test/dicom-web/");

    /// <summary>Socket at which the archive finds us as 127.0.0.1:18080.</summary>
    public string ServiceSocket => Path.Combine(_folder.Path, "service.sock");

    /// <summary>Starts one; skips the test where it cannot be had.</summary>
    /// <param name="password">Whether it asks for <see cref="User"/> and <see cref="Password"/>.</param>
    /// <param name="options">JSON members of its configuration.</param>
    public static async Task<OrthancServer> StartAsync(bool password = false, string? options = null)
    {
        foreach (string tool in (string[])["Orthanc", "unshare", "ip", "curl", "socat"]) ExternalTool.Require(tool);
        ExternalTool.RequireFile("/usr/share/orthanc/plugins/libOrthancDicomWeb.so", "orthanc-dicomweb");
        string? unshare = await PrivateNetwork.OptionsAsync();
        Assert.SkipWhen(unshare is null, "system: private network namespaces are not permitted here");
        string all = (password ? WithPassword : "\"AuthenticationEnabled\": false") + (options is null ? "" : ", " + options);
        OrthancServer server = new(unshare!, all);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it with the data that it had.</summary>
    public async Task StartAgainAsync()
    {
        ProcessStartInfo start = new("unshare",
            [_unshare, "bash", RepositoryRoot.Of("MedISeg.Tests", "Tools", "orthanc_server.sh"), _folder.Path, _options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        string? line = await _process.StandardOutput.ReadLineAsync();
        Assert.True(line == "ready", line is null ? await _process.StandardError.ReadToEndAsync() : line);
    }

    /// <summary>Stops it; its data stay.</summary>
    public void Stop()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>A connection to it, whatever the address says.</summary>
    public HttpMessageHandler Connect() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_folder.Path, "orthanc.sock")), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>A client of it.</summary>
    public DicomWebClient Client(string? password = null, DicomWebOptions? options = null)
    {
        HttpClient http = new(Connect()) { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };
        if (password is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{password}")));
        return new DicomWebClient(http, options ?? new DicomWebOptions { FirstDelay = TimeSpan.FromMilliseconds(10) }, TimeProvider.System);
    }

    public void Dispose()
    {
        Stop();
        _folder.Dispose();
    }
}
