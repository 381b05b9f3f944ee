using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Processes;

namespace MedISeg.Tests.Repository;

public sealed class PublishTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mediseg-publish-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PublishScript_ItsOutput_StartsAndAnswersTheHealthCheckOfTheImage()
    {
        string app = Path.Combine(_folder, "app");
        (int code, string output, string errors) = await RepositoryRoot.RunAsync("bash", "build/publish-api.sh", app);
        Assert.True(code == 0, output + errors);
        TheDecoderOf(app);
        SortedDictionary<string, string> published = HashesOf(app);

        string port = FreePort().ToString(CultureInfo.InvariantCulture);
        // What the image sets, with a loopback address instead of all of them.
        Dictionary<string, string> environment = new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:" + port,
            ["Data__Root"] = Path.Combine(_folder, "data", "jobs"),
            ["Models__Root"] = RepositoryRoot.Of("models"),
            ["TMPDIR"] = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName,
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        using Process server = RepositoryRoot.Start("dotnet", environment, Path.Combine(app, "MedISeg.Api.dll"), "--contentRoot", app);
        Task<string> log = server.StandardOutput.ReadToEndAsync(), faults = server.StandardError.ReadToEndAsync();
        try
        {
            // Ready: the packages are loaded and the data folder was written to.
            if (!await AnswersAsync(server, port, "/health/ready"))
            {
                server.Kill();
                Assert.Fail(await log + await faults);
            }
            Assert.NotEqual(0, (await RepositoryRoot.RunAsync("bash", "build/healthcheck.sh", port, "/no-such-page")).Code);
        }
        finally
        {
            if (!server.HasExited) server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.NotEqual(0, (await RepositoryRoot.RunAsync("bash", "build/healthcheck.sh", port, "/health/live")).Code);
        // The image runs with a root file system that is only read.
        Assert.Equal(published, HashesOf(app));
    }

    /// <summary>Hash of every file below a folder, by its path.</summary>
    private static SortedDictionary<string, string> HashesOf(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => path, path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))), StringComparer.Ordinal);

    /// <summary>The child process that decodes frames starts from the published folder and finds its libraries.</summary>
    private static void TheDecoderOf(string app)
    {
        Assert.All((string[])["MedISeg.Decoder", "MedISeg.Decoder.dll", "MedISeg.Decoder.deps.json", "MedISeg.Decoder.runtimeconfig.json"],
            file => Assert.True(File.Exists(Path.Combine(app, file)), file));
        using DecoderPool fromDll = new(new DecoderOptions(), () => new ProcessStartInfo("dotnet", ["exec", Path.Combine(app, "MedISeg.Decoder.dll"), "1000000000"]));
        using DecoderPool fromHost = new(new DecoderOptions(), () => new ProcessStartInfo(Path.Combine(app, "MedISeg.Decoder"), ["1000000000"]));
        using DecoderPool here = new(new DecoderOptions());
        Assert.Equal(here.Libraries, fromDll.Libraries);
        Assert.Equal(here.Libraries, fromHost.Libraries);
        Assert.Single(fromDll.IdleProcesses);
        Assert.Single(fromHost.IdleProcesses);
    }

    private static async Task<bool> AnswersAsync(Process server, string port, string path)
    {
        for (int tries = 0; tries < 300 && !server.HasExited; tries++)
        {
            if ((await RepositoryRoot.RunAsync("bash", "build/healthcheck.sh", port, path)).Code == 0) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }
        return false;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
