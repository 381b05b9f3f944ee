using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MedISeg.Api.Hosting;
using MedISeg.Api.Telemetry;
using MedISeg.Dicom;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Resources;
using Serilog;
using Serilog.Core;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Telemetry;

/// <summary>Metrics and traces of a service in a process of its own: meters and sources are those of a whole process.</summary>
public sealed partial class TelemetryTests : IDisposable
{
    private const string Canary = "CANARY", Uid = "1.2.3.7777777777";

    private const string Requests = "http_server_request_duration_seconds_count";

    private static readonly (string, string) Created = ("http_response_status_code", "201");

    private static readonly string[] Stages = ["waiting", "reading", "loading", "preprocessing", "predicting", "resampling", "postprocessing", "measuring", "encoding"];

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings;

    public TelemetryTests()
    {
        string models = Path.Combine(_folder.Path, "models");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        _settings = new Dictionary<string, string>
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = models, ["Models:Threads"] = "1",
            ["Jobs:ProgressInterval"] = "00:00:00.1", ["Pacs:Archives:clinic:Url"] = "http://127.0.0.1:9/dicom-web/",
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_AfterJobs_CountThemAndNameNobody()
    {
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();

        await WorkAsync(client);
        IReadOnlyList<MetricSample> first = await ScrapeAsync(client, rounds: 1);
        await WorkAsync(client);
        IReadOnlyList<MetricSample> second = await ScrapeAsync(client, rounds: 2);

        Assert.Equal(4, Sum(second, "mediseg_jobs_ended_total", ("state", "succeeded"), ("model", "analytic"), ("code", "")));
        Assert.Equal(2, Sum(second, "mediseg_jobs_ended_total", ("state", "failed"), ("code", "truncated-image")));
        Assert.Equal(2, Sum(second, "mediseg_jobs_ended_total", ("state", "cancelled")));
        Assert.Equal(4, Sum(second, "mediseg_jobs", ("state", "succeeded")));
        Assert.Equal(2, Sum(second, "mediseg_jobs", ("state", "failed")));
        Assert.Equal(0, Sum(second, "mediseg_jobs", ("state", "queued")));
        Assert.Equal(100, Sum(second, "mediseg_queue_limit"));
        Assert.Equal(1, Sum(second, "mediseg_models"));
        Assert.Equal(8, Sum(second, "mediseg_job_duration_seconds_count"));
        foreach (string stage in Stages) Assert.Equal(4, Sum(second, "mediseg_stage_duration_seconds_count", ("stage", stage)));
        // 5 x 7 x 9 voxels in patches of 4 x 4 x 4 with half a patch of overlap: 2 x 3 x 4 patches.
        Assert.Equal(4 * 24, Sum(second, "mediseg_network_calls_total"));
        Assert.InRange(Sum(second, "mediseg_memory_resident_bytes"), 20 << 20, Sum(second, "mediseg_memory_peak_bytes"));
        Assert.Equal(4, Sum(second, Requests, Created));
        // Other ids, names and paths make no other series.
        Assert.Equal(Ours(first), Ours(second));
        AssertBounded(second, await RoutesAsync());
    }

    [Fact]
    public async Task Dashboard_EveryQuery_NamesMetricsAndLabelsThatExist()
    {
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();
        await WorkAsync(client);
        IReadOnlyList<MetricSample> samples = await ScrapeAsync(client, rounds: 1);
        JsonArray panels = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryRoot.Of("deploy", "grafana", "mediseg.json")))!["panels"]!.AsArray();

