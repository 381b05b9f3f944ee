using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>DICOM in, DICOM out, through the whole service.</summary>
public sealed class DicomSubmissionTests(DicomSubmissionTests.Fixture fixture) : IClassFixture<DicomSubmissionTests.Fixture>
{
    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData("zip")]
    [InlineData("zip-part")]
    [InlineData("two-zips")]
    [InlineData("parts")]
    [InlineData("named-parts")]
    [InlineData("related")]
    [InlineData("related-untyped")]
    public async Task Post_SeriesEachWay_AnswersTheSameMask(string way)
    {
        (HttpContent body, string query) = TestSeries.Send(way, TestSeries.Files());

        using HttpResponseMessage response = await _client.PostAsync(body, query, "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/dicom", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("segmentation.dcm", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Post_OneFileTo2DModel_AnswersOneFrame()
    {
        GridSize plane = new(1, 7, 9);
        byte[] file = TestSeries.Files(volume: TestSeries.Create(plane))[0];

        using HttpResponseMessage response = await _client.PostAsync(Raw(file, "application/dicom"), "?model=pictures", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        byte[] result = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(1, TestSeries.Open(result).FrameCount);
        TestSeries.AssertMask(result, plane);
    }

    [Theory]
    [InlineData("application/gzip", "")]
    [InlineData("application/dicom;q=0.1, application/gzip", "")]
    [InlineData("application/json", "&format=nii.gz")]
    public async Task Post_AcceptNifti_AnswersTheSeriesGrid(string accept, string format)
    {
        using HttpResponseMessage response = await _client.PostAsync(
            Raw(TestSeries.Zip(TestSeries.Files()), "application/zip"), "?model=analytic" + format, "wait=60", accept);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        using MemoryStream stream = new(await response.Content.ReadAsByteArrayAsync());
        TestSeries.AssertMask(ImageReader.ReadLabels(stream, new ImageLimits()), TestSeries.Geometry(TestSeries.Grid), (k, j, i) => TestSeries.IsObject(k, j, i) ? 1 : 0);
    }

    [Fact]
    public async Task Get_ResultOfASeries_HasAllFormatsButPictures()
    {
        string id = await _client.QueueAsync(Raw(TestSeries.Zip(TestSeries.Files()), "application/zip"), "?model=analytic");
        JsonNode job = await _client.JobAtEndAsync(id);
        Assert.Equal("succeeded", (string?)job["state"]);

        byte[] first = await _client.GetByteArrayAsync($"{Jobs}/{id}/result"), second = await _client.GetByteArrayAsync($"{Jobs}/{id}/result?format=dcm");

        TestSeries.AssertMask(first);
        Assert.Equal(first, second);
        using ZipArchive archive = new(await _client.GetStreamAsync($"{Jobs}/{id}/result?format=zip"));
        Assert.Equal(["segmentation.dcm", "segmentation.nii.gz", "report.json"], archive.Entries.Select(entry => entry.FullName));
        using MemoryStream zipped = new();
        await archive.Entries[0].Open().CopyToAsync(zipped);
        Assert.Equal(first, zipped.ToArray());
        JsonNode report = JsonNode.Parse(await _client.GetStringAsync($"{Jobs}/{id}/result?format=json"))!;
        Assert.Equal("[5,7,9]", report["grids"]!["sourceSize"]!.ToJsonString());
        using HttpResponseMessage png = await _client.GetAsync($"{Jobs}/{id}/result?format=png");
        await ProblemAsync(png, HttpStatusCode.NotAcceptable, "not-acceptable", "application/dicom (?format=dcm)");
    }

    [Fact]
    public async Task Post_PictureWithoutPlace_AnswersPngAndNoSegmentation()
    {
        byte[] file = Picture();

        using HttpResponseMessage response = await _client.PostAsync(Raw(file, "application/dicom"), "?model=pictures", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        using MemoryStream stream = new(await response.Content.ReadAsByteArrayAsync());
        LabelMap labels = ImageReader.ReadLabels(stream, new ImageLimits());
        for (int j = 0; j < 7; j++)
            for (int i = 0; i < 9; i++) Assert.Equal(TestSeries.IsObject(0, j, i) ? 1 : 0, labels[0, j, i]);
    }

    [Fact]
    public async Task Post_PictureWithoutPlaceAndAcceptDicom_IsNotAcceptableAndNamesTheJob()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(Picture(), "application/dicom"), "?model=pictures", "wait=60", "application/dicom");

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "image/png (?format=png)");
        JsonNode job = JsonNode.Parse(await _client.GetStringAsync((string)problem["instance"]!))!;
        Assert.Equal("succeeded", (string?)job["state"]);
        Assert.Contains(job["report"]!["warnings"]!.AsArray(), warning => ((string)warning!).Contains("no DICOM segmentation can refer to them", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_SeriesWithoutFrameOfReference_AnswersNifti()
    {
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, set => set.Remove(DicomTag.FrameOfReferenceUID)))];

        using HttpResponseMessage response = await _client.PostAsync(TestSeries.Form(files), "?model=analytic", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/gzip", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Post_SeriesWithoutStudyAndSeries_IsSegmentedWithAWarning()
    {
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, set =>
            set.AddOrUpdate(DicomTag.StudyInstanceUID, "").AddOrUpdate(DicomTag.SeriesInstanceUID, "")))];

        using HttpResponseMessage response = await _client.PostAsync(TestSeries.Form(files), "?model=analytic", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
        JsonNode job = JsonNode.Parse(await _client.GetStringAsync(response.Headers.Location!.OriginalString))!;
        Assert.Contains(job["report"]!["warnings"]!.AsArray(), warning => ((string)warning!).Contains("names them anew", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_Segmentation_SaysWhatMadeItAndWhatItIs()
    {
        DicomDataset template = new DicomDataset().AddOrUpdate(DicomTag.SeriesNumber, 4).AddOrUpdate(DicomTag.PatientID, "P1");

        DicomSegmentation result = await SegmentAsync(TestSeries.Files(template), "coded");

        Assert.Equal(["kidney", "class-2"], result.Segments.Select(segment => segment.Label));
        Assert.Equal([new DicomCode("SCT", "64033007", "Kidney"), new DicomCode("SCT", "85756007", "Tissue")], result.Segments.Select(segment => segment.Type));
        DicomDataset first = result.Dataset.GetSequence(DicomTag.SegmentSequence).Items[0];
        DicomDataset modifier = first.GetSequence(new DicomTag(0x0062, 0x000f)).Items[0].GetSequence(new DicomTag(0x0062, 0x0011)).Items[0];
        Assert.Equal("24028007", modifier.GetString(DicomTag.CodeValue));
        string[] texts = [.. new[] { DicomTag.SeriesNumber, DicomTag.SeriesDescription, DicomTag.PatientID, DicomTag.Modality }.Select(result.Dataset.GetString)];
        Assert.Equal(["1004", "MedISeg coded 2.0", "P1", "SEG"], texts);
        Assert.Contains("Not for diagnostic use", result.Dataset.GetString(new DicomTag(0x0070, 0x0081)), StringComparison.Ordinal);
        DicomDataset algorithm = first.GetSequence(new DicomTag(0x0062, 0x0007)).Items[0];
        Assert.Equal("coded", algorithm.GetString(new DicomTag(0x0066, 0x0036)));
        Assert.Matches("^2\\.0 sha256:[0-9a-f]{24}$", algorithm.GetString(new DicomTag(0x0066, 0x0031)));
    }

    [Fact]
    public async Task Post_StableUids_AreTheSameForTheSameSlicesAndOptions()
    {
        byte[][] files = TestSeries.Files();
        const string Stable = "{\"uids\":\"stable\"}", Other = "{\"uids\":\"stable\",\"slidingWindow\":{\"blend\":\"uniform\"}}";

        DicomSegmentation first = await SegmentAsync(files, options: Stable), second = await SegmentAsync(files, options: Stable),
            options = await SegmentAsync(files, options: Other), fewer = await SegmentAsync(files[..4], options: Stable), fresh = await SegmentAsync(files), again = await SegmentAsync(files);

        Assert.Equal(Uids(first), Uids(second));
        Assert.All(new[] { options, fewer, fresh, again }, other => Assert.Empty(Uids(first).Intersect(Uids(other))));
        Assert.Empty(Uids(fresh).Intersect(Uids(again)));
        Assert.Equal(3, Uids(first).Distinct().Count());
        Assert.Single(new[] { first, second, options, fresh, again }.Select(Tracking).Distinct());
    }

    [Theory]
    [InlineData("20240305", "101112.250", "20240305", "101112.000000")]
    [InlineData("20240305", "", "20240305", "000000.000000")]
    [InlineData("", "101112", "19700101", "000000.000000")]
    [InlineData("2024-03-05", "", "19700101", "000000.000000")]
    public async Task Post_StableUids_GiveTheSameBytesWithTheSourcesTime(string date, string time, string expectedDate, string expectedTime)
    {
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, set =>
            set.AddOrUpdate(DicomTag.StudyDate, date).AddOrUpdate(DicomTag.StudyTime, time).Remove(DicomTag.SeriesDate).Remove(DicomTag.SeriesTime)))];

        byte[] first = await PostAsync(files, "analytic", "{\"uids\":\"stable\"}"), second = await PostAsync(files, "analytic", "{\"uids\":\"stable\"}");

        Assert.True(first.AsSpan().SequenceEqual(second));
        DicomDataset made = TestSeries.Open(first).Dataset;
        Assert.Equal((expectedDate, expectedTime), (made.GetString(DicomTag.ContentDate), made.GetString(DicomTag.ContentTime)));
    }

    [Fact]
    public async Task Post_TwoEchoesWithOptionStack_AnswersThatEchosMaskAndNamesItsInstances()
    {
        byte[][] Echo(int number) => [.. TestSeries.Files().Select(file => TestSeries.Change(file,
            set => set.AddOrUpdate(DicomTag.EchoNumbers, number).AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.3").AddOrUpdate(DicomTag.StudyInstanceUID, "2.25.4").AddOrUpdate(DicomTag.FrameOfReferenceUID, "2.25.5")))];
        byte[][] second = Echo(2);

        byte[] made = await PostAsync([.. Echo(1).Select(file => TestSeries.Change(file, set => set.Remove(DicomTag.PixelData).AddOrUpdate(DicomTag.PixelData, new byte[126]))), .. second], "analytic", "{\"stack\":2}");

        TestSeries.AssertMask(made);
        DicomSequence series = TestSeries.Open(made).Dataset.GetSequence(DicomTag.ReferencedSeriesSequence);
        Assert.Equal(
            second.Select(file => DicomFile.Open(file).Dataset.GetString(DicomTag.SOPInstanceUID)).Order(StringComparer.Ordinal),
            series.Items[0].GetSequence(DicomTag.ReferencedInstanceSequence).Items.Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Post_PetWithOptionPetUnits_IsSegmentedByUptake()
    {
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, set => set.AddOrUpdate(DicomTag.Modality, "PT")
            .AddOrUpdate(DicomTag.Units, "BQML").AddOrUpdate(DicomTag.DecayCorrection, "ADMIN").AddOrUpdate(DicomTag.PatientWeight, 70.0)
            .AddOrUpdate(DicomTag.RadiopharmaceuticalInformationSequence, new DicomDataset().AddOrUpdate(DicomTag.RadionuclideTotalDose, 700_000.0))))];

        TestSeries.AssertMask(await PostAsync(files, "analytic", "{}"));
        // A tenth of the values: none is above the threshold.
        DicomSegmentation uptake = TestSeries.Open(await PostAsync(files, "analytic", "{\"petUnits\":\"suv-body-weight\"}"));
        Assert.DoesNotContain(uptake.ToLabelMap(TestSeries.Geometry(TestSeries.Grid)).Bytes.ToArray(), label => label != 0);
    }

    private static string[] Uids(DicomSegmentation segmentation) =>
    [
        segmentation.Dataset.GetString(DicomTag.SOPInstanceUID), segmentation.Dataset.GetString(DicomTag.SeriesInstanceUID),
        segmentation.Dataset.GetSequence(DicomTag.DimensionOrganizationSequence).Items[0].GetString(DicomTag.DimensionOrganizationUID),
    ];

    private static string Tracking(DicomSegmentation segmentation) =>
        segmentation.Dataset.GetSequence(DicomTag.SegmentSequence).Items[0].GetString(new DicomTag(0x0062, 0x0021));

    /// <summary>A plane without position, orientation and frame of reference.</summary>
    private static byte[] Picture() => TestSeries.Change(
        TestSeries.Files(new DicomDataset().AddOrUpdate(DicomTag.Modality, "OT"), TestSeries.Create(new GridSize(1, 7, 9)))[0],
        set => set.Remove(DicomTag.ImagePositionPatient).Remove(DicomTag.ImageOrientationPatient).Remove(DicomTag.FrameOfReferenceUID));

    private async Task<DicomSegmentation> SegmentAsync(byte[][] files, string model = "analytic", string options = "{}") =>
        TestSeries.Open(await PostAsync(files, model, options));

    private async Task<byte[]> PostAsync(byte[][] files, string model, string options)
    {
        MultipartFormDataContent form = TestSeries.Form(files);
        form.Add(new StringContent(model), "model");
        form.Add(new StringContent(options), "options");
        using HttpResponseMessage response = await _client.PostAsync(form, prefer: "wait=60");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ApiHost _host = new(packages:
        [
            ApiHost.Volumes, ApiHost.Pictures,
            ApiHost.Volumes with { Name = "coded", Version = "2.0", Thresholds = [100, 300], Change = Code },
        ]);

        public HttpClient Client { get; private set; } = null!;

        public ValueTask InitializeAsync()
        {
            Client = _host.CreateClient();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => _host.DisposeAsync();

        private static ModelManifest Code(ModelManifest manifest) => manifest with
        {
            Classes =
            [
                manifest.Classes[0],
                manifest.Classes[1] with { Name = "kidney", Category = ["SCT", "123037004", "Anatomical Structure"], Type = ["SCT", "64033007", "Kidney"], Laterality = "right" },
                manifest.Classes[2],
            ],
        };
    }
}
