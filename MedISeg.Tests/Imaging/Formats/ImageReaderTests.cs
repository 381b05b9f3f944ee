using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class ImageReaderTests
{
    private static readonly ImageLimits Limits = new();

    [Fact]
    public void Read_EachFormat_IsToldByItsBytes()
    {
        Assert.Equal(ImageFormat.Nifti, ImageReader.Read(new HandMadeNifti().ToStream(), Limits).Format);
        Assert.Equal(ImageFormat.Nifti, ImageReader.Read(new HandMadeNifti { BigEndian = true, Version = 2 }.ToStream(), Limits).Format);
        Assert.Equal(ImageFormat.NiftiGzip, ImageReader.Read(new HandMadeNifti().ToGzip(), Limits).Format);
        Assert.Equal(ImageFormat.Png, ImageReader.Read(new MemoryStream(RasterTests.Png()), Limits).Format);
    }

    [Fact]
    public void Read_FileWithAMisleadingName_IsToldByItsBytes()
    {
        string path = Path.Combine(Path.GetTempPath(), $"mediseg-{Environment.ProcessId}.png");
        try
        {
            File.WriteAllBytes(path, HandMadeNifti.Gzip(new HandMadeNifti().ToBytes()));
            ImageFile file = ImageReader.Read(path, Limits);
            Assert.Equal(ImageFormat.NiftiGzip, file.Format);
            Assert.Equal(29, file.Volume.Voxels<byte>(0)[29]);
            Assert.Equal(29, ImageReader.ReadLabels(path, Limits)[1, 2, 4]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("This is a text and not an image at all.")]
    [InlineData("GIF89a and what follows")]
    [InlineData("%PDF-1.7")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    public void Read_NotAnImage_NamesWhatIsRead(string text)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        Refusal.Is(ErrorCode.UnreadableImage,
            "NIfTI-1 or NIfTI-2 (.nii, .nii.gz), NRRD, MetaImage (.mha), PNG, JPEG or TIFF", () => ImageReader.Read(new MemoryStream(bytes), Limits));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("slice-1.dcm, as the first name of a tar file")]
    public void Read_GzipOfSomethingElse_SaysWhatGzipMayHold(string text) =>
        Refusal.Is(ErrorCode.UnreadableImage, "Gzip is read around a NIfTI file only",
            () => ImageReader.Read(new MemoryStream(HandMadeNifti.Gzip(System.Text.Encoding.ASCII.GetBytes(text))), Limits));

    [Fact]
    public void Read_StreamThatCannotSeek_Throws()
    {
        using System.IO.Compression.GZipStream stream = new(new HandMadeNifti().ToGzip(), System.IO.Compression.CompressionMode.Decompress);
        Assert.Throws<ArgumentException>(() => ImageReader.Read(stream, Limits));
    }
}
