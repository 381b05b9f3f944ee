using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Dicom;
using MedISeg.Inference.Models;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>One test a kind of bad DICOM: a problem whose detail says how to fix it, and a service that answers as before.</summary>
public sealed class DicomBadInputTests(DicomBadInputTests.Fixture fixture) : IClassFixture<DicomBadInputTests.Fixture>
{
    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.98)]
    public async Task Post_TruncatedDicom_IsTruncatedImage(double share)
    {
        byte[][] files = TestSeries.Files();
        files[2] = files[2][..(int)(files[2].Length * share)];

        await RefusedAsync(files, "truncated-image", "ends");
    }

    [Fact]
    public async Task Post_ObjectWithoutPixels_IsNoPixelData()
    {
        byte[][] files = TestSeries.Files();
        files[1] = TestSeries.Change(files[1], set => set.Remove(DicomTag.PixelData));

        await RefusedAsync(files, "no-pixel-data", "send");
    }

    [Fact]
    public async Task Post_TwoUnrelatedSeries_IsMixedSeries() =>
        await RefusedAsync([.. TestSeries.Files(), .. TestSeries.Files()], "mixed-series", "The upload holds 2 stacks of images: 1 (CT, 5 images of 9x7), 2 (CT, 5 images of 9x7); send one of them, or name one by option stack.");

    [Fact]
    public async Task Post_MissingSlice_IsIrregularGeometry()
    {
        byte[][] files = TestSeries.Files();

        await RefusedAsync([.. files[..2], .. files[3..]], "irregular-geometry", "mm");
    }

    [Fact]
    public async Task Post_DuplicateSlice_IsIrregularGeometry()
    {
        byte[][] files = TestSeries.Files();
        byte[] again = TestSeries.Change(files[2], set => set.AddOrUpdate(DicomTag.SOPInstanceUID, DicomUID.Generate()));

        await RefusedAsync([.. files, again], "irregular-geometry", "position");
    }

    [Fact]
    public async Task Post_OneSliceTo3DModel_IsDimensionMismatch() =>
        await RefusedAsync(TestSeries.Files()[..1], "dimension-mismatch", "send a volume or choose a 2-D model");

    [Fact]
    public async Task Post_ColourToCtModel_IsChannelMismatch()
    {
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, Colour))];

        await RefusedAsync(files, "channel-mismatch", "The images are in colour (3 values a pixel), and the model takes one channel of grey values; send the original series");
    }

    [Fact]
    public async Task Post_65535SquaredPixelsIn910Bytes_IsRefusedBeforeMemoryIsTaken()
    {
        byte[][] files = [.. TestSeries.Files()[..2].Select(file => Padded(TestSeries.Change(file, set => set
            .AddOrUpdate(DicomTag.Rows, ushort.MaxValue).AddOrUpdate(DicomTag.Columns, ushort.MaxValue).AddOrUpdate(DicomVR.Parse("OW"), DicomTag.PixelData, new byte[2])), 910))];
        Assert.All(files, file => Assert.InRange(file.Length, 800, 1100));
        long before = GC.GetTotalAllocatedBytes();

        using HttpResponseMessage response = await PostAsync(files);

        JsonNode problem = await ProblemAsync(response, response.StatusCode, (string)(await JsonAsync(response))["code"]!);
        Assert.Contains((string)problem["code"]!, new[] { "too-large", "truncated-image" });
        Assert.InRange((int)response.StatusCode, 400, 499);
        // One such frame would take 8 GiB.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1L << 30);
        await StillServesAsync();
    }

    [Fact]
    public async Task Post_SequenceNested100000Deep_IsUnreadableImage()
    {
        byte[][] files = TestSeries.Files();
        files[3] = Nested(files[3], 100_000);

        await RefusedAsync(files, "unreadable-image", "nest");
    }

    [Fact]
    public async Task Post_UnsupportedTransferSyntax_IsNamed()
    {
        byte[][] files = [.. TestSeries.Files().Select(file => WithSyntax(file, "1.2.840.10008.1.2.4.102"))];

        using HttpResponseMessage response = await PostAsync(files);

        await ProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported-transfer-syntax", "1.2.840.10008.1.2.4.102");
        await StillServesAsync();
    }

    [Fact]
    public async Task Post_DicomDirectory_IsUnreadableImage() =>
        await RefusedAsync([ArchiveTests.Directory()], "unreadable-image", "is a DICOMDIR, a list of files and not an image; send the images of one series that it lists");

    [Fact]
    public async Task Post_StructureSet_IsNoPixelData()
    {
        byte[] file = TestSeries.Change(TestSeries.Files()[0], set => set.Remove(DicomTag.PixelData).Remove(DicomTag.Rows).Remove(DicomTag.Columns)
            .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.RTStructureSetStorage).AddOrUpdate(DicomTag.Modality, "RTSTRUCT"));

        await RefusedAsync([file], "no-pixel-data", "is an RT structure set, not an image; send the image series that it was drawn on");
    }

    [Fact]
    public async Task Post_RelatedPartThatIsNoDicom_IsUnreadableImage()
    {
        using HttpResponseMessage response = await _client.PostAsync(TestSeries.Related([TestSeries.Files()[0], TestImages.SmallNifti()]), "?model=ct");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "unreadable-image", "Part 2 of the request is not a DICOM object");
    }

    [Fact]
    public async Task Post_RelatedPartOfOtherType_IsUnsupportedMediaType()
    {
        using HttpResponseMessage response = await _client.PostAsync(TestSeries.Related(TestSeries.Files(), "application/dicom+json"), "?model=ct");

        await ProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "Part 1 of the request is not of Content-Type application/dicom");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\"application/dicom+json\"")]
    public async Task Post_RelatedOfOtherType_IsUnsupportedMediaType(string? type)
    {
        using HttpResponseMessage response = await _client.PostAsync(TestSeries.Related(TestSeries.Files(), type: type), "?model=ct");

        await ProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "multipart/related; type=\"application/dicom\"");
    }

    [Fact]
    public async Task Post_RelatedWithoutParts_IsEmptyBody()
    {
        using ByteArrayContent body = new("--b--\r\n"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", "multipart/related; type=\"application/dicom\"; boundary=b");

        using HttpResponseMessage response = await _client.PostAsync(body, "?model=ct");

        await ProblemAsync(response, HttpStatusCode.BadRequest, "empty-body", "add each DICOM object as a part");
    }

    private async Task RefusedAsync(byte[][] files, string code, string detail)
    {
        using HttpResponseMessage response = await PostAsync(files);

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, code, detail);
        await StillServesAsync();
    }

    private Task<HttpResponseMessage> PostAsync(byte[][] files) => _client.PostAsync(TestSeries.Form(files), "?model=ct", "wait=60");

    private async Task StillServesAsync()
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(TestSeries.Zip(TestSeries.Files()), "application/zip"), "?model=ct", "wait=60");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    /// <summary>Three equal samples a pixel.</summary>
    private static void Colour(DicomDataset set)
    {
        byte[] pixels = new byte[TestSeries.Grid.Height * TestSeries.Grid.Width * 3 + 1];
        set.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)3).AddOrUpdate(DicomTag.PhotometricInterpretation, "RGB").AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)0)
            .AddOrUpdate(DicomTag.BitsAllocated, (ushort)8).AddOrUpdate(DicomTag.BitsStored, (ushort)8).AddOrUpdate(DicomTag.HighBit, (ushort)7)
            .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0).AddOrUpdate(DicomVR.Parse("OB"), DicomTag.PixelData, pixels);
    }

    private static byte[] Padded(byte[] file, int length) => file.Length >= length ? file : TestSeries.Change(file, set =>
        set.AddOrUpdate(DicomVR.Parse("LO"), new DicomTag(0x0020, 0x4000), new string('x', length - file.Length)));

    /// <summary>Puts a private sequence of undefined lengths, one in the other, between the header and the pixels.</summary>
    private static byte[] Nested(byte[] file, int depth)
    {
        int pixels = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xe0, 0x7f, 0x10, 0, (byte)'O', (byte)'W']);
        byte[] open = [0x29, 0, 0x10, 0x10, (byte)'S', (byte)'Q', 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff];
        byte[] close = [0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
        using MemoryStream stream = new();
        stream.Write(file.AsSpan(0, pixels));
        for (int n = 0; n < depth; n++) stream.Write(open);
        for (int n = 0; n < depth; n++) stream.Write(close);
        stream.Write(file.AsSpan(pixels));
        return stream.ToArray();
    }

    /// <summary>A file that says another transfer syntax, its pixels in one fragment.</summary>
    private static byte[] WithSyntax(byte[] file, string uid)
    {
        DicomDataset from = DicomFile.Open(file).Dataset, to = new(DicomTransferSyntax.Parse(uid));
        foreach (DicomItem item in from.Items.Where(item => item.Tag != DicomTag.PixelData)) to.AddOrUpdate(item);
        to.AddOrUpdate(new DicomFragmentSequence(DicomTag.PixelData, ReadOnlyMemory<byte>.Empty, [new byte[64]]));
        using MemoryStream stream = new();
        new DicomFile(to).Save(stream);
        return stream.ToArray();
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ApiHost _host = new(packages:
        [
            ApiHost.Volumes with { Name = "ct", Change = manifest => manifest with { Inputs = [new ModelInput { Name = "ct", Modality = "CT" }] } },
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
