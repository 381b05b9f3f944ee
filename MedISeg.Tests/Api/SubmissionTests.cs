using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class SubmissionTests : IAsyncLifetime
{
    private readonly ApiHost _host = new(packages: [ApiHost.Volumes, ApiHost.Pictures]);
    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = _host.CreateClient();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_NiftiForm_Answers201WithLabelsOnTheSourceGrid()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "analytic"), prefer: "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/gzip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment; filename=\"segmentation.nii.gz\"", response.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("wait=60", response.Headers.GetValues("Preference-Applied").Single());
        Assert.Matches("^/v1/segmentations/[0-9a-f]{32}$", response.Headers.Location!.OriginalString);
        byte[] file = await response.Content.ReadAsByteArrayAsync();
        TestImages.AssertLabels(file, new GridSize(5, 7, 9));
        using MemoryStream stream = new(file);
        Assert.True(ImageReader.ReadLabels(stream, new ImageLimits()).Geometry.Matches(TestImages.Small().Geometry));
    }

    [Theory]
    [InlineData("application/octet-stream", false)]
    [InlineData("application/x-nifti", false)]
    [InlineData("application/gzip", true)]
    public async Task Post_RawBody_Answers201WithLabels(string type, bool gzip)
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.SmallNifti(gzip), type), "?model=analytic@1", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Post_Png_AnswersPng()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.Png(), "image/png"), "?model=pictures", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), new GridSize(1, 7, 9));
    }

    [Theory]
    [InlineData("application/x-nifti", "")]
    [InlineData("image/webp;q=1, application/x-nifti;q=0.5, application/zip;q=0.1", "")]
    [InlineData("application/json", "&format=nii")]
    public async Task Post_AcceptNifti_AnswersPlainNifti(string accept, string format)
    {
        using HttpResponseMessage response = await _client.PostAsync(
            Raw(TestImages.SmallNifti()), "?model=analytic" + format, "wait=60", accept);

        Assert.Equal("application/x-nifti", response.Content.Headers.ContentType!.MediaType);
        byte[] file = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal([0x5c, 1, 0, 0], file[..4]);
        TestImages.AssertLabels(file, new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Post_AcceptJson_AnswersTheReport()
    {
        using HttpResponseMessage response = await _client.PostAsync(
            Form(TestImages.SmallNifti(), "analytic", "{\"tta\":{\"views\":[\"flip-i\"]}}"), prefer: "wait=60", accept: "application/json");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        JsonNode report = await JsonAsync(response);
        Assert.Equal("analytic", (string?)report["recipe"]!["model"]);
        Assert.Equal("flip-i", (string?)report["recipe"]!["options"]!["tta"]!["views"]![0]);
        long expected = Enumerable.Range(0, 5).Sum(k => Enumerable.Range(0, 7).Sum(j => Enumerable.Range(0, 9).Count(i => TestImages.IsObject(k, j, i))));
        Assert.Equal(expected, (long)report["segments"]![0]!["voxels"]!);
    }

    [Fact]
    public async Task Post_AcceptZip_AnswersLabelsAndReport()
    {
        using HttpResponseMessage response = await _client.PostAsync(
            Form(TestImages.Png(), "pictures"), prefer: "wait=60", accept: "application/zip");

        using ZipArchive archive = new(await response.Content.ReadAsStreamAsync());
        Assert.Equal(["segmentation.png", "segmentation.nii.gz", "report.json"], archive.Entries.Select(entry => entry.FullName));
        using MemoryStream png = new();
        await archive.Entries[0].Open().CopyToAsync(png);
        TestImages.AssertLabels(png.ToArray(), new GridSize(1, 7, 9));
    }

    [Fact]
    public async Task Post_RespondAsync_Answers202AndTheResultLater()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "analytic"), prefer: "respond-async");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("respond-async", response.Headers.GetValues("Preference-Applied").Single());
        string text = await response.Content.ReadAsStringAsync();
        Assert.Empty(Schemas.Faults("job", text));
        JsonNode job = await _client.JobAtEndAsync((string)JsonNode.Parse(text)!["id"]!);
        Assert.Equal("succeeded", (string?)job["state"]);
        Assert.Equal(100, (double)job["percent"]!);
        Assert.Equal(1, (int)job["attempts"]!);
        Assert.Empty(Schemas.Faults("job", job.ToJsonString()));
        Assert.Matches("^[0-9a-f]{64}$", (string?)job["model"]!["sha256"]);
        TestImages.AssertLabels(await _client.GetByteArrayAsync((string)job["links"]!["result"]!), new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Post_JobFailsWhileWaiting_AnswersItsProblemAndNamesTheJob()
    {
        byte[] truncated = TestImages.SmallNifti(gzip: false)[..400];

        using HttpResponseMessage response = await _client.PostAsync(Raw(truncated), "?model=analytic", "wait=60");

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "truncated-image");
        string address = response.Headers.Location!.OriginalString;
        Assert.Equal(address, (string?)problem["instance"]);
        JsonNode job = JsonNode.Parse(await _client.GetStringAsync(address))!;
        Assert.Equal("failed", (string?)job["state"]);
        Assert.Equal("truncated-image", (string?)job["problem"]!["code"]);
        Assert.Empty(Schemas.Faults("job", job.ToJsonString()));
        Assert.Empty(Schemas.Faults("problem", job["problem"]!.ToJsonString()));
    }

    [Fact]
    public async Task Post_SeveralPackagesAndNoModel_ListsTheNames()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti()));

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "analytic@1, pictures@1");
    }

    [Fact]
    public async Task Post_OnePackageAndNoModel_TakesIt()
    {
        await using ApiHost one = new();
        using HttpResponseMessage response = await one.CreateClient().PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Post_TwoChannelsByName_AreBroughtIntoModelOrder()
    {
        await using ApiHost host = new(packages: [ApiHost.Volumes with { Channels = 2 }]);
        GridSize grid = new(5, 7, 9);
        Volume first = TestImages.Small(), second = new(TestImages.Geometry(grid), [new float[grid.VoxelCount]]);
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(TestImages.Nifti(second)), "channel-1", "b" }, { new ByteArrayContent(TestImages.Nifti(first)), "channel-0", "a" },
        };

        using HttpResponseMessage response = await host.CreateClient().PostAsync(form, prefer: "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), grid);
    }

    [Fact]
    public async Task Post_ClientGoesAway_JobIsFinishedAllTheSame()
    {
        using CancellationTokenSource gone = new();
        using HttpRequestMessage request = new(HttpMethod.Post, Jobs) { Content = Form(TestImages.Nifti(TestImages.Create(new GridSize(24, 24, 24))), "analytic", ApiHost.SlowOptions) };
        request.Headers.Add("Prefer", "wait=60");
        Task<HttpResponseMessage> sent = _client.SendAsync(request, gone.Token);
        JsonNode? running = null;
        while (running is null)
            running = JsonNode.Parse(await _client.GetStringAsync(Jobs))!["items"]!.AsArray().FirstOrDefault();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);

        JsonNode job = await _client.JobAtEndAsync((string)running["id"]!);
        Assert.Equal("succeeded", (string?)job["state"]);
    }
}
