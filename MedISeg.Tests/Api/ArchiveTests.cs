using System.IO.Compression;
using System.Net;
using System.Text;
using MedISeg.Api.Uploads;
using MedISeg.Api.Uploads.Archives;
using MedISeg.Dicom;
using MedISeg.Imaging.Volumes;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Archives of every kind: unpacked where they are whole, refused with the reason where they are not, and nothing left behind.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private const string Damaged = "The archive is damaged or ends early; make it again, and send the whole file.";

    private readonly ApiHost _host = new();
    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = _host.CreateClient();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("application/zip", 8, false, false)]
    [InlineData("application/x-zip-compressed", 0, false, false)]
    [InlineData("application/octet-stream", 8, true, false)]
    [InlineData("application/zip", 8, false, true)]
    [InlineData("application/zip", 0, true, true)]
    public async Task Post_ArchiveOfOneImage_IsSegmented(string type, int method, bool longEntry, bool longDirectory)
    {
        byte[] zip = HandMadeZip.Create([new ZipItem("a/b.nii.gz", TestImages.SmallNifti()) { Method = method, IsLong = longEntry }], longDirectory);

        using HttpResponseMessage response = await _client.PostAsync(Raw(zip, type), "?model=analytic", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Post_ArchiveOfAnotherWriter_IsSegmented()
    {
        using MemoryStream stream = new();
        // Written forwards only: lengths stand behind the contents, and in the directory.
        using (ZipArchive archive = new(new ForwardOnly(stream), ZipArchiveMode.Create))
        using (Stream entry = archive.CreateEntry("series/image.nii").Open())
            await entry.WriteAsync(TestImages.SmallNifti(gzip: false));

        using HttpResponseMessage response = await _client.PostAsync(Form(stream.ToArray(), "analytic", fileName: "series.zip"), prefer: "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Post_ArchiveWithOtherFiles_WarnsInTheReport()
    {
        byte[] zip = HandMadeZip.Create(
            ("series/", []), ("series/DICOMDIR", Directory()), ("series/image.nii.gz", TestImages.SmallNifti()), ("__MACOSX/series/._image.nii.gz", [0, 5, 0x16, 7, 0, 2, 0, 0]),
            ("series/.DS_Store", [0, 0, 0, 1, .. "Bud1"u8]), ("series/Thumbs.db", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), ("series/read me.txt", "Read me first."u8.ToArray()),
            ("series/empty", []));

        using HttpResponseMessage response = await _client.PostAsync(Raw(zip, "application/zip"), "?model=analytic", "wait=60", "application/json");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Contains((await JsonAsync(response))["warnings"]!.AsArray(), warning => (string?)warning == "6 file(s) of the upload were no images and were left out.");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(0.2)]
    public async Task Post_PartOfAnArchive_IsUnreadable(double share)
    {
        byte[] zip = HandMadeZip.Create(("a.nii.gz", TestImages.SmallNifti()), ("b.txt", "text"u8.ToArray()));

        await RefusedAsync(zip[..(int)(zip.Length * share)], Damaged);
    }

    [Theory]
    [InlineData("../x.nii.gz")]
    [InlineData("a/../../x.nii.gz")]
    [InlineData("a/..")]
    [InlineData("..\\x.nii.gz")]
    [InlineData("/etc/x.nii.gz")]
    [InlineData("\\\\server\\share\\x.nii.gz")]
    [InlineData("C:\\x.nii.gz")]
    [InlineData("c:x.nii.gz")]
    public async Task Post_ArchiveThatPointsOutside_IsUnreadable(string name) =>
        await RefusedAsync(HandMadeZip.Create(("good.nii.gz", TestImages.SmallNifti()), (name, TestImages.SmallNifti())), "leads out of its folder");

    [Theory]
    [InlineData("a..b/..c/...")]
    [InlineData("series\\001.nii.gz")]
    public async Task Post_ArchiveWithUnusualNames_IsTaken(string name)
    {
        using HttpResponseMessage response = await _client.PostAsync(Raw(HandMadeZip.Create((name, TestImages.SmallNifti()))), "?model=analytic", "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Post_EncryptedArchive_IsUnreadable() =>
        await RefusedAsync(HandMadeZip.Create([new ZipItem("a", TestImages.SmallNifti()) { Flags = 1 }]), "without a password");

    [Fact]
    public async Task Post_ArchiveOfUnknownMethod_IsUnreadable() =>
        await RefusedAsync(HandMadeZip.Create([new ZipItem("a", TestImages.SmallNifti()) { Method = 93 }]), "compression method 93, which is not read");

    [Fact]
    public async Task Post_ArchiveInAnArchive_IsUnreadable() =>
        await RefusedAsync(HandMadeZip.Create(("a.zip", HandMadeZip.Create(("b", TestImages.SmallNifti())))), "holds another archive");

    [Theory]
    [InlineData("checksum")]
    [InlineData("length")]
    [InlineData("shorter")]
    [InlineData("packed")]
    [InlineData("offset")]
    [InlineData("entries")]
    [InlineData("long")]
    public async Task Post_ArchiveWhoseDirectoryLies_IsUnreadable(string lie)
    {
        ZipItem item = new("a.nii.gz", TestImages.SmallNifti());
        byte[] zip = lie switch
        {
            "checksum" => HandMadeZip.Create([item with { Checksum = 1 }]),
            "length" => HandMadeZip.Create([item with { Length = 1 << 30 }]),
            "shorter" => HandMadeZip.Create([item with { Length = 200 }]),
            "packed" => HandMadeZip.Create([item with { PackedLength = 1 << 30 }]),
            "offset" => HandMadeZip.Create([item with { HeaderOffset = 7 }]),
            "entries" => HandMadeZip.Create([item], claimedEntries: 3),
            _ => HandMadeZip.Create([item with { IsLong = true, PackedLength = long.MaxValue }], isLong: true),
        };

        await RefusedAsync(zip, Damaged);
    }

    [Fact]
    public async Task Post_ArchiveThatClaimsBillionsOfEntries_IsTooLarge() => await RefusedAsync(
        HandMadeZip.Create([new ZipItem("a", TestImages.SmallNifti())], isLong: true, claimedEntries: 46_000_000_000), "holds 46000000000 entries, and the limit is 5000",
        HttpStatusCode.RequestEntityTooLarge, "too-large");

    [Fact]
    public async Task Post_ArchiveWithoutImage_IsUnreadableImage() => await RefusedAsync(
        HandMadeZip.Create(("a.txt", "text"u8.ToArray()), ("b/", [])), "None of the archive's files (1) is an image", HttpStatusCode.UnprocessableEntity, "unreadable-image");

    [Fact]
    public async Task Post_EmptyArchive_IsUnreadableImage() =>
        await RefusedAsync(HandMadeZip.Create(), "The archive holds no files; put the DICOM files of a series into it", HttpStatusCode.UnprocessableEntity, "unreadable-image");

    [Fact]
    public async Task Post_ArchiveOfSeveralVolumes_IsMalformed() => await RefusedAsync(
        HandMadeZip.Create(("a", TestImages.SmallNifti()), ("b", TestImages.SmallNifti())), "put a DICOM series or one image into it", HttpStatusCode.BadRequest, "malformed-request");

    [Fact]
    public async Task Post_ZipBomb_IsTooLargeLongBeforeItIsUnpacked()
    {
        // 300 MB of zeros behind the head of an image, in 300 KB.
        byte[] zip = HandMadeZip.Create(("a.nii", [.. TestImages.SmallNifti(gzip: false)[..352], .. new byte[300_000_000]]));

        await RefusedAsync(zip, "more than 200 times its size", HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task Post_MoreUnpackedThanTheLimitOverAllArchives_IsTooLarge()
    {
        byte[] image = TestImages.SmallNifti(gzip: false), zip = HandMadeZip.Create(("a.nii", image));
        await using ApiHost host = new(
            new Dictionary<string, string> { ["Limits:MaxUnpackedBytes"] = $"{2 * image.Length - 1}" }, [ApiHost.Volumes with { Channels = 2 }]);
        using MultipartFormDataContent form = new() { { new ByteArrayContent(zip), "channel-0", "a" }, { new ByteArrayContent(zip), "channel-1", "b" } };

        using HttpResponseMessage response = await host.CreateClient().PostAsync(form);

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", $"unpacks to more than {2 * image.Length - 1} bytes");
        Assert.Empty(host.DataFolders);
    }

    [Fact]
    public void Crc32_TestValue_IsThatOfTheStandard()
    {
        Crc32 sum = new();
        sum.Append("1234"u8);
        sum.Append("56789"u8);

        Assert.Equal(0xcbf43926u, sum.Value);
    }

    [Theory]
    [InlineData("PK\u0003\u0004", true)]
    [InlineData("PK\u0005\u0006", true)]
    [InlineData("PK", false)]
    [InlineData("PKx", false)]
    public void IsZip_FirstBytes_AreThoseOfAHeaderOrAnEmptyDirectory(string head, bool expected) =>
        Assert.Equal(expected, ImageSniffer.IsZip(Encoding.Latin1.GetBytes(head)));

    /// <summary>A DICOMDIR.</summary>
    internal static byte[] Directory()
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.SOPClassUID, DicomUID.MediaStorageDirectoryStorage)
            .AddOrUpdate(DicomTag.SOPInstanceUID, DicomUID.Generate()).AddOrUpdate(DicomTag.DirectoryRecordSequence, new DicomDataset());
        using MemoryStream stream = new();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }

    private async Task RefusedAsync(byte[] zip, string detail, HttpStatusCode status = HttpStatusCode.BadRequest, string code = "unreadable-archive")
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(zip, "analytic", fileName: "series.zip"));

        await ProblemAsync(response, status, code, detail);
        Assert.Empty(_host.DataFolders);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/health/live")).StatusCode);
    }

    /// <summary>Passes writes on and cannot seek.</summary>
    private sealed class ForwardOnly(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
