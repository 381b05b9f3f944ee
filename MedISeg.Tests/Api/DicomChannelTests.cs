using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Dicom;
using MedISeg.Inference.Models;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Which series a package takes, and for which channel.</summary>
public sealed class DicomChannelTests(DicomChannelTests.Fixture fixture) : IClassFixture<DicomChannelTests.Fixture>
{
    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public async Task Post_OtherModality_IsModalityMismatch()
    {
        using HttpResponseMessage response = await PostAsync(Series("MR"), "abdomen");

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "modality-mismatch", "The series is MR; the model wants CT.");
        Assert.Contains("modalityMismatch 'warn'", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OtherBodyPart_IsModalityMismatch()
    {
        using HttpResponseMessage response = await PostAsync(Series("CT", "HEAD"), "abdomen");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "modality-mismatch", "BodyPartExamined of the series does not match what the model wants: ABDOMEN|KIDNEY");
    }

    [Theory]
    [InlineData("CT", "KIDNEY")]
    [InlineData("CT", null)]
    public async Task Post_ModalityAndBodyPartOfTheModel_IsSegmented(string modality, string? bodyPart)
    {
        using HttpResponseMessage response = await PostAsync(Series(modality, bodyPart), "abdomen");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Post_MismatchAndOptionWarn_IsSegmentedWithWarnings()
    {
        using HttpResponseMessage response = await PostAsync(Series("MR", "HEAD"), "abdomen", "{\"modalityMismatch\":\"warn\"}", "application/json");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        string[] warnings = [.. (await JsonAsync(response))["warnings"]!.AsArray().Select(warning => (string)warning!)];
        Assert.Equal(["The series is MR; the model wants CT.", "BodyPartExamined of the series does not match what the model wants: ABDOMEN|KIDNEY."], warnings[..2]);
    }

    [Fact]
    public async Task Post_MissingSliceAndOptionResample_IsSegmentedOnTheSlicesThatAreThere()
    {
        byte[][] files = Series("CT");
        using HttpResponseMessage response = await PostAsync([.. files[..2], .. files[3..]], "abdomen", "{\"geometry\":\"resample\"}");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(
            TestSeries.Open(await response.Content.ReadAsByteArrayAsync()).ToLabelMap(), TestSeries.Geometry(TestSeries.Grid),
            (k, j, i) => k != 2 && TestSeries.IsObject(k, j, i) ? 1 : 0);
        using HttpResponseMessage report = await PostAsync([.. files[..2], .. files[3..]], "abdomen", "{\"geometry\":\"resample\"}", "application/json");
        Assert.Contains("one slice is missing; the others are 2.5 mm apart. The images were interpolated to 5 upright planes 2.5 mm apart.",
            (string?)(await JsonAsync(report))["warnings"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MissingSliceAndOptionShear_IsRefused()
    {
        byte[][] files = Series("CT");
        using HttpResponseMessage response = await PostAsync([.. files[..2], .. files[3..]], "abdomen", "{\"geometry\":\"shear\"}");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "irregular-geometry", "ask for option geometry 'resample'");
    }

    [Fact]
    public async Task Post_TwoSeriesByModality_AreTheChannels()
    {
        (byte[][] ct, byte[][] pet) = TestSeries.Pair();

        using HttpResponseMessage response = await PostAsync([.. pet, .. ct], "fused");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Post_TwoSeriesByPartName_AreTheChannels()
    {
        (byte[][] first, byte[][] second) = TestSeries.Pair("CT");
        using MultipartFormDataContent form = new() { { new ByteArrayContent(TestSeries.Zip(second)), "channel-1", "b" }, { new StringContent("sum"), "model" } };
        foreach (byte[] file in first) form.Add(new ByteArrayContent(file), "channel-0", "a");

        using HttpResponseMessage response = await _client.PostAsync(form, prefer: "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Post_TwoSeriesThatFitEitherChannel_SaysToNameTheParts()
    {
        (byte[][] first, byte[][] second) = TestSeries.Pair("CT");

        using HttpResponseMessage response = await PostAsync([.. first, .. second], "sum");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "name the parts");
    }

    [Fact]
    public async Task Post_OneOfTwoNamedChannels_IsChannelMismatch()
    {
        MultipartFormDataContent form = TestSeries.Form(Series("CT"), "channel-0");
        form.Add(new StringContent("sum"), "model");

        using HttpResponseMessage response = await _client.PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "'channel-0', 'channel-1'");
    }

    [Fact]
    public async Task Post_TwoSeriesInOneNamedChannel_IsMixedSeries()
    {
        (byte[][] first, byte[][] second) = TestSeries.Pair("CT");
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(TestSeries.Zip([.. first, .. second])), "channel-0", "a" }, { new ByteArrayContent(TestSeries.Zip(second)), "channel-1", "b" }, { new StringContent("sum"), "model" },
        };

        using HttpResponseMessage response = await _client.PostAsync(form, prefer: "wait=60");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "mixed-series", "2 stacks of images: 1 (CT, 5 images of ");
    }

    [Fact]
    public async Task Post_DicomBesideNifti_IsMalformed()
    {
        MultipartFormDataContent form = TestSeries.Form(Series("CT"));
        form.Add(new ByteArrayContent(TestImages.SmallNifti()), "image", "a");
        form.Add(new StringContent("sum"), "model");

        using HttpResponseMessage response = await _client.PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "one kind of file: DICOM, NIfTI or pictures");
    }

    private static byte[][] Series(string modality, string? bodyPart = null)
    {
        DicomDataset template = new DicomDataset().AddOrUpdate(DicomTag.Modality, modality);
        if (bodyPart is not null) template.AddOrUpdate(DicomTag.BodyPartExamined, bodyPart);
        return TestSeries.Files(template);
    }

    private async Task<HttpResponseMessage> PostAsync(byte[][] files, string model, string options = "{}", string? accept = null)
    {
        MultipartFormDataContent form = TestSeries.Form(files);
        form.Add(new StringContent(model), "model");
        form.Add(new StringContent(options), "options");
        return await _client.PostAsync(form, prefer: "wait=60", accept: accept);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ApiHost _host = new(packages:
        [
            ApiHost.Volumes with
            {
                Name = "abdomen",
                Change = manifest => manifest with
                {
                    Inputs = [new ModelInput { Name = "ct", Modality = "CT", Match = new Dictionary<string, string> { ["BodyPartExamined"] = "ABDOMEN|KIDNEY" } }],
                },
            },
            ApiHost.Volumes with { Name = "sum", Channels = 2 },
            ApiHost.Volumes with
            {
                Name = "fused", Channels = 2,
                Change = manifest => manifest with { Inputs = [new ModelInput { Name = "ct", Modality = "CT" }, new ModelInput { Name = "pet", Modality = "PET" }] },
            },
        ]);

        public HttpClient Client { get; private set; } = null!;

        public ValueTask InitializeAsync()
        {
            Client = _host.CreateClient();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => _host.DisposeAsync();
    }
}
