using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Web;

public sealed class DicomWebClientTests : IDisposable
{
    private const string Study = "2.25.1001", Series = "2.25.1002";

    private readonly TempFolder _folder = new();
    private readonly byte[][] _files;
    private readonly RemoteInstance[] _instances;

    public DicomWebClientTests()
    {
        DicomSeries series = SyntheticSeries.Create(SyntheticSeries.Oblique(new GridSize(3, 5, 7)));
        string source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        SyntheticSeries.Save(series, source);
        string[] paths = [.. Directory.GetFiles(source).Order(StringComparer.Ordinal)];
        _files = [.. paths.Select(File.ReadAllBytes)];
        _instances = [.. paths.Select(path => DicomFile.Open(path).Dataset)
            .Select(set => new RemoteInstance(set.GetString(DicomTag.SOPClassUID), set.GetString(DicomTag.SOPInstanceUID), 70))];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SearchAsync_Query_IsSentAsItIsAndTheListComesBack()
    {
        ScriptedArchive archive = new(ScriptedArchive.Json("[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"2.25.1001\"]}}]"));
        byte[] json = await archive.Client().SearchAsync("studies?PatientID=A%20B&limit=2", Token);
        Assert.Contains("2.25.1001", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Equal(["GET /dicom/studies?PatientID=A%20B&limit=2 application/dicom+json"], archive.Requests);
    }

    [Fact]
    public async Task SearchAsync_NothingFound_IsAnEmptyList() =>
        Assert.Equal("[]"u8.ToArray(), await new ScriptedArchive(ScriptedArchive.Status(204)).Client().SearchAsync("studies", Token));

    [Theory]
    [InlineData("<html>", "no JSON")]
    [InlineData("{\"a\":1}", "no list")]
    public async Task SearchAsync_AnswerIsNoList_IsPacsFailed(string body, string detail)
    {
        ScriptedArchive archive = new(ScriptedArchive.Json(body));
        await FailsAsync(ErrorCode.PacsFailed, detail, () => archive.Client().SearchAsync("studies", Token));
        Assert.Single(archive.Requests);
    }

    [Fact]
    public async Task SearchAsync_AnswerAboveTheLimit_IsTooLarge()
    {
        ScriptedArchive archive = new(ScriptedArchive.Json("[" + new string(' ', 200) + "]"));
        await FailsAsync(ErrorCode.TooLarge, "search for less", () => archive.Client(new DicomWebOptions { MaxAnswerBytes = 100 }).SearchAsync("studies", Token));
    }

    [Fact]
    public async Task ListInstancesAsync_Metadata_GivesUidsAndSizes()
    {
        ScriptedArchive archive = new(ScriptedArchive.Json("""
            [{"00080016":{"vr":"UI","Value":["1.2.3"]},"00080018":{"vr":"UI","Value":["2.25.7"]},"00280010":{"vr":"US","Value":[5]},"00280011":{"vr":"US","Value":[7]},
              "00280008":{"vr":"IS","Value":["3"]},"00280002":{"vr":"US","Value":[1]},"00280100":{"vr":"US","Value":[16]}},
             {"00080018":{"vr":"UI","Value":["2.25.8"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]},"00280010":{"vr":"US"}}]
            """));
        Assert.Equal(
            [new RemoteInstance("1.2.3", "2.25.7", 5 * 7 * 3 * 2), new RemoteInstance("", "2.25.8", 0)],
            await archive.Client().ListInstancesAsync(Study, Series, Token));
        Assert.Equal([$"GET /dicom/studies/{Study}/series/{Series}/metadata application/dicom+json"], archive.Requests);
    }

    [Fact]
    public async Task ListInstancesAsync_MoreThanTheLimit_IsTooLarge()
    {
        string one = "{\"00080018\":{\"vr\":\"UI\",\"Value\":[\"2.25.7\"]}}";
        ScriptedArchive archive = new(ScriptedArchive.Json($"[{one},{one},{one}]"));
        await FailsAsync(ErrorCode.TooLarge, "over 2 instances", () => archive.Client(new DicomWebOptions { MaxInstances = 2 }).ListInstancesAsync(Study, Series, Token));
    }

    [Fact]
    public async Task RetrieveSeriesAsync_Parts_AreOnTheDiskByteForByte()
    {
        ScriptedArchive archive = new(ScriptedArchive.Objects(0, _files));
        IReadOnlyList<string> paths = await RetrieveAsync(archive);
        Assert.Equal(_files, paths.Select(File.ReadAllBytes));
        Assert.Equal([$"GET /dicom/studies/{Study}/series/{Series} multipart/related; type=\"application/dicom\"; transfer-syntax=*"], archive.Requests);
    }

    [Fact]
    public async Task RetrieveSeriesAsync_Plain_AsksForExplicitLittleEndian()
    {
        ScriptedArchive archive = new(ScriptedArchive.Objects(0, _files));
        await archive.Client().RetrieveSeriesAsync(Study, Series, _instances, PathOf, plain: true, Token);
        Assert.EndsWith("transfer-syntax=1.2.840.10008.1.2.1", Assert.Single(archive.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(60)]
    [InlineData(600)]
    public async Task RetrieveSeriesAsync_BodyEndsEarlyAndThenIsWhole_IsWhole(int missingBytes)
    {
        ScriptedArchive archive = new(ScriptedArchive.Objects(missingBytes, _files), ScriptedArchive.Objects(0, _files));
        Assert.Equal(_files, (await RetrieveAsync(archive)).Select(File.ReadAllBytes));
        Assert.Equal(2, archive.Requests.Count);
    }

    [Fact]
    public async Task RetrieveSeriesAsync_AnInstanceNeverComes_IsPacsFailedAndLeavesNothing()
    {
        ScriptedArchive archive = new(ScriptedArchive.Objects(0, _files[..2]));
        await FailsAsync(ErrorCode.PacsFailed, "lists 3 instances of the series and sent 2", () => RetrieveAsync(archive));
        Assert.Equal(4, archive.Requests.Count);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task RetrieveSeriesAsync_MoreBytesThanTheLimit_IsTooLargeAndLeavesNothing()
    {
        ScriptedArchive archive = new(ScriptedArchive.Objects(0, _files));
        await FailsAsync(ErrorCode.TooLarge, "over 1000 bytes", () => RetrieveAsync(archive, new DicomWebOptions { MaxBytes = 1000 }));
        Assert.Single(archive.Requests);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task RetrieveSeriesAsync_ASingleObjectAsItIs_IsTaken()
    {
        ScriptedArchive archive = new(() =>
        {
            HttpResponseMessage answer = new() { Content = new ByteArrayContent(_files[0]) };
            answer.Content.Headers.ContentType = new("application/dicom");
            return answer;
        });
        IReadOnlyList<string> paths = await archive.Client().RetrieveSeriesAsync(Study, Series, _instances[..1], PathOf, false, Token);
        Assert.Equal(_files[0], await File.ReadAllBytesAsync(Assert.Single(paths), Token));
    }

    [Theory]
    [InlineData(401, ErrorCode.PacsFailed, "credentials", 1)]
    [InlineData(404, ErrorCode.UnknownSeries, "no such study or series", 1)]
    [InlineData(302, ErrorCode.PacsFailed, "redirects", 1)]
    [InlineData(406, ErrorCode.PacsFailed, "HTTP 406", 1)]
    [InlineData(501, ErrorCode.PacsFailed, "HTTP 501", 1)]
    [InlineData(503, ErrorCode.PacsFailed, "HTTP 503", 4)]
    [InlineData(429, ErrorCode.PacsFailed, "HTTP 429", 4)]
    public async Task Calls_ArchiveRefuses_AreToldAndTriedAgainWhereThatHelps(int status, ErrorCode code, string detail, int requests)
    {
        ScriptedArchive archive = new(ScriptedArchive.Status(status));
        await FailsAsync(code, detail, () => archive.Client().ListInstancesAsync(Study, Series, Token));
        Assert.Equal(requests, archive.Requests.Count);
    }

    [Fact]
    public async Task Calls_ArchiveAsksToWait_WaitAsLong()
    {
        ScriptedArchive archive = new(ScriptedArchive.Status(503, retryAfter: "1"), ScriptedArchive.Json("[]"));
        long start = TimeProvider.System.GetTimestamp();
        await archive.Client().SearchAsync("studies", Token);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.9, 60);
    }

    [Fact]
    public async Task Calls_ArchiveCannotBeReached_ArePacsFailed()
    {
        ScriptedArchive archive = new(() => throw new HttpRequestException("archive.test refused"));
        SegmentationException e = await FailsAsync(ErrorCode.PacsFailed, "cannot be reached", () => archive.Client().SearchAsync("studies?PatientID=CANARY", Token));
        Assert.DoesNotContain("CANARY", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("archive.test", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_ManyFailuresInARow_LeaveTheArchiveAlone()
    {
        ScriptedArchive archive = new(ScriptedArchive.Status(500));
        DicomWebClient client = archive.Client();
        await FailsAsync(ErrorCode.PacsFailed, "HTTP 500", () => client.SearchAsync("studies", Token));
        await FailsAsync(ErrorCode.PacsFailed, "HTTP 500", () => client.SearchAsync("studies", Token));
        await FailsAsync(ErrorCode.PacsFailed, "left alone", () => client.ListInstancesAsync(Study, Series, Token));
        Assert.Equal(8, archive.Requests.Count);
    }

    [Fact]
    public async Task Calls_ArchiveDoesNotAnswer_EndAfterTheirTime()
    {
        using HttpClient http = new(new SilentArchive()) { BaseAddress = new Uri("http://archive.test/"), Timeout = Timeout.InfiniteTimeSpan };
        DicomWebClient client = new(http, new DicomWebOptions { Attempts = 2, FirstDelay = TimeSpan.Zero, AnswerTimeout = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);
        await FailsAsync(ErrorCode.PacsFailed, "too long", () => client.SearchAsync("studies", Token));
    }

    [Fact]
    public async Task StoreAsync_Files_AreSentUnchangedAndCounted()
    {
        ScriptedArchive archive = new(ScriptedArchive.Json("{\"00081199\":{\"vr\":\"SQ\",\"Value\":[]}}"));
        string[] paths = [.. _files.Select((file, n) => Save($"{n}.dcm", file))];
        StoreOutcome outcome = await archive.Client().StoreAsync(paths, Token);
        Assert.Equal(3, outcome.Stored);
        Assert.Empty(outcome.Failures);
        byte[] body = Assert.Single(archive.Bodies);
        foreach (byte[] file in _files) Assert.True(body.AsSpan().IndexOf(file) > 0);
        Assert.Equal(["POST /dicom/studies application/dicom+json"], archive.Requests);
    }

    [Theory]
    [InlineData(202)]
    [InlineData(409)]
    public async Task StoreAsync_SomeRefused_AreNamedAndThoseAlreadyThereCountAsStored(int status)
    {
        ScriptedArchive archive = new(ScriptedArchive.Json("""
            {"00081198":{"vr":"SQ","Value":[
              {"00081155":{"vr":"UI","Value":["2.25.1"]},"00081197":{"vr":"US","Value":[43264]}},
              {"00081155":{"vr":"UI","Value":["2.25.2"]},"00081197":{"vr":"US","Value":[273]}},
              {"00081155":{"vr":"UI","Value":["2.25.3"]},"00081197":{"vr":"US","Value":[45070]}}]}}
            """, status));
        string[] paths = [.. _files.Select((file, n) => Save($"{n}.dcm", file))];
        StoreOutcome outcome = await archive.Client().StoreAsync(paths, Token);
        Assert.Equal(2, outcome.Stored);
        Assert.Equal([new StoreFailure("2.25.1", 43264)], outcome.Failures);
    }

    [Fact]
    public async Task StoreAsync_ArchiveFailsOnce_TheSameBytesAreSentAgain()
    {
        ScriptedArchive archive = new(ScriptedArchive.Status(500), ScriptedArchive.Status(200));
        StoreOutcome outcome = await archive.Client().StoreAsync([Save("0.dcm", _files[0])], Token);
        Assert.Equal(1, outcome.Stored);
        Assert.All(archive.Bodies, body => Assert.True(body.AsSpan().IndexOf(_files[0]) > 0));
        Assert.Equal(2, archive.Bodies.Count);
    }

    [Theory]
    [InlineData("1.2.840.10008", true)]
    [InlineData("", false)]
    [InlineData("1.2/../3", false)]
    [InlineData("1.2?x", false)]
    [InlineData("..", false)]
    public void IsUid_Text_IsDigitsAndPoints(string text, bool expected) => Assert.Equal(expected, DicomWebClient.IsUid(text));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PathOf(int n) => Path.Combine(_folder.Path, $"{n}.bin");

    private Task<IReadOnlyList<string>> RetrieveAsync(ScriptedArchive archive, DicomWebOptions? options = null) =>
        archive.Client(options).RetrieveSeriesAsync(Study, Series, _instances, PathOf, plain: false, Token);

    private string Save(string name, byte[] content)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static async Task<SegmentationException> FailsAsync(ErrorCode code, string detail, Func<Task> call)
    {
        SegmentationException failure = await Assert.ThrowsAsync<SegmentationException>(call);
        Assert.Equal(code, failure.Code);
        Assert.Contains(detail, failure.Message, StringComparison.Ordinal);
        return failure;
    }

    private sealed class SilentArchive : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        }
    }
}
