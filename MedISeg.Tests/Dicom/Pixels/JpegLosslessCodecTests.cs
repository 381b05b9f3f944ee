using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class JpegLosslessCodecTests : IDisposable
{
    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    private static DicomDataset Attributes(int width = 7, int height = 5, int samples = 1, int allocated = 16) =>
        PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess14, width, height, samples, allocated);

    [Theory]
    [InlineData("lossless sv1")]
    [InlineData("lossless sv6")]
    public void Decode_AFrameOfAnotherProgram_IsItsImage(string name) =>
        Assert.Equal(PixelSamples.Words(PixelSamples.S16), PixelSamples.Decode(_decoder, Attributes(), PixelSamples.Golden(name)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Decode_WhatWasEncoded_ComesBack(int predictor)
    {
        foreach ((int precision, int components, int restartRows, bool interleaved) in ((int, int, int, bool)[])
            [(16, 1, 0, true), (16, 1, 2, true), (12, 1, 1, true), (2, 1, 0, true), (8, 3, 0, true), (8, 3, 3, true), (8, 3, 2, false), (16, 3, 0, false)])
        {
            Random random = new(predictor * 100 + precision);
            int[] samples = new int[11 * 6 * components];
            for (int i = 0; i < samples.Length; i++) samples[i] = random.Next(1 << precision);
            byte[] stream = JpegLosslessEncoder.Encode(samples, 11, components, precision, predictor, 0, restartRows, interleaved);

            byte[] frame = PixelSamples.Decode(_decoder, Attributes(11, 6, components, precision > 8 ? 16 : 8), stream);

            Assert.Equal(precision > 8 ? PixelSamples.Words(samples) : [.. samples.Select(sample => (byte)sample)], frame);
        }
    }

    [Fact]
    public void Decode_DroppedBits_ComeBackAsZeros()
    {
        int[] samples = PixelSamples.U12;
        byte[] frame = PixelSamples.Decode(_decoder, Attributes(), JpegLosslessEncoder.Encode(samples, 7, 1, 12, 4, shift: 3));
        Assert.Equal(PixelSamples.Words(samples.Select(sample => sample & ~7)), frame);
    }

    [Fact]
    public void Decode_EightBitsIntoWords_FillsTheLowByte()
    {
        int[] samples = PixelSamples.Image((x, y) => 30 * x + y);
        Assert.Equal(PixelSamples.Words(samples), PixelSamples.Decode(_decoder, Attributes(), JpegLosslessEncoder.Encode(samples, 7, 1, 8, 1)));
    }

    [Fact]
    public void Decode_EveryPrefix_IsRefusedOrTheImage()
    {
        byte[] stream = JpegLosslessEncoder.Encode(PixelSamples.U12, 7, 1, 12, 1, 0, 2), expected = PixelSamples.Words(PixelSamples.U12);
        for (int length = 1; length < stream.Length - 2; length++)
        {
            byte[] prefix = stream[..length];
            Assert.Contains(Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Attributes(), prefix)).Code,
                (ErrorCode[])[ErrorCode.TruncatedImage, ErrorCode.UnreadableImage]);
        }
        Assert.Equal(expected, PixelSamples.Decode(_decoder, Attributes(), stream[..^2])); // no end marker: nothing is missing
    }

    [Fact]
    public void Decode_EveryByteChanged_NeverThrowsAnythingElse()
    {
        byte[] stream = JpegLosslessEncoder.Encode(PixelSamples.U12, 7, 1, 12, 5, 0, 2);
        int refused = 0;
        for (int at = 0; at < stream.Length; at++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7f, 0xff, (byte)(stream[at] ^ 0x10)])
            {
                byte[] changed = [.. stream];
                changed[at] = value;
                try
                {
                    Assert.Equal(70, PixelSamples.Decode(_decoder, Attributes(), changed).Length);
                }
                catch (SegmentationException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 50, stream.Length * 5);
    }

    [Theory]
    [InlineData(8, 5, 1)]
    [InlineData(7, 6, 1)]
    [InlineData(7, 5, 3)]
    public void Decode_AnotherFrameThanTheObjectSays_IsRefusedWithBoth(int width, int height, int samples)
    {
        byte[] stream = JpegLosslessEncoder.Encode(PixelSamples.U12, 7, 1, 12, 1);
        SegmentationException exception = Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Attributes(width, height, samples), stream));
        Assert.Equal(ErrorCode.UnreadableImage, exception.Code);
        Assert.Contains($"has 5 x 7 pixels of 1 x 12 bit; the object says {height} x {width} of {samples} x 16 bit", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_MoreBitsThanAllocated_IsRefused()
    {
        byte[] stream = JpegLosslessEncoder.Encode(PixelSamples.U12, 7, 1, 12, 1);
        Assert.Equal(ErrorCode.UnreadableImage, Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Attributes(allocated: 8), stream)).Code);
    }

    [Fact]
    public void Decode_AFrameThatSoFewBytesCannotHold_IsRefusedBeforeItIsAllocated()
    {
        byte[] stream = JpegLosslessEncoder.Encode(PixelSamples.U12, 7, 1, 12, 1);
        stream[45] = stream[46] = stream[47] = stream[48] = 0xff; // height and width
        SegmentationException large = Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Attributes(65535, 65535), stream));
        Assert.Equal(ErrorCode.TooLarge, large.Code);
        stream[45] = stream[47] = 0x30;
        SegmentationException empty = Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Attributes(0x30ff, 0x30ff), stream));
        Assert.Equal(ErrorCode.TruncatedImage, empty.Code);
        Assert.Contains("cannot hold a JPEG frame of 12543 x 12543 pixels", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Cancelled_Stops()
    {
        byte[] stream = JpegLosslessEncoder.Encode(PixelSamples.U12, 7, 1, 12, 1);
        DicomPixelData pixels = Attributes().WithFragments([], stream).Pixels();
        Assert.Throws<OperationCanceledException>(() => _decoder.Decode(pixels, 0, new CancellationToken(canceled: true)));
    }
}