        string[] queries = [.. panels.SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!)];

        Assert.True(queries.Length >= panels.Count && panels.Count >= 10);
        foreach (string query in queries)
        {
            string[] names = [.. MetricName().Matches(Selectors().Replace(query, "")).Select(name => name.Value)];
            Assert.NotEmpty(names);
            foreach (string name in names)
            {
                HashSet<string> labels = [.. samples.Where(sample => sample.Name == name).SelectMany(sample => sample.Labels.Keys)];
                Assert.True(samples.Any(sample => sample.Name == name), $"{name} of \"{query}\" does not exist.");
                IEnumerable<string> used = By().Matches(query).SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
                    .Concat(LabelName().Matches(query).Select(label => label.Groups[1].Value));
                foreach (string label in used) Assert.True(labels.Contains(label), $"{name} of \"{query}\" has no label {label}.");
            }
        }
    }

    [Fact]
    public async Task Metrics_SwitchedOff_AreNotThere()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Telemetry:Prometheus"] = "false" });

        using HttpResponseMessage response = await host.CreateClient().GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/", "Telemetry:OtlpEndpoint must be")]
    [InlineData("http://127.0.0.1:4318/?key=1", "Telemetry:OtlpEndpoint must be")]
    public async Task Start_WrongCollector_IsRefusedAndSaysHow(string address, string sentence)
    {
        _settings["Telemetry:OtlpEndpoint"] = address;
        await using ServiceProcess service = new(_settings);

        Assert.Equal(1, await service.EndAsync());
        Assert.Contains(service.Lines, line => line.Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Collector_AfterJobs_HasTheirStagesAndNobodysName()
    {
        using OtlpReceiver collector = new();
        _settings["Telemetry:OtlpEndpoint"] = collector.Address;
        _settings["Telemetry:OtlpInterval"] = "00:00:01";
        _settings["Log:Level"] = "Verbose";
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();

        await WorkAsync(client);

        await collector.UntilAsync("/v1/metrics", "mediseg.jobs.ended", "mediseg.stage.duration", "http.server.request.duration", "truncated-image", "mediseg");
        await collector.UntilAsync("/v1/traces", ["segmentation", .. Stages[1..], "POST /v1/segmentations", "GET /v1/pacs/{name}/studies/{study}/series", "analytic"]);
        await collector.UntilAsync("/v1/logs", "Job started: model analytic 1, attempt 1", "Job failed: model analytic 1, ", "HTTP POST /v1/segmentations/ 201");
        await service.StopAsync();
        foreach (string sent in new[] { collector.Received("/v1/metrics"), collector.Received("/v1/traces"), collector.Received("/v1/logs") })
        {
            Assert.DoesNotContain(Canary, sent, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Uid, sent, StringComparison.Ordinal);
            Assert.DoesNotContain(_folder.Path, sent, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("/health/live", collector.Received("/v1/traces"), StringComparison.Ordinal);

        // The line on the console, the line at the collector and the span are one thing of one process.
        string id = TraceOfJob().Match(service.Lines.First(line => line.Contains("Job started", StringComparison.Ordinal))).Groups[1].Value;
        string bytes = Encoding.Latin1.GetString(Convert.FromHexString(id)), instance = Instance().Match(collector.Received("/v1/traces")).Groups[1].Value;
        foreach (string path in (string[])["/v1/traces", "/v1/logs"])
        {
            Assert.Contains(bytes, collector.Received(path), StringComparison.Ordinal);
            Assert.Contains(instance, collector.Received(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task CollectorLog_LineWithAnException_SaysItsTypeAndNotItsMessage()
    {
        using OtlpReceiver collector = new();
        using (Logger log = new LoggerConfiguration().WriteTo.Sink(
            new PatientDataSink(new CollectorLogSink(new Uri(collector.Address + "v1/logs"), resource => resource.AddService("mediseg")))).CreateLogger())
            log.ForContext("RequestPath", Canary).Error(new InvalidOperationException(Canary), "Broke after {Count} patches", 7);

        await collector.UntilAsync("/v1/logs", "Broke after 7 patches", "exception.type", "InvalidOperationException", "mediseg", "Count");
        Assert.DoesNotContain(Canary, collector.Received("/v1/logs"), StringComparison.Ordinal);
    }

    /// <summary>Two jobs that succeed, one that fails, one that is cancelled, and requests that lead nowhere, with names wherever there is room for one.</summary>
    private static async Task WorkAsync(HttpClient client)
    {
        client.DefaultRequestHeaders.Remove("User-Agent");
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Canary + "AGENT");
        client.DefaultRequestHeaders.Remove("tracestate");
        client.DefaultRequestHeaders.TryAddWithoutValidation("tracestate", "canary=CANARYSTATE");
        byte[] image = TestImages.SmallNifti();
        using (HttpResponseMessage done = await client.PostAsync(Form(image, "analytic", fileName: Canary + ".nii"), prefer: "wait=60"))
            Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        DicomDataset header = new DicomDataset().AddOrUpdate(DicomTag.PatientName, Canary).AddOrUpdate(DicomTag.StudyInstanceUID, Uid).AddOrUpdate(DicomTag.PatientID, Canary);
        byte[] series = HandMadeZip.Create(TestSeries.Files(header).Select((file, n) => ($"{Canary}{n}.dcm", file)));
        using (HttpResponseMessage done = await client.PostAsync(Form(series, "analytic"), prefer: "wait=60"))
            Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        using (HttpResponseMessage failed = await client.PostAsync(Form(TestImages.SmallNifti(gzip: false)[..400], "analytic"), prefer: "wait=60"))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, failed.StatusCode);
        string slow = await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(new GridSize(60, 60, 60))), "analytic", ApiHost.SlowOptions));
        await client.JobWhenAsync(slow, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);
        (await client.DeleteAsync($"{Jobs}/{slow}")).Dispose();
        foreach (string path in new[] { $"/{Canary}/{Canary}?{Canary}={Canary}", $"/v1/models/{Canary}", $"{Jobs}/{Canary}", $"/problems/{Canary}", $"/v1/pacs/{Canary}/studies/{Uid}/series", "/health/live" })
            (await client.GetAsync(path)).Dispose();
        (await client.SendAsync(new HttpRequestMessage(new HttpMethod(Canary), Jobs))).Dispose();
    }

    /// <summary>Asks until all jobs of some rounds are counted: the count follows the answer.</summary>
    private static async Task<IReadOnlyList<MetricSample>> ScrapeAsync(HttpClient client, int rounds)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (true)
        {
            string page = await client.GetStringAsync("/metrics", limit.Token);
            Assert.DoesNotContain(Canary, page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Uid, page, StringComparison.Ordinal);
            IReadOnlyList<MetricSample> samples = MetricSample.Parse(page);
            bool isSettled = Sum(samples, Requests, Created) == 2 * rounds && Sum(samples, "mediseg_jobs_ended_total") == 4 * rounds && Sum(samples, "mediseg_stage_duration_seconds_count", ("stage", "encoding")) == 2 * rounds
                && Sum(samples, Requests, ("http_route", "/metrics")) >= 1;
            if (isSettled) return samples;
            await Task.Delay(100, limit.Token);
        }
    }

    private static double Sum(IEnumerable<MetricSample> samples, string name, params (string Key, string Value)[] labels) =>
        samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Key) == label.Value)).Sum(sample => sample.Value);

    private static IEnumerable<string> Ours(IEnumerable<MetricSample> samples) =>
        samples.Where(sample => sample.Name.StartsWith("mediseg_", StringComparison.Ordinal) || sample.Name == Requests)
            .Select(sample => sample.Series).Order(StringComparer.Ordinal);

    private static async Task<HashSet<string>> RoutesAsync()
    {
        await using ApiHost host = new();
        return [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(route => "/" + route.RoutePattern.RawText!.TrimStart('/'))];
    }

    private static void AssertBounded(IEnumerable<MetricSample> samples, HashSet<string> routes)
    {
        foreach (MetricSample sample in samples.Where(sample => sample.Name != "target_info"))
            foreach ((string label, string value) in sample.Labels)
                Assert.True(label switch
                {
                    "model" => value == "analytic",
                    "pacs" => value == "clinic",
                    "stage" => Stages.Contains(value),
                    "state" => value is "queued" or "running" or "succeeded" or "failed" or "cancelled" or "dead-lettered" or "pending" or "delivered",
                    "code" => value is "" or "truncated-image",
                    "http_route" => routes.Contains(value),
                    "http_request_method" => value is "GET" or "POST" or "DELETE" or "_OTHER",
                    "http_response_status_code" => value.Length == 3,
                    "aspnetcore_request_is_unhandled" => value == "true",
                    "error_type" => value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_'),
                    "le" or "otel_scope_name" or "otel_scope_version" or "url_scheme" or "network_protocol_version" => value.Length < 30,
                    "gc_heap_generation" or "cpu_mode" => value.Length < 10,
                    _ => false,
                }, $"{sample.Series}: {label}");
    }

    [GeneratedRegex("([0-9a-f]{32}) Job started")]
    private static partial Regex TraceOfJob();

    [GeneratedRegex(@"service\.instance\.id[^-]{1,16}([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})", RegexOptions.Singleline)]
    private static partial Regex Instance();

    [GeneratedRegex(@"\{[^}]*\}|by \([^)]*\)")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\b(mediseg|http)_[a-z_]+\b")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex("""([a-z_]+)(?:=|!=)~?"[^"]*"[,}]""")]
    private static partial Regex LabelName();
}
