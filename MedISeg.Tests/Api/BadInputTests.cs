using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>One test a kind of bad input: a problem whose detail says how to fix it, and nothing left on the disk of a refused request.</summary>
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public async Task Post_NoBody_IsEmptyBody()
    {
        using HttpResponseMessage response = await _client.PostAsync(Jobs, null);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "empty-body", "Send the image as form part 'image'");
    }

    [Fact]
    public async Task Post_EmptyImagePart_IsEmptyBody()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form([], "analytic"));

        await ProblemAsync(response, HttpStatusCode.BadRequest, "empty-body", "send the file's content");
    }

    [Fact]
    public async Task Post_FormWithoutImage_IsEmptyBody()
    {
        using MultipartFormDataContent form = new() { { new StringContent("analytic"), "model" } };
        using HttpResponseMessage response = await _client.PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "empty-body", "add the image file as part 'image'");
    }

    [Fact]
    public async Task Post_Text_IsUnreadableImage()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw("This is no image at all."u8.ToArray()), "?model=analytic");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "unreadable-image", "send DICOM (also as zip), NIfTI (.nii, .nii.gz), NRRD, MetaImage (.mha), PNG, JPEG or TIFF");
    }

    [Fact]
    public async Task Post_TruncatedGzip_IsTruncatedImage()
    {
        byte[] whole = TestImages.SmallNifti();

        using HttpResponseMessage response = await _client.PostAsync(Raw(whole[..(whole.Length / 2)]), "?model=analytic", "wait=60");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "truncated-image", "send the whole file");
    }

    [Fact]
    public async Task Post_HeaderClaims5000CubedVoxelsOver10Bytes_IsTooLarge()
    {
        byte[] file = TestImages.SmallNifti(gzip: false)[..362];
        for (int axis = 0; axis < 3; axis++) BitConverter.TryWriteBytes(file.AsSpan(42 + 2 * axis), (short)5000);

        using HttpResponseMessage response = await _client.PostAsync(Raw(file), "?model=analytic", "wait=60");

        // That no memory is spent is asserted of the reader itself, where it can be measured.
        JsonNode problem = await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "5000x5000x5000");
        Assert.Contains("Crop or resample the image, or correct its header", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public async Task Post_VoxelThatIsNoNumber_IsInvalidVoxels(float value)
    {
        GridSize grid = new(2, 3, 5);
        float[] voxels = new float[grid.VoxelCount];
        voxels[17] = value;

        using HttpResponseMessage response = await _client.PostAsync(
            Raw(FloatNifti(grid, voxels)), "?model=analytic", "wait=60");

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "invalid-voxels", "replace them before sending");
        Assert.StartsWith("1 of 30 voxels", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SingularAffine_IsInvalidGeometry()
    {
        byte[] file = TestImages.SmallNifti(gzip: false);
        // sform_code 1, and row y equal to row x.
        BitConverter.TryWriteBytes(file.AsSpan(254), (short)1);
        file.AsSpan(280, 16).CopyTo(file.AsSpan(296));

        using HttpResponseMessage response = await _client.PostAsync(Raw(file), "?model=analytic", "wait=60");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "invalid-geometry", "Correct the image's orientation");
    }

    [Fact]
    public async Task Post_PictureTo3DModel_IsDimensionMismatch()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.Png(), "image/png"), "?model=analytic", "wait=60");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "dimension-mismatch", "send a volume or choose a 2-D model");
    }

    [Fact]
    public async Task Post_RgbToOneChannelModel_IsChannelMismatch()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.Png(3), "image/png"), "?model=pictures", "wait=60");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "channel-mismatch", "convert the image, for example from RGB to grey");
    }

    [Fact]
    public async Task Post_SeveralFilesForOneChannel_SaysOneIsEnough()
    {
        using MultipartFormDataContent form = Form(TestImages.SmallNifti(), "analytic");
        form.Add(new ByteArrayContent(TestImages.SmallNifti()), "image", "second.nii.gz");

        using HttpResponseMessage response = await _client.PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "2 image files came, and the model takes 1 channel(s)");
    }

    [Fact]
    public async Task Post_UnknownModel_ListsModels()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.SmallNifti()), "?model=liver");

        await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-model", "analytic@1, pictures@1");
    }

    [Fact]
    public async Task Post_UnknownVersion_ListsModels()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.SmallNifti()), "?model=analytic@2");

        await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-model", "analytic@1, pictures@1");
    }

    [Fact]
    public async Task Post_UnknownOption_IsNamed()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "analytic", "{\"slidingWindow\":{\"overlapp\":[0.5]}}"));

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.BadRequest, "unknown-option", "slidingWindow.overlapp is not known; did you mean overlap?");
        Assert.Equal("slidingWindow.overlapp", (string?)problem["errors"]![0]!["key"]);
    }

    [Fact]
    public async Task Post_OverlapOne_IsInvalidOption()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "analytic", "{\"slidingWindow\":{\"overlap\":[1.0]}}"));

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.BadRequest, "invalid-option", "below 1");
        Assert.StartsWith("slidingWindow.overlap", (string?)problem["errors"]![0]!["key"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OptionsThatAreNoJson_IsInvalidOption()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "analytic", "{overlap"));

        await ProblemAsync(response, HttpStatusCode.BadRequest, "invalid-option");
    }

    [Fact]
    public async Task Post_ForbiddenView_IsViewNotAllowed()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "strict", "{\"tta\":{\"views\":[\"flip-j\"]}}"));

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "view-not-allowed", "flip-i");
    }

    [Fact]
    public async Task Post_UnknownFormPart_IsNamed()
    {
        using MultipartFormDataContent form = Form(TestImages.SmallNifti(), "analytic");
        form.Add(new StringContent("x"), "modell");

        using HttpResponseMessage response = await _client.PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "'modell' is not known");
    }

    [Fact]
    public async Task Post_UnknownQueryParameter_IsNamed()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.SmallNifti()), "?model=analytic&option=x");

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "'option' is not known");
    }

    [Fact]
    public async Task Post_ModelTwice_IsMalformed()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "analytic"), "?model=analytic");

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "send it once");
    }

    [Fact]
    public async Task Post_BodyEndsInsideForm_IsMalformed()
    {
        byte[] body = [.. "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n"u8, .. TestImages.SmallNifti()];
        using ByteArrayContent content = new(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");

        using HttpResponseMessage response = await _client.PostAsync(content);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "damaged or ends early");
    }

    [Fact]
    public async Task Post_UrlEncodedForm_IsUnsupportedMediaType()
    {
        using FormUrlEncodedContent form = new([KeyValuePair.Create("image", "x")]);
        using HttpResponseMessage response = await _client.PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "multipart/form-data");
    }

    [Theory]
    [InlineData("image/png", "")]
    [InlineData("application/dicom", "")]
    [InlineData("*/*", "&format=png")]
    public async Task Post_ResultThatCannotBeMade_IsNotAcceptable(string accept, string format)
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestImages.SmallNifti()), "?model=analytic" + format, accept: accept);

        await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "application/gzip (?format=nii.gz)");
    }

    [Fact]
    public async Task Post_MoreMemoryThanTheLimit_IsTooLarge()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Limits:MaxMemoryBytes"] = "1000000" });

        using HttpResponseMessage response = await host.CreateClient().PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "MiB of memory");
    }

    [Fact]
    public async Task Get_UnknownJob_IsUnknownJob()
    {
        foreach (string id in new[] { new string('0', 32), "..%2F..%2Fjobs.db", "0F4C2D6BE4D94B0F8A3C5B7D9E1F2A3B", "1" })
            foreach (string rest in new[] { "", "/result", "/events" })
            {
                using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}{rest}");
                await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-job", "GET /v1/segmentations lists your jobs");
            }
        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{new string('0', 32)}");
        await ProblemAsync(deleted, HttpStatusCode.NotFound, "unknown-job");
    }

    [Fact]
    public async Task Get_UnknownAddress_IsNotFound()
    {
        using HttpResponseMessage response = await _client.GetAsync("/v1/nothing");

        await ProblemAsync(response, HttpStatusCode.NotFound, "not-found", "/swagger lists the addresses");
    }

    [Fact]
    public async Task Put_Jobs_IsMethodNotAllowed()
    {
        using HttpResponseMessage response = await _client.PutAsync(Jobs, null);

        await ProblemAsync(response, HttpStatusCode.MethodNotAllowed, "method-not-allowed", "Allow");
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("?limit=0", "limit must be between 1 and 200")]
    [InlineData("?cursor=zz", "'next' of the page before")]
    [InlineData("?state=done", "queued, running, succeeded")]
    [InlineData("?limit=many", null)]
    public async Task Get_ListWithBadParameter_IsMalformed(string query, string? detail)
    {
        using HttpResponseMessage response = await _client.GetAsync(Jobs + query);

        await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", detail);
    }

    [Fact]
    public async Task Post_Refused_LeavesNothingBehind()
    {
        await using ApiHost host = new();
        HttpClient client = host.CreateClient();

        using HttpResponseMessage response = await client.PostAsync(Form(TestImages.SmallNifti(), "analytic", "{\"x\":1}"));

        await ProblemAsync(response, HttpStatusCode.BadRequest, "unknown-option");
        Assert.Empty(host.DataFolders);
        Assert.Empty(JsonNode.Parse(await client.GetStringAsync(Jobs))!["items"]!.AsArray());
    }

    /// <summary>A NIfTI file with voxels that its writer would refuse.</summary>
    private static byte[] FloatNifti(GridSize grid, float[] voxels)
    {
        byte[] file = TestImages.Nifti(new Volume(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [new float[grid.VoxelCount]]), gzip: false);
        Buffer.BlockCopy(voxels, 0, file, file.Length - voxels.Length * sizeof(float), voxels.Length * sizeof(float));
        return file;
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ApiHost _host = new(packages:
        [
            ApiHost.Volumes, ApiHost.Pictures, new AnalyticPackageOptions { Name = "strict", AllowedViews = ["flip-i"] },
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
