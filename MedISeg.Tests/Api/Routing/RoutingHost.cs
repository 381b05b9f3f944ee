using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Tests.Api.Pacs;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Routing;

/// <summary>The service with one routing rule: CT goes to the package analytic, and the result to archive main.</summary>
internal static class RoutingHost
{
    /// <summary>Prepares it.</summary>
    /// <param name="connect">Connects to the archive.</param>
    /// <param name="quietTime">How long a series must be quiet.</param>
    /// <param name="settings">Settings on top.</param>
    public static ApiHost Create(Func<HttpMessageHandler> connect, string quietTime = "00:00:01", IReadOnlyDictionary<string, string>? settings = null)
    {
        Dictionary<string, string> all = new()
        {
            ["Routing:QuietTime"] = quietTime, ["Routing:Rules:0:Name"] = "ct", ["Routing:Rules:0:Match:Modality"] = "CT", ["Routing:Rules:0:Model"] = "analytic",
            ["Routing:Rules:0:Destination"] = "main", ["Routing:Rules:0:Priority"] = "3",
        };
        foreach ((string key, string value) in settings ?? new Dictionary<string, string>()) all[key] = value;
        return PacsHost.Create(connect, all);
    }

    /// <summary>Sends objects.</summary>
    /// <param name="client">The service.</param>
    /// <param name="files">The objects.</param>
    /// <param name="query">Behind <c>/dicomweb/studies</c>.</param>
    public static Task<HttpResponseMessage> StowAsync(this HttpClient client, IEnumerable<byte[]> files, string query = "") =>
        client.PostAsync(new Uri("/dicomweb/studies" + query, UriKind.Relative), TestSeries.Related(files));

    /// <summary>Sends objects, all of which must be taken.</summary>
    public static async Task SendAsync(this HttpClient client, IReadOnlyCollection<byte[]> files, string query = "")
    {
        using HttpResponseMessage response = await client.StowAsync(files, query);
        JsonNode answer = await JsonAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToJsonString());
        Assert.Equal(files.Count, answer["00081199"]!["Value"]!.AsArray().Count);
    }

    /// <summary>Waits until there are jobs and all of them have ended.</summary>
    public static async Task<JsonArray> JobsAtEndAsync(this HttpClient client, int count)
    {
        while (true)
        {
            JsonArray items = JsonNode.Parse(await client.GetStringAsync(Jobs))!["items"]!.AsArray();
            Assert.True(items.Count <= count, "There are more jobs than expected.");
            if (items.Count == count && items.All(job => (string?)job!["state"] is not ("queued" or "running"))) return items;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
