using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedISeg.Api.Pacs;
using MedISeg.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MedISeg.Tests.Api.Pacs;

/// <summary>The service with one archive, called main.</summary>
internal static class PacsHost
{
    /// <summary>Starts it.</summary>
    /// <param name="connect">Connects to the archive.</param>
    /// <param name="settings">Settings on top.</param>
    /// <param name="packages">Packages; by default a 3-D one called analytic.</param>
    public static ApiHost Create(
        Func<HttpMessageHandler> connect, IReadOnlyDictionary<string, string>? settings = null, IReadOnlyList<AnalyticPackageOptions>? packages = null)
    {
        Dictionary<string, string> all = new()
        {
            ["Pacs:Archives:main:Url"] = "http://archive.test/dicom-web", ["Pacs:Archives:main:FirstDelay"] = "00:00:00", ["Pacs:Archives:main:Attempts"] = "1",
            ["Pacs:FirstRedelivery"] = "00:00:00",
        };
        foreach ((string key, string value) in settings ?? new Dictionary<string, string>()) all[key] = value;
        return new ApiHost(all, packages, services: services => services.AddSingleton<PacsConnect>(_ => connect()));
    }

    /// <summary>Asks for a series to be segmented.</summary>
    public static async Task<HttpResponseMessage> SegmentAsync(
        this HttpClient client, string study, string series, bool store = true, string? options = null, string pacs = "main", string prefer = "respond-async")
    {
        JsonObject body = new() { ["studyInstanceUid"] = study, ["seriesInstanceUid"] = series, ["store"] = store };
        if (options is not null) body["options"] = JsonNode.Parse(options);
        using HttpRequestMessage request = new(HttpMethod.Post, $"/v1/pacs/{pacs}/segmentations") { Content = JsonContent.Create(body) };
        request.Headers.Add("Prefer", prefer);
        return await client.SendAsync(request);
    }

    /// <summary>Asks for a series to be segmented.</summary>
    /// <returns>Id of the job.</returns>
    public static async Task<string> QueueAsync(this HttpClient client, string study, string series, bool store = true, string? options = null)
    {
        using HttpResponseMessage response = await client.SegmentAsync(study, series, store, options);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        return (string)(await ApiClient.JsonAsync(response))["id"]!;
    }

    /// <summary>Waits until a delivery is in a state.</summary>
    public static Task<JsonNode> DeliveryAsync(this HttpClient client, string id, string state) =>
        client.JobWhenAsync(id, job => (string?)job["delivery"]?["state"] == state);
}
