using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace MedISeg.Benchmarks.Load;

/// <summary>Clients that send jobs one after the other, follow their events and fetch their results, and what they saw.</summary>
internal sealed class LoadTest : IDisposable
{
    /// <summary>So that what is given back has been given back when memory is read.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private readonly LoadTestOptions _options;
    private readonly HttpClient _client;
    private readonly byte[][] _images;
    private readonly ConcurrentBag<string> _faults = [];
    private readonly ConcurrentBag<double> _latency = [], _overhead = [];
    private readonly ConcurrentDictionary<(int Image, string Model), string> _results = new();
    private readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.Ordinal);
    private int _next, _succeeded, _deleted, _refused, _postponed;

    /// <summary>Reads the images.</summary>
    /// <exception cref="IOException">An image cannot be read.</exception>
    public LoadTest(LoadTestOptions options)
    {
        _options = options;
        _images = [.. options.Images.Select(File.ReadAllBytes)];
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4 * options.Clients }) { BaseAddress = options.Address, Timeout = TimeSpan.FromMinutes(30) };
        if (options.Key is not null) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
    }

    /// <summary>Sends all jobs.</summary>
    /// <param name="progress">Hears how many are done, now and then; null: nobody listens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LoadTestReport> RunAsync(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await RunUntilAsync(_options.Jobs / 10, progress, cancellationToken);
        TimeSpan spent = Stopwatch.GetElapsedTime(start);
        long? tenth = await ResidentAsync(cancellationToken);
        start = Stopwatch.GetTimestamp();
        await RunUntilAsync(_options.Jobs, progress, cancellationToken);
        spent += Stopwatch.GetElapsedTime(start);
        long? all = await ResidentAsync(cancellationToken);
        return new LoadTestReport
        {
            Succeeded = _succeeded, Deleted = _deleted, Refused = _refused, Postponed = _postponed, Faults = [.. _faults], Seconds = spent.TotalSeconds,
            Latency = [.. _latency.Order()], Overhead = [.. _overhead.Order()], ResidentBytes = tenth is { } before && all is { } after ? (before, after) : null,
        };
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task RunUntilAsync(int count, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, _options.Clients).Select(async _ =>
        {
            for (int n = Interlocked.Increment(ref _next) - 1; n < count; n = Interlocked.Increment(ref _next) - 1)
            {
                try
                {
                    await SendAsync(n, cancellationToken);
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    _faults.Add("the connection broke: " + e.GetType().Name);
                }
                if (n % 50 == 49) progress?.Report(n + 1);
            }
        }));
        _next = count;
    }

    private async Task SendAsync(int n, CancellationToken cancellationToken)
    {
        bool delete = _options.Mixed && n % 10 == 3, broken = _options.Mixed && n % 10 == 7;
        // Each package gets each image.
        string model = _options.Models[n % _options.Models.Count];
        int image = n / _options.Models.Count % _images.Length;
        (HttpResponseMessage answer, long start) = await PostAsync(broken ? _images[image][..(_images[image].Length / 2)] : _images[image], image, model, cancellationToken);
        using HttpResponseMessage accepted = answer;
        if (accepted.StatusCode != HttpStatusCode.Accepted)
        {
            if (broken && (int)accepted.StatusCode is >= 400 and < 500) Interlocked.Increment(ref _refused);
            else _faults.Add($"a job was answered with {(int)accepted.StatusCode}");
            return;
        }
        Uri job = accepted.Headers.Location!;
        if (!_ids.TryAdd(job.OriginalString, true)) _faults.Add("two jobs have one id");
        if (delete)
        {
            await DeleteAsync(job, cancellationToken);
            return;
        }
        JsonNode? done = await DoneAsync(job, cancellationToken);
        switch ((string?)done?["state"])
        {
            case "succeeded" when !broken:
                byte[] result = await _client.GetByteArrayAsync(new Uri(_client.BaseAddress!, (string)done["links"]!["result"]!), cancellationToken);
                Take(done, Stopwatch.GetElapsedTime(start).TotalSeconds, (image, model), result);
                break;
            case "failed" when broken:
                Interlocked.Increment(ref _refused);
                break;
            case { } state:
                _faults.Add($"a job {(broken ? "that is no image " : "")}ended as {state}: {(string?)done["problem"]?["code"] ?? "no problem told"}");
                break;
            default:
                _faults.Add("an accepted job is lost");
                break;
        }
    }

    private void Take(JsonNode done, double seconds, (int, string) kind, byte[] result)
    {
        JsonNode timings = done["report"]!["timingsMs"]!;
        _latency.Add(seconds);
        _overhead.Add(seconds - ((double)timings["waiting"]! + (double)timings["predicting"]!) / 1e3);
        string hash = Convert.ToHexString(SHA256.HashData(result));
        if (_results.GetOrAdd(kind, hash) != hash) _faults.Add("results of the same image differ");
        Interlocked.Increment(ref _succeeded);
    }

    /// <summary>Posts until the service has room.</summary>
    /// <returns>The answer, and when the try that got it began.</returns>
    private async Task<(HttpResponseMessage Answer, long Start)> PostAsync(byte[] image, int place, string model, CancellationToken cancellationToken)
    {
        while (true)
        {
            using MultipartFormDataContent form = new() { { new ByteArrayContent(image), "image", Path.GetFileName(_options.Images[place]) }, { new StringContent(model), "model" } };
            if (_options.Options is not null) form.Add(new StringContent(_options.Options), "options");
            using HttpRequestMessage request = new(HttpMethod.Post, "v1/segmentations") { Content = form, Headers = { { "Prefer", "respond-async" } } };
            long start = Stopwatch.GetTimestamp();
            HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return (response, start);
            TimeSpan wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            response.Dispose();
            Interlocked.Increment(ref _postponed);
            await Task.Delay(wait, cancellationToken);
        }
    }

    private async Task DeleteAsync(Uri job, CancellationToken cancellationToken)
    {
        using HttpResponseMessage deleted = await _client.DeleteAsync(job, cancellationToken);
        using HttpResponseMessage gone = await _client.GetAsync(job, cancellationToken);
        if (deleted.StatusCode == HttpStatusCode.NoContent && gone.StatusCode == HttpStatusCode.NotFound) Interlocked.Increment(ref _deleted);
        else _faults.Add($"a deleted job was answered with {(int)deleted.StatusCode}, and then with {(int)gone.StatusCode}");
    }

    /// <summary>Follows the events of a job to its end.</summary>
    /// <returns>The job at its end; null: the stream ended before.</returns>
    private async Task<JsonNode?> DoneAsync(Uri job, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_client.BaseAddress!, job.OriginalString + "/events"));
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode) return null;
        using StreamReader events = new(await response.Content.ReadAsStreamAsync(cancellationToken));
        string name = "";
        while (await events.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (name == "done" && line.StartsWith("data: ", StringComparison.Ordinal)) return JsonNode.Parse(line[6..]);
        }
        return null;
    }

    private async Task<long?> ResidentAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Rest, cancellationToken);
        using HttpResponseMessage response = await _client.GetAsync(new Uri("v1/system", UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode
            ? (long?)JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!["memory"]!["residentBytes"]
            : null;
    }
}
