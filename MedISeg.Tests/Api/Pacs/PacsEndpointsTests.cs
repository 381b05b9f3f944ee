using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Tests.Dicom.Web;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Pacs;

public sealed class PacsEndpointsTests : IDisposable
{
    private readonly byte[][] _files = TestSeries.Files();
    private readonly MemoryArchive _archive;

    public PacsEndpointsTests() => _archive = new MemoryArchive(_files);

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Submit_SeriesOfTheArchive_IsSegmentedAndStoredThere()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        HttpClient client = host.CreateClient();

        string id = await client.QueueAsync(_archive.Study, _archive.Series);
        JsonNode job = await client.DeliveryAsync(id, "delivered");

        Assert.Equal("main", (string?)job["delivery"]!["pacs"]);
        Assert.Equal(1, (int)job["delivery"]!["attempts"]!);
        Assert.Empty(Schemas.Faults("job", job.ToJsonString()));
        TestSeries.AssertMask(MemoryArchive.ObjectOf(Assert.Single(_archive.Sent)));
        Assert.Equal(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), MemoryArchive.ObjectOf(_archive.Sent[0]));
    }

    [Fact]
    public async Task Submit_WithoutStore_AnswersWithTheSegmentationAndSendsNothing()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        using HttpResponseMessage response = await host.CreateClient().SegmentAsync(_archive.Study, _archive.Series, store: false, prefer: "wait=60");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
        Assert.Empty(_archive.Sent);
        Assert.Null((await host.CreateClient().JobAsync(response.Headers.Location!.OriginalString.Split('/')[^1]))["delivery"]);
    }

    [Fact]
    public async Task Submit_SyntaxThatIsNotDecoded_IsFetchedUncompressed()
    {
        // An image of a video's transfer syntax, which no host decodes.
        _archive.AsStored = [.. _files.Select(file => Replace(file, "1.2.840.10008.1.2.1\0", "1.2.840.10008.1.2.9\0"))];
        await using ApiHost host = PacsHost.Create(() => _archive);
        using HttpResponseMessage response = await host.CreateClient().SegmentAsync(_archive.Study, _archive.Series, store: false, prefer: "wait=60");
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(2, _archive.Asked.Count(address => address.EndsWith(_archive.Series, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Submit_SeriesThatTheArchiveHasNot_FailsWithUnknownSeries()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        using HttpResponseMessage response = await host.CreateClient().SegmentAsync(_archive.Study, "2.25.404", prefer: "wait=60");
        await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-series", "check both UIDs");
    }

    [Fact]
    public async Task Submit_ArchiveThatIsNotConfigured_IsUnknownPacs()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        using HttpResponseMessage response = await host.CreateClient().SegmentAsync(_archive.Study, _archive.Series, pacs: "other");
        await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-pacs", "main");
    }

    [Theory]
    [InlineData("{}", "studyInstanceUid must be a UID")]
    [InlineData("""{"studyInstanceUid":"1.2","seriesInstanceUid":"1/../2"}""", "seriesInstanceUid must be a UID")]
    [InlineData("""{"studyInstanceUid":"1.2","seriesInstanceUid":"1.2","url":"http://example.test"}""", "JSON object with studyInstanceUid")]
    [InlineData("[", "JSON object with studyInstanceUid")]
    [InlineData("null", "JSON object with studyInstanceUid")]
    public async Task Submit_MalformedBody_SaysWhatIsWanted(string body, string detail)
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.CreateClient().PostAsync(new Uri("/v1/pacs/main/segmentations", UriKind.Relative), content);
        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", detail);
        Assert.Empty(host.DataFolders);
        Assert.Empty(_archive.Asked);
    }

    [Fact]
    public async Task Submit_UnknownOption_IsRefusedBeforeTheArchiveIsAsked()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        using HttpResponseMessage response = await host.CreateClient().SegmentAsync(_archive.Study, _archive.Series, options: "{\"foo\":1}");
        await ProblemAsync(response, HttpStatusCode.BadRequest, "unknown-option", "foo");
        Assert.Empty(_archive.Asked);
    }

    [Fact]
    public async Task Deliver_ArchiveRefuses_IsDeadLetteredAndCanBeAskedForAgain()
    {
        string refusal = $"{{\"00081198\":{{\"vr\":\"SQ\",\"Value\":[{{\"00081155\":{{\"vr\":\"UI\",\"Value\":[\"2.25.1\"]}},\"00081197\":{{\"vr\":\"US\",\"Value\":[43264]}}}}]}}}}";
        _archive.Take = ScriptedArchive.Json(refusal, 409);
        await using ApiHost host = PacsHost.Create(() => _archive, new Dictionary<string, string> { ["Pacs:DeliveryAttempts"] = "2" });
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(_archive.Study, _archive.Series);

        JsonNode job = await client.DeliveryAsync(id, "dead-lettered");
        Assert.Equal(("succeeded", 2), ((string?)job["state"], (int)job["delivery"]!["attempts"]!));
        Assert.Contains("43264", (string?)job["delivery"]!["problem"]!["detail"], StringComparison.Ordinal);
        Assert.Empty(Schemas.Faults("job", job.ToJsonString()));

        JsonNode givenUp = await host.ServiceDidAsync("giveUpDelivery");
        Assert.Equal((id, "main"), ((string)givenUp["job"]!, (string)givenUp["archive"]!));

        _archive.Take = ScriptedArchive.Json("{}");
        using HttpResponseMessage again = await client.PostAsync(new Uri($"{Jobs}/{id}/delivery", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        job = await client.DeliveryAsync(id, "delivered");
        Assert.Null(job["delivery"]!["problem"]);
        Assert.Equal(id, (string?)(await host.ServiceDidAsync("deliver"))["job"]);
        Assert.Equal(3, _archive.Sent.Count);
        Assert.All(_archive.Sent, body => Assert.Equal(MemoryArchive.ObjectOf(_archive.Sent[0]), MemoryArchive.ObjectOf(body)));
    }

    [Fact]
    public async Task Deliver_JobWithoutPacsOrWithoutResult_SaysSo()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        string plain = await client.QueueAsync(Form(TestImages.SmallNifti()));
        using HttpResponseMessage none = await client.PostAsync(new Uri($"{Jobs}/{plain}/delivery", UriKind.Relative), null);
        await ProblemAsync(none, HttpStatusCode.BadRequest, "malformed-request", "no PACS");
        string failed = await client.QueueAsync(_archive.Study, "2.25.404");
        await client.JobAtEndAsync(failed);
        using HttpResponseMessage early = await client.PostAsync(new Uri($"{Jobs}/{failed}/delivery", UriKind.Relative), null);
        await ProblemAsync(early, HttpStatusCode.Conflict, "job-not-finished", "no result");
    }

    [Fact]
    public async Task Search_StudiesAndSeries_PassesKnownAttributesOn()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        using HttpResponseMessage studies = await client.GetAsync("/v1/pacs/main/studies?PatientName=A%20B*&limit=5&offset=2");
        Assert.Equal("application/dicom+json", studies.Content.Headers.ContentType!.MediaType);
        Assert.Contains("2.25.1", await studies.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage series = await client.GetAsync("/v1/pacs/main/studies/2.25.1/series?Modality=CT");
        Assert.Equal(["/dicom-web/studies?PatientName=A%20B%2A&offset=2&limit=5", "/dicom-web/studies/2.25.1/series?Modality=CT&limit=100"],
            _archive.Asked.Select(address => address.Replace("B*", "B%2A", StringComparison.Ordinal)));
        Assert.Equal("main", (string?)(await client.GetFromJsonAsync<JsonNode>("/v1/pacs"))!["items"]![0]);
    }

    [Theory]
    [InlineData("studies?url=http://example.test", "is not known")]
    [InlineData("studies?limit=0", "limit must be")]
    [InlineData("studies?PatientID=1&PatientID=2", "came 2 times")]
    [InlineData("studies/a%2Fb/series", "must be a UID")]
    public async Task Search_Malformed_IsRefused(string address, string detail)
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        using HttpResponseMessage response = await host.CreateClient().GetAsync("/v1/pacs/main/" + address);
        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", detail);
        Assert.Empty(_archive.Asked);
    }

    [Fact]
    public async Task Archive_WithPassword_IsSentItAndReadsItAnew()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "password");
        await File.WriteAllTextAsync(file, "first\n");
        await using ApiHost host = PacsHost.Create(() => _archive,
            new Dictionary<string, string> { ["Pacs:Archives:main:User"] = "mediseg", ["Pacs:Archives:main:PasswordFile"] = file });
        HttpClient client = host.CreateClient();
        await client.GetStringAsync("/v1/pacs/main/studies");
        await File.WriteAllTextAsync(file, "second");
        await client.GetStringAsync("/v1/pacs/main/studies");
        Assert.Equal(["mediseg:first", "mediseg:second"],
            _archive.Asked.Select(address => Encoding.UTF8.GetString(Convert.FromBase64String(address.Split("Basic ")[1]))));
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("second", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Archive_WithToken_IsSentItWithEveryRequestAndReadsItAnew()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, "first-token\n");
        await using ApiHost host = PacsHost.Create(() => _archive, new Dictionary<string, string> { ["Pacs:Archives:main:TokenFile"] = file });
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(_archive.Study, _archive.Series);
        await client.DeliveryAsync(id, "delivered");
        Assert.True(_archive.Asked.Count >= 3);
        Assert.All(_archive.Asked, address => Assert.EndsWith(" Bearer first-token", address, StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, "second-token");
        await client.GetStringAsync("/v1/pacs/main/studies");
        Assert.EndsWith(" Bearer second-token", _archive.Asked[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Service_UidsOfPacsJobs_AreNowhereInWhatItWrites()
    {
        await using ApiHost host = PacsHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(_archive.Study, _archive.Series);
        await client.DeliveryAsync(id, "delivered");
        using (HttpResponseMessage _ = await client.GetAsync($"/v1/pacs/main/studies/{_archive.Study}/series")) { }
        string failed = await client.QueueAsync(_archive.Study, "2.25.404");
        string job = await client.GetStringAsync($"{Jobs}/{id}") + (await client.JobAtEndAsync(failed)).ToJsonString();
        string[] uids = [_archive.Study, _archive.Series, "2.25.404"];
        Assert.All(uids, uid => Assert.DoesNotContain(uid, job, StringComparison.Ordinal));
        Assert.All(host.Log.Lines, line => Assert.All(uids, uid => Assert.DoesNotContain(uid, line, StringComparison.Ordinal)));
        foreach (string path in Directory.GetFiles(host.DataRoot, "jobs.db*"))
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(stream, Encoding.Latin1);
            string content = await reader.ReadToEndAsync();
            Assert.All(uids, uid => Assert.DoesNotContain(uid, content, StringComparison.Ordinal));
        }
    }

    private static byte[] Replace(byte[] file, string from, string to)
    {
        byte[] changed = [.. file];
        Encoding.ASCII.GetBytes(to).CopyTo(changed, file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from)));
        return changed;
    }
}
