using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedISeg.Dicom;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Pacs;

/// <summary>A model of two channels, and an archive that has a series for each.</summary>
public sealed class PacsChannelTests : IDisposable
{
    private readonly byte[][] _first, _second;
    private readonly MemoryArchive _archive;

    public PacsChannelTests()
    {
        (_first, _second) = TestSeries.Pair("CT");
        _archive = new MemoryArchive(_first, _second);
    }

    private string SecondSeries => MemoryArchive.Header(_second).GetString(DicomTag.SeriesInstanceUID);

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Submit_OneSeriesAChannel_IsSegmentedAndStoredBesideTheFirst()
    {
        await using ApiHost host = Host();
        HttpClient client = host.CreateClient();
        using HttpResponseMessage response = await PostAsync(client, Channels(("channel-0", _archive.Series), ("channel-1", SecondSeries)));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        string id = (string)(await JsonAsync(response))["id"]!;
        await client.DeliveryAsync(id, "delivered");

        byte[] sent = MemoryArchive.ObjectOf(Assert.Single(_archive.Sent));
        TestSeries.AssertMask(sent);
        Assert.Equal(_archive.Series, Referred(sent));
        string job = await client.GetStringAsync($"{Jobs}/{id}");
        foreach (string uid in (string[])[_archive.Study, _archive.Series, SecondSeries])
        {
            Assert.DoesNotContain(uid, job, StringComparison.Ordinal);
            Assert.All(host.Log.Lines, line => Assert.DoesNotContain(uid, line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Submit_ChannelsTheOtherWayRound_LieOnTheSeriesOfTheFirst()
    {
        await using ApiHost host = Host();
        HttpClient client = host.CreateClient();
        using HttpResponseMessage response = await PostAsync(client, Channels(("channel-1", _archive.Series), ("channel-0", SecondSeries)));
        await client.DeliveryAsync((string)(await JsonAsync(response))["id"]!, "delivered");
        Assert.Equal(SecondSeries, Referred(MemoryArchive.ObjectOf(_archive.Sent[0])));
    }

    [Theory]
    [InlineData("channel-0", null)]
    [InlineData("channel-0", "channel-2")]
    public async Task Submit_ChannelsThatAreNotTheModels_NamesThem(string first, string? second)
    {
        await using ApiHost host = Host();
        JsonObject channels = new() { [first] = _archive.Series };
        if (second is not null) channels[second] = SecondSeries;
        using HttpResponseMessage response = await PostAsync(host.CreateClient(), new JsonObject { ["channels"] = channels });
        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "'channel-0', 'channel-1'");
        Assert.Empty(_archive.Asked);
    }

    [Fact]
    public async Task Submit_OneSeriesForBothChannels_IsChannelMismatch()
    {
        await using ApiHost host = Host();
        using HttpResponseMessage response = await PostAsync(host.CreateClient(), Channels(("channel-0", SecondSeries), ("channel-1", SecondSeries)));
        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "Two channels name one series");
    }

    [Fact]
    public async Task Submit_OneSeriesForAModelOfTwoChannels_IsChannelMismatch()
    {
        await using ApiHost host = Host();
        using HttpResponseMessage response = await PostAsync(host.CreateClient(), new JsonObject { ["seriesInstanceUid"] = SecondSeries }, "wait=60");
        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "give channels of an archive, ('channel-0', 'channel-1')");
    }

    [Fact]
    public async Task Submit_SeriesAndChannelsOrNone_IsMalformed()
    {
        await using ApiHost host = Host();
        JsonObject both = Channels(("channel-0", _archive.Series), ("channel-1", SecondSeries));
        both["seriesInstanceUid"] = _archive.Series;
        foreach (JsonObject body in (JsonObject[])[both, []])
        {
            using HttpResponseMessage response = await PostAsync(host.CreateClient(), body);
            await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "either seriesInstanceUid or channels");
        }
        using HttpResponseMessage noUid = await PostAsync(host.CreateClient(), Channels(("channel-0", "a/b"), ("channel-1", SecondSeries)));
        await ProblemAsync(noUid, HttpStatusCode.BadRequest, "malformed-request", "Each of channels must be a UID");
    }

    [Fact]
    public async Task Submit_SeriesOfAnotherFrameOfReference_IsChannelMismatch()
    {
        byte[][] elsewhere = [.. _second.Select(file => TestSeries.Change(file, set => set.AddOrUpdate(DicomTag.FrameOfReferenceUID, "2.25.9")))];
        using MemoryArchive archive = new(_first, elsewhere);
        await using ApiHost host = Host(archive);
        using HttpResponseMessage response = await PostAsync(host.CreateClient(), Channels(("channel-0", archive.Series), ("channel-1", SecondSeries)), "wait=60");
        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "do not share a frame of reference");
    }

    [Fact]
    public async Task Submit_SeriesThatTogetherHaveTooManyInstances_IsTooLarge()
    {
        await using ApiHost host = Host(settings: new Dictionary<string, string> { ["Limits:MaxFiles"] = "9" });
        using HttpResponseMessage response = await PostAsync(
            host.CreateClient(), Channels(("channel-0", _archive.Series), ("channel-1", SecondSeries)), "wait=60");
        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "together have over 9 instances");
    }

    private ApiHost Host(MemoryArchive? archive = null, IReadOnlyDictionary<string, string>? settings = null) =>
        PacsHost.Create(() => archive ?? _archive, settings, [ApiHost.Volumes with { Name = "sum", Channels = 2 }]);

    private static JsonObject Channels(params (string Name, string Series)[] channels) =>
        new() { ["channels"] = new JsonObject(channels.Select(channel => KeyValuePair.Create(channel.Name, (JsonNode?)channel.Series))) };

    private async Task<HttpResponseMessage> PostAsync(HttpClient client, JsonObject body, string prefer = "respond-async")
    {
        body["studyInstanceUid"] = _archive.Study;
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/pacs/main/segmentations") { Content = JsonContent.Create(body) };
        request.Headers.Add("Prefer", prefer);
        return await client.SendAsync(request);
    }

    private static string Referred(byte[] segmentation) => DicomFile.Open(segmentation).Dataset
        .GetSequence(DicomTag.ReferencedSeriesSequence).Items[0].GetString(DicomTag.SeriesInstanceUID);
}
