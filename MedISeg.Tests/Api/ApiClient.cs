using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedISeg.Tests.Api;

/// <summary>Short ways to talk to the service.</summary>
internal static class ApiClient
{
    /// <summary>Address of all jobs.</summary>
    public const string Jobs = "/v1/segmentations";

    /// <summary>A form with an image and, where given, model and options.</summary>
    public static MultipartFormDataContent Form(byte[] image, string? model = null, string? options = null, string fileName = "image.nii.gz")
    {
        MultipartFormDataContent form = new() { { new ByteArrayContent(image), "image", fileName } };
        if (model is not null) form.Add(new StringContent(model), "model");
        if (options is not null) form.Add(new StringContent(options), "options");
        return form;
    }

    /// <summary>A body that is the image.</summary>
    public static ByteArrayContent Raw(byte[] image, string type = "application/octet-stream") =>
        new(image) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    /// <summary>Posts a body.</summary>
    public static async Task<HttpResponseMessage> PostAsync(
        this HttpClient client, HttpContent body, string query = "", string? prefer = null, string? accept = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Jobs + query) { Content = body };
        // The test server would otherwise buffer a body of unknown length and announce its length.
        if (body.Headers.ContentLength is null) request.Headers.TransferEncodingChunked = true;
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request);
    }

    /// <summary>Posts a body and returns the id of the job that 202 announced.</summary>
    public static async Task<string> QueueAsync(this HttpClient client, HttpContent body, string query = "")
    {
        using HttpResponseMessage response = await client.PostAsync(body, query, "respond-async");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        string id = (string)(await JsonAsync(response))["id"]!;
        Assert.Equal($"{Jobs}/{id}", response.Headers.Location!.OriginalString);
        return id;
    }

    /// <summary>Body as JSON.</summary>
    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    /// <summary>A job's document.</summary>
    public static async Task<JsonNode> JobAsync(this HttpClient client, string id) =>
        JsonNode.Parse(await client.GetStringAsync($"{Jobs}/{id}"))!;

    /// <summary>Asks until a job is as wanted.</summary>
    public static async Task<JsonNode> JobWhenAsync(this HttpClient client, string id, Func<JsonNode, bool> wanted)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        while (true)
        {
            JsonNode job = await client.JobAsync(id);
            if (wanted(job)) return job;
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Waits for something that the service does behind an answer.</summary>
    public static async Task UntilAsync(this HttpClient client, Func<bool> happened)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        while (!happened()) (await client.GetAsync("/health/live", limit.Token)).Dispose();
    }

    /// <summary>Asks until the service is ready.</summary>
    public static async Task UntilReadyAsync(this HttpClient client)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync("/health/ready", limit.Token);
            if (response.StatusCode == HttpStatusCode.OK) return;
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Asks until a job is final.</summary>
    public static Task<JsonNode> JobAtEndAsync(this HttpClient client, string id) =>
        client.JobWhenAsync(id, job => (string)job["state"]! is not ("queued" or "running"));

    /// <summary>A job's events up to the last.</summary>
    public static async Task<(string Event, JsonNode Data)[]> FollowAsync(this HttpClient client, string id)
    {
        List<(string, JsonNode)> events = [];
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        await using Stream stream = await client.GetStreamAsync($"{Jobs}/{id}/events", limit.Token);
        using StreamReader reader = new(stream);
        string? name = null;
        while (await reader.ReadLineAsync(limit.Token) is { } line)
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) events.Add((name!, JsonNode.Parse(line[6..])!));
        return [.. events];
    }

    /// <summary>Asserts status, media type, code and a word of the detail of a problem, and that it fits the schema.</summary>
    public static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code, string? detail = null)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonNode problem = JsonNode.Parse(text)!;
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal("/problems/" + code, (string?)problem["type"]);
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.False(string.IsNullOrEmpty((string?)problem["traceId"]));
        if (detail is not null) Assert.Contains(detail, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Empty(Schemas.Faults("problem", text));
        return problem;
    }

    /// <summary>Serialises an options object.</summary>
    public static string Options(object value) => JsonSerializer.Serialize(value);
}
