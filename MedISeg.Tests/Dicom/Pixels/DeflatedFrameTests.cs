using System.IO.Compression;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class DeflatedFrameTests : IDisposable
{
    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    private static DicomDataset Attributes(int width = 7, int height = 5, int allocated = 16) =>
        PixelSamples.Attributes(DicomTransferSyntax.DeflatedImageFrame, width, height, allocated: allocated);

    [Fact]
    public void Decode_WhatWasDeflated_ComesBack()
    {
        byte[] frame = PixelSamples.Words(PixelSamples.U12);
        Assert.Equal(frame, PixelSamples.Decode(_decoder, Attributes(), Deflate(frame)));
        Assert.Equal([0, 1, 1, 0, 1, 0], PixelSamples.Decode(_decoder, Attributes(3, 2, 1), Deflate([0b010110])));
    }

    [Fact]
    public void Decode_Planes_AreInterleaved()
    {
        DicomDataset attributes = PixelSamples.Attributes(DicomTransferSyntax.DeflatedImageFrame, 2, 1, samples: 3, allocated: 8)
            .AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)1);
        Assert.Equal([1, 3, 5, 2, 4, 6], PixelSamples.Decode(_decoder, attributes, Deflate([1, 2, 3, 4, 5, 6])));
    }

    [Fact]
    public void Decode_ShortDamagedOrImpossible_IsRefused()
    {
        byte[] deflated = Deflate(PixelSamples.Words(PixelSamples.U12));
        Assert.Equal(ErrorCode.TruncatedImage, Refused(Attributes(), deflated[..20]));
        Assert.Equal(ErrorCode.TruncatedImage, Refused(Attributes(8), deflated));
        Assert.Equal(ErrorCode.UnreadableImage, Refused(Attributes(), [0xff, .. deflated]));
        Assert.Equal(ErrorCode.TruncatedImage, Refused(Attributes(20_000, 20_000), deflated));
        Assert.Equal(ErrorCode.TooLarge, Refused(Attributes(65_535, 65_535), deflated));
    }

    private ErrorCode Refused(DicomDataset attributes, byte[] deflated) =>
        Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, attributes, deflated)).Code;

    private static byte[] Deflate(byte[] frame)
    {
        using MemoryStream deflated = new();
        using (DeflateStream stream = new(deflated, CompressionLevel.Optimal)) stream.Write(frame);
        return deflated.ToArray();
    }
}
