using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Dicom;
using MedISeg.Dicom.Web;
using MedISeg.Tests.Api.Routing;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api.Pacs;

/// <summary>The service beside a real archive.</summary>
public sealed class PacsOrthancTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string[] _paths;
    private readonly string _study, _series;

    public PacsOrthancTests()
    {
        byte[][] files = TestSeries.Files();
        _paths = [.. files.Select((file, n) => Path.Combine(_folder.Path, $"{n}.dcm"))];
        for (int n = 0; n < files.Length; n++) File.WriteAllBytes(_paths[n], files[n]);
        DicomDataset header = DicomFile.Open(files[0]).Dataset;
        (_study, _series) = (header.GetString(DicomTag.StudyInstanceUID), header.GetString(DicomTag.SeriesInstanceUID));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_SeriesInTheArchive_SegmentationArrivesInTheSameStudy(bool password)
    {
        using OrthancServer orthanc = await OrthancServer.StartAsync(password);
        DicomWebClient archive = orthanc.Client(password ? OrthancServer.Password : null);
        await archive.StoreAsync(_paths, Token);
        await using ApiHost host = PacsHost.Create(orthanc.Connect, Settings(password));
        HttpClient client = host.CreateClient();

        string id = await client.QueueAsync(_study, _series);
        await client.DeliveryAsync(id, "delivered");

        await AssertArrivedOnceAsync(archive);
    }

    [Fact]
    public async Task Deliver_ArchiveAndServiceStopInTheMiddle_TheArchiveHasTheResultOnce()
    {
        using OrthancServer orthanc = await OrthancServer.StartAsync();
        DicomWebClient archive = orthanc.Client();
        await archive.StoreAsync(_paths, Token);
        Dictionary<string, string> settings = new() { ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Pacs:FirstRedelivery"] = "00:00:00.2" };
        string id;
        using SemaphoreSlim sent = new(0), go = new(0);
        await using (ApiHost host = PacsHost.Create(() => new Gate(orthanc.Connect(), sent, go), settings))
        {
            HttpClient client = host.CreateClient();
            id = await client.QueueAsync(_study, _series);
            // The archive goes before the result can reach it, and comes back only after the service was stopped as well.
            await sent.WaitAsync(Token);
            orthanc.Stop();
            go.Release(100);
            JsonNode job = await client.JobWhenAsync(id, job => (int?)job["delivery"]?["attempts"] >= 1);
            Assert.Equal(("succeeded", "pending"), ((string?)job["state"], (string?)job["delivery"]!["state"]));
            Assert.Equal("pacs-failed", (string?)job["delivery"]!["problem"]!["code"]);
        }
        await orthanc.StartAgainAsync();
        using (ApiHost host = PacsHost.Create(orthanc.Connect, settings))
        {
            await host.CreateClient().DeliveryAsync(id, "delivered");
        }
        await AssertArrivedOnceAsync(archive);
    }

    [Fact]
    public async Task Deliver_AnswerOfTheArchiveIsLost_TheArchiveHasTheResultOnce()
    {
        using OrthancServer orthanc = await OrthancServer.StartAsync();
        DicomWebClient archive = orthanc.Client();
        await archive.StoreAsync(_paths, Token);
        LostAnswer connection = new(orthanc.Connect());
        await using ApiHost host = PacsHost.Create(() => connection);
        HttpClient client = host.CreateClient();

        string id = await client.QueueAsync(_study, _series);
        JsonNode job = await client.DeliveryAsync(id, "delivered");

        Assert.Equal(2, (int)job["delivery"]!["attempts"]!);
        Assert.Equal(2, connection.Stored);
        await AssertArrivedOnceAsync(archive);
    }

    [Fact]
    public async Task Store_ArchiveForwardsByItsHook_SegmentationArrivesInTheSameStudy()
    {
        string hook = RepositoryRoot.Of("deploy", "orthanc", "mediseg.lua");
        using OrthancServer orthanc = await OrthancServer.StartAsync(options: $"\"StableAge\": 1, \"LuaScripts\": [ \"{hook}\" ]");
        DicomWebClient archive = orthanc.Client();
        await using ApiHost host = RoutingHost.Create(orthanc.Connect);
        host.UseKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(orthanc.ServiceSocket);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        HttpClient client = host.CreateClient();
        await archive.StoreAsync(_paths, Token);

        JsonNode job = Assert.Single(await client.JobsAtEndAsync(1))!;
        await client.DeliveryAsync((string)job["id"]!, "delivered");

        await AssertArrivedOnceAsync(archive);
    }

    [Fact]
    public async Task Store_EveryKindOfObjectThatWeMake_ComesBackAsItWas()
    {
        using OrthancServer orthanc = await OrthancServer.StartAsync();
        DicomWebClient archive = orthanc.Client();
        await using ApiHost host = new(packages: [DicomResults.Package]);
        HttpClient client = host.CreateClient();
        string job = await client.QueueAsync(ApiClient.Raw(TestSeries.Zip(_paths.Select(File.ReadAllBytes)), "application/zip"),
            $"?model=analytic&options={{{DicomResults.Outputs}}}");
        await client.JobAtEndAsync(job);
        IReadOnlyDictionary<string, byte[]> objects = await client.ObjectsAsync(job);
        string[] sent = [.. objects.Select((one, n) => Path.Combine(_folder.Path, $"object-{n}"))];
        for (int n = 0; n < sent.Length; n++) await File.WriteAllBytesAsync(sent[n], objects.Values.ElementAt(n), Token);

        StoreOutcome outcome = await archive.StoreAsync([.. _paths, .. sent], Token);

        Assert.Equal((_paths.Length + sent.Length, 0), (outcome.Stored, outcome.Failures.Count));
        // Segmentation, label map, structure set, report, map and overlay.
        string[] series = [.. objects.Values.Select(one => DicomFile.Open(one).Dataset.GetString(DicomTag.SeriesInstanceUID)).Distinct()];
        Assert.Equal(6, series.Length);
        int count = 0;
        foreach (string uid in series)
        {
            IReadOnlyList<RemoteInstance> instances = await archive.ListInstancesAsync(_study, uid, Token);
            IReadOnlyList<string> back = await archive.RetrieveSeriesAsync(
                _study, uid, instances, n => Path.Combine(_folder.Path, $"{uid}-{n}"), plain: false, Token);
            foreach (string path in back)
            {
                DicomDataset fetched = DicomFile.Open(path).Dataset;
                byte[] original = objects.Values.Single(one => DicomFile.Open(one).Dataset.GetString(DicomTag.SOPInstanceUID) == fetched.GetString(DicomTag.SOPInstanceUID));
                AssertSame(DicomFile.Open(original).Dataset, fetched);
                count++;
            }
        }
        Assert.Equal(objects.Count, count);
    }

    /// <summary>The same elements with the same values, at every depth.</summary>
    private static void AssertSame(DicomDataset expected, DicomDataset actual)
    {
        Assert.Equal(expected.Items.Select(item => item.Tag), actual.Items.Select(item => item.Tag));
        foreach ((DicomItem left, DicomItem right) in expected.Items.Zip(actual.Items))
            if (left is DicomSequence sequence)
            {
                IList<DicomDataset> items = ((DicomSequence)right).Items;
                Assert.Equal(sequence.Items.Count, items.Count);
                for (int n = 0; n < items.Count; n++) AssertSame(sequence.Items[n], items[n]);
            }
            else if (left is DicomElement element) Assert.Equal(element.Buffer.ToArray(), ((DicomElement)right).Buffer.ToArray());
            else Assert.Equal(((DicomFragmentSequence)left).Fragments.Select(part => part.ToArray()), ((DicomFragmentSequence)right).Fragments.Select(part => part.ToArray()));
    }

    private Dictionary<string, string> Settings(bool password)
    {
        if (!password) return [];
        string file = Path.Combine(_folder.Path, "password");
        File.WriteAllText(file, OrthancServer.Password);
        return new() { ["Pacs:Archives:main:User"] = OrthancServer.User, ["Pacs:Archives:main:PasswordFile"] = file };
    }

    /// <summary>The study has one more series, a segmentation of one instance that is the truth.</summary>
    private async Task AssertArrivedOnceAsync(DicomWebClient archive)
    {
        JsonArray found = JsonNode.Parse(await archive.SearchAsync($"studies/{_study}/series", Token))!.AsArray();
        string[] series = [.. found.Select(item => (string)item!["0020000E"]!["Value"]![0]!).Where(uid => uid != _series)];
        string segmentation = Assert.Single(series);
        IReadOnlyList<RemoteInstance> instances = await archive.ListInstancesAsync(_study, segmentation, Token);
        Assert.Equal(DicomUID.SegmentationStorage, Assert.Single(instances).SopClassUid);
        IReadOnlyList<string> paths = await archive.RetrieveSeriesAsync(
            _study, segmentation, instances, n => Path.Combine(_folder.Path, $"seg-{n}.dcm"), plain: false, Token);
        TestSeries.AssertMask(await File.ReadAllBytesAsync(paths[0], Token));
    }

    /// <summary>Holds back what is stored, and says so.</summary>
    private sealed class Gate(HttpMessageHandler inner, SemaphoreSlim sent, SemaphoreSlim go) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
            {
                sent.Release();
                await go.WaitAsync(cancellationToken);
            }
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>The first object is stored, but nobody hears of it.</summary>
    private sealed class LostAnswer(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public int Stored { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Post || ++Stored > 1) return answer;
            answer.Dispose();
            throw new HttpRequestException("The connection broke.");
        }
    }
}
