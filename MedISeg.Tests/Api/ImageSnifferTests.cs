using MedISeg.Api.Jobs;
using MedISeg.Api.Uploads;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Api;

public sealed class ImageSnifferTests
{
    [Theory]
    [InlineData("080005004353 0a00 49534f5f", InputKind.Dicom)] // (0008,0005) CS, explicit
    [InlineData("080005000a000000 49534f5f", InputKind.Dicom)] // the same, implicit
    [InlineData("020000005554 0400", InputKind.Dicom)] // file meta information without preamble
    [InlineData("000800054353 000a 49534f5f", InputKind.Dicom)] // big endian, explicit
    [InlineData("080005000b000000", null)] // an odd length
    [InlineData("08000500ffffff00", null)] // 16 MB in the first element
    [InlineData("0008000500000004", null)] // big endian and implicit: no such syntax
    [InlineData("0800050000", null)]
    [InlineData("1f8b0800", InputKind.Nifti)]
    [InlineData("5c010000", InputKind.Nifti)]
    [InlineData("0000021c", InputKind.Nifti)]
    [InlineData("89504e470d0a1a0a", InputKind.Raster)]
    [InlineData("4d4d002a", InputKind.Raster)]
    [InlineData("4e525244303030350a", InputKind.Nifti)] // NRRD0005
    [InlineData("4e44696d73203d2033", InputKind.Nifti)] // NDims = 3
    [InlineData("4e44696d73206f6620", null)] // NDims of
    [InlineData("504b0304", null)]
    [InlineData("000516070002", null)] // a resource fork
    public void Find_FirstBytes_AreKnown(string hex, InputKind? kind) =>
        Assert.Equal(kind, ImageSniffer.Find(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void Find_TiffInThePreamble_IsDicom() =>
        Assert.Equal(InputKind.Dicom, ImageSniffer.Find([.. "II*\0"u8, .. new byte[124], .. "DICM"u8]));

    [Fact]
    public void IsDicomDirectory_OnlyOfADirectory()
    {
        Assert.True(ImageSniffer.IsDicomDirectory(ArchiveTests.Directory()));
        Assert.False(ImageSniffer.IsDicomDirectory(TestSeries.Files()[0]));
    }

    [Fact]
    public void Detect_NoBytes_IsEmptyBody() => Assert.Equal(ErrorCode.EmptyBody, Assert.Throws<SegmentationException>(() => ImageSniffer.Detect([])).Code);
}
