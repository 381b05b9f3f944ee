using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class UncertaintyResultTests : IAsyncDisposable
{
    private readonly ApiHost _host = new(packages: [ApiHost.Volumes with { Members = 2, MemberShift = 150 }]);
    private readonly HttpClient _client;

    public UncertaintyResultTests() => _client = _host.CreateClient();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Result_MapThatWasAskedFor_IsNiftiOfFloatsOnTheImagesGrid()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti(), "analytic", """{"outputs":["labels","disagreement"]}"""));
        JsonNode job = await _client.JobAtEndAsync(id);

        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/result?output=disagreement");

        Assert.Equal("application/gzip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("disagreement.nii.gz", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        byte[] packed = await response.Content.ReadAsByteArrayAsync();
        Check(packed);
        byte[] plain = await _client.GetByteArrayAsync($"{Jobs}/{id}/result?output=disagreement&format=nii");
        using GZipStream unpack = new(new MemoryStream(packed), CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        await unpack.CopyToAsync(unpacked);
        Assert.Equal(unpacked.ToArray(), plain);

        // The archive holds it beside the labels, and the report tells its mean.
        using ZipArchive archive = new(new MemoryStream(await _client.GetByteArrayAsync($"{Jobs}/{id}/result?format=zip")));
        Assert.Equal(["segmentation.nii.gz", "report.json", "disagreement.nii.gz"], archive.Entries.Select(entry => entry.FullName));
        using MemoryStream entry = new();
        await using (Stream stream = await archive.Entries[2].OpenAsync()) await stream.CopyToAsync(entry);
        Assert.Equal(packed, entry.ToArray());
        Assert.Equal(105 * 0.5 / 315, (double)job["report"]!["uncertainty"]![0]!["mean"]!, 1e-6);
    }

    [Fact]
    public async Task Result_MapThatWasNotMadeOrIsNone_IsRefusedWithTheReason()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(id);

        using HttpResponseMessage absent = await _client.GetAsync($"{Jobs}/{id}/result?output=entropy");
        using HttpResponseMessage unknown = await _client.GetAsync($"{Jobs}/{id}/result?output=volume-variation");
        using HttpResponseMessage picture = await _client.GetAsync($"{Jobs}/{id}/result?output=entropy&format=zip");

        await ProblemAsync(absent, HttpStatusCode.NotAcceptable, "not-acceptable", "ask for it with option outputs");
        await ProblemAsync(unknown, HttpStatusCode.BadRequest, "malformed-request", "entropy, variance, disagreement, mutual-information");
        await ProblemAsync(picture, HttpStatusCode.NotAcceptable, "not-acceptable", "?format=nii.gz");
        Assert.Equal(await _client.GetByteArrayAsync($"{Jobs}/{id}/result"), await _client.GetByteArrayAsync($"{Jobs}/{id}/result?output=labels"));
    }

    /// <summary>The members differ where the image is 200: one says object, the other does not.</summary>
    private static void Check(byte[] packed)
    {
        using MemoryStream stream = new(packed);
        Volume map = NiftiReader.Read(stream, new ImageLimits());
        Assert.Equal(typeof(float), map.VoxelType);
        Assert.True(map.Geometry.Matches(TestImages.Small().Geometry));
        GridSize size = map.Geometry.Grid;
        ReadOnlySpan<float> values = map.Voxels<float>(0);
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
                for (int i = 0; i < size.Width; i++)
                    Assert.Equal(TestImages.IsObject(k, j, i) ? 0.5f : 0, values[(int)size.Offset(k, j, i)]);
    }
}
