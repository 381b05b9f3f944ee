using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Threats of docs/security.md that no other class tests, and that each one there has its test.</summary>
public sealed partial class ThreatTests
{
    [Fact]
    public void Document_EveryThreat_NamesTestsThatExist()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "security.md")).Where(line => line.StartsWith("| **", StringComparison.Ordinal))];
        Dictionary<string, Type[]> classes = typeof(ThreatTests).Assembly.GetTypes().GroupBy(type => type.Name).ToDictionary(group => group.Key, group => group.ToArray());

        Assert.True(rows.Length >= 15);
        foreach (string row in rows)
        {
            Match[] named = Named().Matches(row.Split('|')[^2]).ToArray();
            Assert.True(named.Length > 0, "No test is named in: " + row);
            foreach (Match test in named)
                Assert.True(classes.GetValueOrDefault(test.Groups[1].Value)?.Any(type => type.GetMethod(test.Groups[2].Value)?.GetCustomAttribute<FactAttribute>() is not null),
                    "There is no test " + test.Value);
        }
    }

    [Fact]
    public async Task Ask_ForTheJobOfAnother_SaysWordForWordWhatItSaysOfNone()
    {
        await using ApiHost host = new(TestKeys.Settings(("alice", []), ("mallory", [])));
        HttpClient alice = host.As("alice"), mallory = host.As("mallory");
        string hers = await alice.QueueAsync(Form(TestImages.SmallNifti()));
        await alice.JobAtEndAsync(hers);

        foreach ((string method, string rest) in new[] { ("GET", ""), ("GET", "/events"), ("GET", "/result"), ("DELETE", "") })
        {
            string ofAnother = await AnswerAsync(mallory, method, $"{Jobs}/{hers}{rest}"), ofNone = await AnswerAsync(mallory, method, $"{Jobs}/{new string('0', 32)}{rest}");
            Assert.Equal(ofNone, ofAnother);
            Assert.StartsWith("NotFound", ofAnother, StringComparison.Ordinal);
        }
        Assert.Equal("succeeded", (string?)(await alice.JobAsync(hers))["state"]);
    }

    [Theory]
    [InlineData("/v1/segmentations/{0}")]
    [InlineData("/v1/segmentations/{0}/result")]
    [InlineData("/v1/models/{0}")]
    [InlineData("/v1/models/analytic/{0}")]
    [InlineData("/v1/pacs/{0}/studies")]
    [InlineData("/problems/{0}")]
    [InlineData("/openapi/{0}.json")]
    [InlineData("/swagger/{0}")]
    public async Task Get_PathThatLeadsOutside_FindsNothing(string address)
    {
        await using ApiHost host = new();
        HttpClient client = host.CreateClient();
        foreach (string path in new[] { "..%2F..%2F..%2F..%2Fetc%2Fpasswd", "..%5C..%5Cappsettings", "%2Fetc%2Fpasswd", "....%2F%2Fetc%2Fpasswd", "..%252Fdata%252Fjobs.db" })
        {
            using HttpResponseMessage response = await client.GetAsync(address.Replace("{0}", path, StringComparison.Ordinal));

            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.DoesNotContain("root:", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Send_LinesHiddenInEveryField_MakeNoLogLine()
    {
        const string forged = "x\r\n03:00:00.000 INF FORGED admin logged in";
        string escaped = Uri.EscapeDataString(forged);
        await using ApiHost host = new(TestKeys.Settings(("ward", ["segment", "read", "pacs"])));
        HttpClient client = host.As("ward");

        foreach (string address in new[] { "/v1/models/" + escaped, $"{Jobs}/{escaped}", $"{Jobs}?state={escaped}", $"{Jobs}?cursor={escaped}", $"/v1/pacs/{escaped}/studies?PatientName={escaped}", "/" + escaped })
            (await client.GetAsync(address)).Dispose();
        (await client.PostAsync(Form(TestImages.SmallNifti(), forged, forged), "?format=" + escaped)).Dispose();
        (await client.PostAsync(Raw(TestImages.SmallNifti()), $"?model={escaped}&{escaped}=1", prefer: Uri.EscapeDataString(forged))).Dispose();
        using HttpRequestMessage odd = new(new HttpMethod("FORGED"), "/v1/models");
        odd.Headers.TryAddWithoutValidation("X-Api-Key", "FORGED");
        odd.Headers.TryAddWithoutValidation("traceparent", "FORGED");
        odd.Headers.UserAgent.ParseAdd("FORGED");
        (await client.SendAsync(odd)).Dispose();

        Assert.NotEmpty(host.Log.Lines);
        Assert.All(host.Log.Lines, line => Assert.DoesNotContain("FORGED", line, StringComparison.Ordinal));
        string trail = string.Concat(Directory.GetFiles(Path.Combine(host.DataRoot, "audit")).Select(ReadShared));
        Assert.NotEmpty(trail);
        Assert.DoesNotContain("FORGED", trail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_PacsByAddressOrBehindARedirect_ConnectsToConfiguredArchivesOnly()
    {
        using TcpListener archive = new(IPAddress.Loopback, 0), inside = new(IPAddress.Loopback, 0);
        archive.Start();
        inside.Start();
        string target = $"127.0.0.1:{((IPEndPoint)inside.LocalEndpoint).Port}";
        await using ApiHost host = new(new Dictionary<string, string>
        {
            ["Pacs:Archives:main:Url"] = $"http://127.0.0.1:{((IPEndPoint)archive.LocalEndpoint).Port}/dicom-web", ["Pacs:Archives:main:Attempts"] = "1",
        });
        HttpClient client = host.CreateClient();
        Task redirect = RedirectAsync(archive, $"http://{target}/secret");

        foreach (string name in new[] { $"http%3A%2F%2F{Uri.EscapeDataString(target)}", Uri.EscapeDataString(target), "main@" + Uri.EscapeDataString(target), "main%2F..%2F" + Uri.EscapeDataString(target) })
        {
            using HttpResponseMessage byName = await client.GetAsync($"/v1/pacs/{name}/studies");
            await ProblemAsync(byName, HttpStatusCode.NotFound, "unknown-pacs");
        }
        using HttpResponseMessage redirected = await client.GetAsync("/v1/pacs/main/studies");
        await redirect;

        await ProblemAsync(redirected, HttpStatusCode.BadGateway, "pacs-failed");
        Assert.False(inside.Pending());
    }

    private static async Task RedirectAsync(TcpListener archive, string location)
    {
        using TcpClient connection = await archive.AcceptTcpClientAsync();
        await using NetworkStream stream = connection.GetStream();
        int count = await stream.ReadAsync(new byte[4096]);
        Assert.True(count > 0);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    }

    private static async Task<string> AnswerAsync(HttpClient client, string method, string address)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), address);
        using HttpResponseMessage response = await client.SendAsync(request);
        string body = TraceId().Replace(await response.Content.ReadAsStringAsync(), "");
        return $"{response.StatusCode}\n{response.Headers}{response.Content.Headers}\n{body}";
    }

    private static string ReadShared(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("`([A-Za-z]+)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex Named();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
