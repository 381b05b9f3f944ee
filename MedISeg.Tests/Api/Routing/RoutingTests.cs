using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Api.Routing;
using MedISeg.Dicom;
using MedISeg.Tests.Api.Pacs;
using MedISeg.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Routing;

public sealed class RoutingTests : IDisposable
{
    private readonly byte[][] _files = TestSeries.Files();
    private readonly MemoryArchive _archive;

    public RoutingTests() => _archive = new MemoryArchive(_files);

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Store_SeriesThatARuleFits_IsSegmentedOnceItIsQuietAndDelivered()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        await client.SendAsync(_files[..2]);
        await client.SendAsync(_files[2..]);

        JsonNode job = Assert.Single(await client.JobsAtEndAsync(1))!;
        await client.DeliveryAsync((string)job["id"]!, "delivered");

        TestSeries.AssertMask(MemoryArchive.ObjectOf(Assert.Single(_archive.Sent)));
        await client.UntilAsync(() => Folders(host).Length == 0);
    }

    [Fact]
    public async Task Store_RuleThatDeidentifies_SendsASegmentationOfNobody()
    {
        byte[][] files = [.. _files.Select(file => TestSeries.Change(file, set => set.AddOrUpdate(DicomTag.PatientName, "CANARY^NAME").AddOrUpdate(DicomTag.PatientID, "CANARYID")))];
        await using ApiHost host = RoutingHost.Create(() => _archive, settings: new Dictionary<string, string> { ["Routing:Rules:0:Options"] = """{"deidentify":"basic"}""" });
        HttpClient client = host.CreateClient();
        await client.SendAsync(files);

        JsonNode job = Assert.Single(await client.JobsAtEndAsync(1))!;
        await client.DeliveryAsync((string)job["id"]!, "delivered");

        byte[] sent = Assert.Single(_archive.Sent);
        TestSeries.AssertMask(MemoryArchive.ObjectOf(sent));
        DicomDataset header = DicomFile.Open(files[0]).Dataset;
        foreach (string value in (string[])["CANARY", header.GetString(DicomTag.StudyInstanceUID), header.GetString(DicomTag.SeriesInstanceUID),
            header.GetString(DicomTag.SOPInstanceUID), header.GetString(DicomTag.FrameOfReferenceUID)])
            Assert.True(sent.AsSpan().IndexOf(Encoding.ASCII.GetBytes(value)) < 0);
    }

    [Fact]
    public async Task Store_ResultsSegmentationsAndWhatNoRuleFits_AreTakenAndStartNothing()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        using HttpResponseMessage segmented = await client.PostAsync(TestSeries.Form(_files), "?model=analytic", "wait=60");
        byte[] segmentation = await segmented.Content.ReadAsByteArrayAsync();
        byte[] overlay = TestSeries.Change(_files[0], set => set.AddOrUpdate(DicomTag.ManufacturerModelName, "MedISeg"));
        byte[] report = TestSeries.Change(_files[0], set => set.AddOrUpdate(DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.34"));
        byte[] magnetic = TestSeries.Change(_files[0], set => set.AddOrUpdate(DicomTag.Modality, "MR").AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.5"));

        await client.SendAsync([segmentation, overlay, report, magnetic]);

        Assert.Single(Folders(host));
        await client.UntilAsync(() => Folders(host).Length == 0);
        Assert.Single(await client.JobsAtEndAsync(1));
    }

    [Fact]
    public async Task Store_TheSameSeriesAgain_StartsNothingUnlessAskedFor()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        await client.SendAsync(_files);
        await client.JobsAtEndAsync(1);
        await client.UntilAsync(() => Folders(host).Length == 0);

        await client.SendAsync([.. _files.Reverse()]);
        await client.UntilAsync(() => Folders(host).Length == 0);
        Assert.Single(await client.JobsAtEndAsync(1));

        await client.SendAsync(_files, "?repeat=true");
        Assert.Equal(2, (await client.JobsAtEndAsync(2)).Count);
    }

    [Fact]
    public async Task Store_SeriesGrowsAfterItWasRouted_IsSegmentedAnew()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive);
        HttpClient client = host.CreateClient();
        await client.SendAsync(_files[..3]);
        await client.JobsAtEndAsync(1);
        await client.UntilAsync(() => Folders(host).Length == 0);
        await client.SendAsync(_files);
        Assert.Equal(2, (await client.JobsAtEndAsync(2)).Count);
    }

    [Fact]
    public async Task Complete_StudyThatIsComingIn_IsRoutedAtOnce()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive, quietTime: "01:00:00");
        HttpClient client = host.CreateClient();
        await client.SendAsync(_files, "/" + _archive.Study);
        await host.Services.GetRequiredService<Router>().RouteAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await client.JobsAtEndAsync(0));

        using HttpResponseMessage complete = await client.PostAsync(new Uri($"/dicomweb/studies/{_archive.Study}/complete", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Accepted, complete.StatusCode);
        await client.JobsAtEndAsync(1);

        using HttpResponseMessage unknown = await client.PostAsync(new Uri("/dicomweb/studies/2.25.404/complete", UriKind.Relative), null);
        await ProblemAsync(unknown, HttpStatusCode.NotFound, "unknown-series", "is coming in");
    }

    [Fact]
    public async Task Store_ServiceStopsBeforeTheSeriesIsQuiet_IsRoutedAfterTheNextStart()
    {
        using TempFolder folder = new();
        Dictionary<string, string> settings = new() { ["Data:Root"] = folder.Path };
        await using (ApiHost first = RoutingHost.Create(() => new MemoryArchive(_files), "01:00:00", settings))
            await first.CreateClient().SendAsync(_files);
        await using ApiHost second = RoutingHost.Create(() => _archive, settings: settings);
        Assert.Single(await second.CreateClient().JobsAtEndAsync(1));
    }

    [Fact]
    public async Task Store_ModelIsMissing_TheSeriesWaits()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive, settings: new Dictionary<string, string> { ["Routing:Rules:0:Model"] = "other" });
        HttpClient client = host.CreateClient();
        await client.SendAsync(_files);
        await client.UntilAsync(() => host.Log.Lines.Any(line => line.Contains("waits: UnknownModel", StringComparison.Ordinal)));
        Assert.Single(Folders(host));
    }

    [Fact]
    public async Task Store_SomeObjectsUnusable_AreNamedAndTheOthersTaken()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive, quietTime: "01:00:00");
        HttpClient client = host.CreateClient();
        byte[] other = TestSeries.Change(_files[0], set => set.AddOrUpdate(DicomTag.StudyInstanceUID, "2.25.9"));
        byte[] nameless = TestSeries.Change(_files[0], set => set.AddOrUpdate(DicomTag.SeriesInstanceUID, ""));

        using HttpResponseMessage some = await client.StowAsync([_files[1], other, nameless, _files[2][..^300]], "/" + _archive.Study);
        JsonNode answer = await JsonAsync(some);
        Assert.Equal(HttpStatusCode.Accepted, some.StatusCode);
        Assert.Equal([0xA901, 0xC000], answer["00081198"]!["Value"]!.AsArray().Select(item => (int)item!["00081197"]!["Value"]![0]!).Distinct());
        Assert.DoesNotContain("00081190", answer.ToJsonString(), StringComparison.Ordinal);

        using HttpResponseMessage none = await client.StowAsync([other], "/" + _archive.Study);
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
    }

    [Fact]
    public async Task Store_Malformed_IsRefusedWhole()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive, quietTime: "01:00:00");
        HttpClient client = host.CreateClient();
        using (HttpResponseMessage form = await client.PostAsync(new Uri("/dicomweb/studies", UriKind.Relative), TestSeries.Form(_files)))
            await ProblemAsync(form, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "multipart/related");
        using (HttpResponseMessage study = await client.StowAsync(_files, "/not-a-uid"))
            await ProblemAsync(study, HttpStatusCode.BadRequest, "malformed-request", "must be a UID");
        using HttpRequestMessage xml = new(HttpMethod.Post, "/dicomweb/studies") { Content = TestSeries.Related(_files), Headers = { { "Accept", "application/dicom+xml" } } };
        using (HttpResponseMessage response = await client.SendAsync(xml)) await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "application/dicom+json");
        Assert.Empty(Folders(host));
    }

    [Fact]
    public async Task Store_Uids_AreInNoNameOfAFileAndInNoLog()
    {
        await using ApiHost host = RoutingHost.Create(() => _archive, quietTime: "01:00:00");
        await host.CreateClient().SendAsync(_files, "/" + _archive.Study);
        string[] names = [.. Directory.GetFileSystemEntries(host.DataRoot, "*", SearchOption.AllDirectories), .. host.Log.Lines];
        Assert.Contains(names, name => name.EndsWith(".dcm", StringComparison.Ordinal));
        Assert.All(names, name => Assert.DoesNotContain(_archive.Study, name, StringComparison.Ordinal));
    }

    private static string[] Folders(ApiHost host) => Directory.GetDirectories(Path.Combine(host.DataRoot, "inbox"));
}
