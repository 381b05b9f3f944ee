using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>What only a real process can show: crashes, signals, refused starts, sockets.</summary>
public sealed class ServiceProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings;

    public ServiceProcessTests()
    {
        string models = Path.Combine(_folder.Path, "models");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        _settings = new Dictionary<string, string>
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = models, ["Models:Threads"] = "1",
            ["Jobs:ProgressInterval"] = "00:00:00.1",
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_InMidJob_JobFinishesAfterTheRestart()
    {
        GridSize grid = new(36, 36, 36);
        string id, queued;
        await using (ServiceProcess first = new(_settings))
        {
            using HttpClient client = await first.ClientAsync();
            id = await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(grid)), "analytic", ApiHost.SlowOptions));
            queued = await client.QueueAsync(Form(TestImages.SmallNifti()));
            await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);
            await first.KillAsync();
        }

        await using ServiceProcess second = new(_settings);
        using HttpClient again = await second.ClientAsync();
        JsonNode job = await again.JobAtEndAsync(id);

        Assert.Equal("succeeded", (string?)job["state"]);
        Assert.Equal(2, (int)job["attempts"]!);
        TestImages.AssertLabels(await again.GetByteArrayAsync($"{Jobs}/{id}/result"), grid);
        JsonNode behind = await again.JobAtEndAsync(queued);
        Assert.Equal(("succeeded", 1), ((string)behind["state"]!, (int)behind["attempts"]!));
    }

    [Fact]
    public async Task Terminate_InMidJob_LeavesItQueuedForTheNextStart()
    {
        GridSize grid = new(30, 30, 30);
        string id, done;
        await using (ServiceProcess first = new(_settings))
        {
            using HttpClient client = await first.ClientAsync();
            done = await client.QueueAsync(Form(TestImages.SmallNifti()));
            id = await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(grid)), "analytic", ApiHost.SlowOptions));
            await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);
            Assert.Equal(0, await first.StopAsync());
        }

        await using ServiceProcess second = new(_settings);
        using HttpClient again = await second.ClientAsync();
        JsonNode job = await again.JobAtEndAsync(id);

        Assert.Equal(("succeeded", 1), ((string)job["state"]!, (int)job["attempts"]!));
        TestImages.AssertLabels(await again.GetByteArrayAsync($"{Jobs}/{id}/result"), grid);
        TestImages.AssertLabels(await again.GetByteArrayAsync($"{Jobs}/{done}/result"), new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Kill_InMidDicomJob_SegmentationIsThereAfterTheRestart()
    {
        GridSize grid = new(33, 34, 35);
        byte[][] files = TestSeries.Files(volume: TestSeries.Create(grid));
        string id, done;
        await using (ServiceProcess first = new(_settings))
        {
            using HttpClient client = await first.ClientAsync();
            done = await client.QueueAsync(Raw(TestSeries.Zip(TestSeries.Files()), "application/zip"));
            await client.JobAtEndAsync(done);
            MultipartFormDataContent form = TestSeries.Form(files[..20], "channel-0");
            byte[] rest = HandMadeZip.Create(files[20..].Select((file, n) => ($"{n}", file)).Append(("read me.txt", "text"u8.ToArray())));
            form.Add(new ByteArrayContent(rest), "channel-0", "rest.zip");
            form.Add(new StringContent(ApiHost.SlowOptions), "options");
            id = await client.QueueAsync(form);
            await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);
            await first.KillAsync();
        }

        await using ServiceProcess second = new(_settings);
        using HttpClient again = await second.ClientAsync();
        JsonNode job = await again.JobAtEndAsync(id);

        Assert.Equal(("succeeded", 2), ((string)job["state"]!, (int)job["attempts"]!));
        Assert.Contains(job["report"]!["warnings"]!.AsArray(), warning => (string?)warning == "1 file(s) of the upload were no images and were left out.");
        TestSeries.AssertMask(await again.GetByteArrayAsync($"{Jobs}/{id}/result"), grid);
        TestSeries.AssertMask(await again.GetByteArrayAsync($"{Jobs}/{done}/result"));
    }

    [Fact]
    public async Task Start_NoKeysOnTheNetwork_IsRefusedWithAReason()
    {
        _settings["ASPNETCORE_URLS"] = "http://0.0.0.0:0";
        await using ServiceProcess service = new(_settings);

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.StartsWith("MedISeg does not start: Auth:Mode is none", StringComparison.Ordinal)
            && line.Contains("Auth:AllowAnonymousOnNetwork", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Lines, line => line.Contains("Now listening", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Limits:MaxUploadBytes", "0", "MaxUploadBytes")]
    [InlineData("Limits:MaxUnpackedBytes", "0", "MaxUnpackedBytes")]
    [InlineData("Dicom:Decoder:MaxProcesses", "0", "MaxProcesses")]
    [InlineData("Dicom:Decoder:MaxProcess", "1", "MaxProcess")]
    [InlineData("Jobs:DefaultWait", "00:30:00", "Jobs:DefaultWait must not exceed Jobs:MaxWait")]
    [InlineData("Auth:Keys:0:Name", "Dr. X", "Name")]
    [InlineData("Auth:Keys:0:Scopes:0", "write", "hold what is no scope")]
    [InlineData("Auth:Oidc:Authority", "http://login.example", "must be an https address")]
    [InlineData("Auth:Oidc:Authority", "https://login.example", "needs both Authority and Audience")]
    [InlineData("Limits:MaxUploadByte", "1", "MaxUploadByte")]
    [InlineData("Segmentation:slidingWindow:overlap:0", "1.5", "slidingWindow.overlap")]
    public async Task Start_BadSetting_IsRefusedAndNamed(string key, string value, string named)
    {
        _settings[key] = value;
        await using ServiceProcess service = new(_settings);

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.Contains("MedISeg does not start", StringComparison.Ordinal) && line.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SecondProcessOnTheSameData_IsRefused()
    {
        await using ServiceProcess first = new(_settings);
        using HttpClient client = await first.ClientAsync();
        await using ServiceProcess second = new(_settings);

        Assert.Equal(1, await second.EndAsync());

        Assert.Contains(second.Lines, line => line.Contains("Another process uses the folder Data:Root", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task Post_EndlessBodyOverASocket_IsCutOff()
    {
        _settings["Limits:MaxUploadBytes"] = "1000000";
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();
        using LongBody body = new(announced: null, length: long.MaxValue);

        // The answer may come, or the connection may end while the client still sends; either way it does end.
        try
        {
            using HttpResponseMessage response = await client.PostAsync(body);
            await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large");
        }
        catch (HttpRequestException)
        {
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(_settings["Data:Root"], "uploads")));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
    }

    [Theory]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nCANARY no colon\r\n\r\n")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nCANARY : a\r\n\r\n")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: CANARY\0\r\n\r\n")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: CANARY CANARY\r\n\r\n")]
    [InlineData("POST /v1/segmentations HTTP/1.1\r\nHost: localhost\r\nContent-Length: CANARY\r\n\r\n")]
    [InlineData("GET /CANARY%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("CANARY\r\n\r\n")]
    public async Task Send_MalformedRequest_IsRefusedAndNotLogged(string request)
    {
        _settings["Log:Level"] = "Verbose";
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();

        using TcpClient socket = new();
        await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
        await using NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(stream, Encoding.ASCII);
        string answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(0, await service.StopAsync());
        Assert.Contains(service.Lines, line => line.Contains("Now listening", StringComparison.Ordinal));
        Assert.All([answer, .. service.Lines], line => Assert.DoesNotContain("CANARY", line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Post_LargerThanOrdinaryBodies_IsTaken()
    {
        // Kestrel's own limit of 1 MiB is for all other addresses.
        byte[] image = TestImages.Nifti(TestImages.Create(new GridSize(90, 100, 110)), gzip: false);
        Assert.True(image.Length > 1 << 20);
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();

        string id = await client.QueueAsync(Form(image));

        using HttpResponseMessage deleted = await client.DeleteAsync($"{Jobs}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.DoesNotContain(service.Lines, line => line.Contains("segmentations/" + id, StringComparison.Ordinal));
    }
}
