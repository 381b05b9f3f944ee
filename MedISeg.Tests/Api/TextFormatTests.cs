using System.Net;
using System.Text;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>NRRD and MetaImage over HTTP, in and out.</summary>
public sealed class TextFormatTests : IAsyncLifetime
{
    private const string MetaHeader = "ObjectType = Image\nNDims = 3\nDimSize = 9 7 5\nElementSpacing = 1 1 1\nElementType = MET_FLOAT\n";
    private const string NrrdHeader = "NRRD0004\ntype: float\ndimension: 3\nsizes: 9 7 5\nendian: little\n";

    private readonly ApiHost _host = new();
    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = _host.CreateClient();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("application/x-nrrd", "nrrd")]
    [InlineData("application/x-metaimage", "mha")]
    [InlineData("application/octet-stream", "mha")]
    public async Task Post_Volume_ComesBackInEachFormatOnItsGrid(string type, string format)
    {
        using MemoryStream stream = new();
        if (format == "nrrd") NrrdWriter.Write(stream, TestImages.Small(), gzip: true);
        else MetaImageWriter.Write(stream, TestImages.Small(), packed: true);

        using HttpResponseMessage response = await _client.PostAsync(Raw(stream.ToArray(), type), $"?model=analytic&format={format}", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(format == "nrrd" ? "application/x-nrrd" : "application/x-metaimage", response.Content.Headers.ContentType!.MediaType);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(format == "nrrd" ? ImageFormat.Nrrd : ImageFormat.MetaImage, ImageReader.Read(new MemoryStream(bytes), new ImageLimits()).Format);
        TestImages.AssertLabels(bytes, new GridSize(5, 7, 9));
    }

    [Theory]
    [InlineData("image.mhd", MetaHeader + "ElementDataFile = image.raw\n", false)]
    [InlineData("image.mhd", MetaHeader + "CompressedData = True\r\nElementDataFile = folder/image.raw\r\n", true)]
    [InlineData("image.nhdr", NrrdHeader + "encoding: gzip\ndata file: ./image.raw\n", true)]
    [InlineData("image.nhdr", NrrdHeader + "encoding: raw\ndatafile: image.raw\n\n", false)]
    public async Task Post_ArchiveOfHeaderAndVoxels_IsOneImage(string name, string header, bool packed)
    {
        byte[] voxels = Voxels();
        if (packed) voxels = Imaging.Formats.HandMadeNifti.Gzip(voxels);
        byte[] zip = HandMadeZip.Create(("series/" + name, Encoding.ASCII.GetBytes(header)), ("series/image.raw", voxels));

        using HttpResponseMessage response = await _client.PostAsync(Raw(zip, "application/zip"), "?model=analytic", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        LabelMap labels = ImageReader.ReadLabels(new MemoryStream(await response.Content.ReadAsByteArrayAsync()), new ImageLimits());
        Assert.Equal(new GridSize(5, 7, 9), labels.Geometry.Grid);
        for (int k = 0; k < 5; k++)
            for (int j = 0; j < 7; j++)
                for (int i = 0; i < 9; i++) Assert.Equal(TestImages.IsObject(k, j, i) ? 1 : 0, labels[k, j, i]);
    }

    [Theory]
    [InlineData("ElementDataFile = image.raw\n")]
    [InlineData("ElementDataFile = LIST\n")]
    [InlineData("ElementDataFile = image%03d.raw 1 5 1\n")]
    public async Task Post_HeaderWithoutItsVoxels_SaysWhatToSend(string last)
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(Encoding.ASCII.GetBytes(MetaHeader + last), "application/octet-stream"), "?model=analytic", "wait=60");

        await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "unreadable-image", "zip archive");
    }

    [Fact]
    public void Find_HeaderOfOneFile_IsNone()
    {
        Assert.Null(DetachedHeader.Find(Encoding.ASCII.GetBytes(MetaHeader + "ElementDataFile = LOCAL\nxxx")));
        Assert.Null(DetachedHeader.Find(Encoding.ASCII.GetBytes(NrrdHeader + "encoding: raw\n\ndata file: x\n")));
        Assert.Null(DetachedHeader.Find("a text"u8));
        DetachedHeader found = DetachedHeader.Find(Encoding.ASCII.GetBytes("NRRD0004\nData File: a\\b.raw\ntype: float"))!;
        Assert.Equal(("b.raw", "NRRD0004\ntype: float\n\n"), (found.DataFile, Encoding.ASCII.GetString(found.Attached)));
    }

    private static byte[] Voxels()
    {
        float[] values = TestImages.Small().ToFloats(0);
        byte[] bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
