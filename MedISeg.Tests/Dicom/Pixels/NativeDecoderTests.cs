using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Processes;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>JPEG 2000, HTJ2K and JPEG-LS in the real child process, against frames of other encoders.</summary>
public sealed class NativeDecoderTests : IDisposable
{
    private static readonly DicomTransferSyntax Jpeg2000 = DicomTransferSyntax.JPEG2000Lossless, JpegLs = DicomTransferSyntax.JPEGLSLossless;
    private readonly FrameDecoder _decoder = new(new DecoderOptions { MaxProcesses = 2 });

    public void Dispose() => _decoder.Dispose();

    private void Require(DicomTransferSyntax syntax) =>
        Assert.SkipUnless(_decoder.CanDecode(syntax), $"tool: the library for {syntax.Name} is not installed.");

    [Fact]
    public void DecodableSyntaxes_OfAnyHost_HoldTheManagedOnes()
    {
        IReadOnlyList<DicomTransferSyntax> decodable = _decoder.DecodableSyntaxes;
        Assert.Superset(new HashSet<DicomTransferSyntax>([
            DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian,
            DicomTransferSyntax.DeflatedExplicitVRLittleEndian, DicomTransferSyntax.RLELossless, DicomTransferSyntax.JPEGProcess1,
            DicomTransferSyntax.JPEGProcess2_4, DicomTransferSyntax.JPEGProcess14, DicomTransferSyntax.JPEGProcess14SV1, DicomTransferSyntax.DeflatedImageFrame]),
            new HashSet<DicomTransferSyntax>(decodable));
        Assert.Equal(_decoder.CanDecode(Jpeg2000), decodable.Contains(DicomTransferSyntax.HTJ2KLosslessRPCL));
        Assert.Equal(_decoder.CanDecode(JpegLs), decodable.Contains(DicomTransferSyntax.JPEGLSNearLossless));
    }

    [Theory]
    [InlineData("j2k u12", false)]
    [InlineData("htj2k u12", false)]
    [InlineData("j2k u12", true)]
    public void Decode_UnsignedJpeg2000_IsItsImage(string name, bool intoDoubleWords)
    {
        Require(Jpeg2000);
        byte[] expected = PixelSamples.Words(PixelSamples.U12);
        if (intoDoubleWords) expected = [.. expected.Chunk(2).SelectMany(word => (byte[])[.. word, 0, 0])];
        Assert.Equal(expected, PixelSamples.Decode(_decoder, PixelSamples.Attributes(Jpeg2000, allocated: intoDoubleWords ? 32 : 16), PixelSamples.Golden(name)));
    }

    [Fact]
    public void Decode_SignedJpeg2000_IsItsImage()
    {
        Require(Jpeg2000);
        byte[] frame = PixelSamples.Decode(_decoder, PixelSamples.Attributes(Jpeg2000, isSigned: true), PixelSamples.Golden("j2k s16"));
        Assert.Equal(PixelSamples.Words(PixelSamples.S16), frame);
    }

    [Fact]
    public void Decode_SignedValuesInAnUnsignedStream_AreExtended()
    {
        Require(Jpeg2000);
        DicomPixelData pixels = PixelSamples.Attributes(Jpeg2000, stored: 12, isSigned: true).WithFragments([], PixelSamples.Golden("j2k u12 of signed")).Pixels();
        Assert.Equal(PixelSamples.Words(PixelSamples.S12), _decoder.Decode(pixels, 0, TestContext.Current.CancellationToken));
        int[] values = new int[35];
        _decoder.ReadValues(pixels, 0, values, TestContext.Current.CancellationToken);
        Assert.Equal(PixelSamples.S12, values);
    }

    [Fact]
    public void Decode_ColouredJpeg2000_HasItsTransformUndone()
    {
        Require(Jpeg2000);
        Assert.Equal(PixelSamples.Rgb, PixelSamples.Decode(_decoder, PixelSamples.Attributes(Jpeg2000, samples: 3, allocated: 8), PixelSamples.Golden("j2k rgb mct")));
    }

    [Fact]
    public void Decode_GreyJpegLs_IsItsImage()
    {
        Require(JpegLs);
        Assert.Equal(PixelSamples.Words(PixelSamples.U12), PixelSamples.Decode(_decoder, PixelSamples.Attributes(JpegLs), PixelSamples.Golden("jls u12")));
        Assert.Equal(PixelSamples.Words(PixelSamples.S16), PixelSamples.Decode(_decoder, PixelSamples.Attributes(JpegLs, isSigned: true), PixelSamples.Golden("jls s16")));
    }

    [Theory]
    [InlineData("jls rgb sample")]
    [InlineData("jls rgb line")]
    [InlineData("jls rgb none")]
    public void Decode_ColouredJpegLsOfEveryInterleaving_IsItsImage(string name)
    {
        Require(JpegLs);
        Assert.Equal(PixelSamples.Rgb, PixelSamples.Decode(_decoder, PixelSamples.Attributes(JpegLs, samples: 3, allocated: 8), PixelSamples.Golden(name)));
    }

    [Fact]
    public void Decode_LargeFrame_ComesOverInPieces()
    {
        Require(Jpeg2000);
        byte[] frame = PixelSamples.Decode(_decoder, PixelSamples.Attributes(Jpeg2000, 4096, 4096), PixelSamples.Golden("j2k big"));
        Assert.Equal(4096 * 4096 * 2, frame.Length);
        for (int at = 0; at < frame.Length; at += 2) Assert.True(frame[at] == 0 && frame[at + 1] == 0x80);
    }

    [Fact]
    public void Decode_MoreMemoryThanTheLimit_IsRefusedAndTheNextFrameDecodes()
    {
        Require(Jpeg2000);
        using FrameDecoder small = new(new DecoderOptions { MaxProcesses = 1, MaxMemoryBytes = 72L << 20 });
        SegmentationException exception = Assert.Throws<SegmentationException>(
            () => PixelSamples.Decode(small, PixelSamples.Attributes(Jpeg2000, 4096, 4096), PixelSamples.Golden("j2k big")));
        Assert.Contains(exception.Code, (ErrorCode[])[ErrorCode.UnreadableImage, ErrorCode.TooLarge]);
        Assert.Equal(PixelSamples.Words(PixelSamples.U12), PixelSamples.Decode(small, PixelSamples.Attributes(Jpeg2000), PixelSamples.Golden("j2k u12")));
    }

    [Theory]
    [InlineData("j2k u12")]
    [InlineData("htj2k u12")]
    [InlineData("jls u12")]
    public void Decode_EveryPrefix_IsRefused(string name)
    {
        DicomTransferSyntax syntax = name.StartsWith("jls", StringComparison.Ordinal) ? JpegLs : Jpeg2000;
        Require(syntax);
        byte[] stream = PixelSamples.Golden(name);
        for (int length = 1; length < stream.Length - 6; length += 3)
        {
            byte[] prefix = stream[..length];
            Assert.Contains(Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, PixelSamples.Attributes(syntax), prefix)).Code,
                (ErrorCode[])[ErrorCode.TruncatedImage, ErrorCode.UnreadableImage]);
        }
    }

    [Theory]
    [InlineData("j2k rgb mct", 3, 8)]
    [InlineData("jls rgb line", 3, 8)]
    public void Decode_EveryByteChanged_NeverThrowsAnythingElse(string name, int samples, int allocated)
    {
        DicomTransferSyntax syntax = name.StartsWith("jls", StringComparison.Ordinal) ? JpegLs : Jpeg2000;
        Require(syntax);
        byte[] stream = PixelSamples.Golden(name);
        int refused = 0;
        for (int at = 0; at < stream.Length; at++)
        {
            byte[] changed = [.. stream];
            changed[at] ^= 0xff;
            try
            {
                Assert.Equal(105, PixelSamples.Decode(_decoder, PixelSamples.Attributes(syntax, samples: samples, allocated: allocated), changed).Length);
            }
            catch (SegmentationException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 20, stream.Length);
    }

    [Fact]
    public void Decode_AnotherFrameThanTheObjectSays_IsRefusedBeforeAChildSeesIt()
    {
        using DecoderPool pool = new(new DecoderOptions(), () => throw new InvalidOperationException("No child is to be started."));
        using FrameDecoder decoder = new(pool);
        foreach ((DicomTransferSyntax syntax, string name) in ((DicomTransferSyntax, string)[])[(Jpeg2000, "j2k u12"), (JpegLs, "jls u12")])
        {
            foreach (DicomDataset attributes in (DicomDataset[])[PixelSamples.Attributes(syntax, 8), PixelSamples.Attributes(syntax, height: 6),
                PixelSamples.Attributes(syntax, samples: 3), PixelSamples.Attributes(syntax, allocated: 8)])
            {
                SegmentationException exception = Assert.Throws<SegmentationException>(() => PixelSamples.Decode(decoder, attributes, PixelSamples.Golden(name)));
                Assert.Equal(ErrorCode.UnreadableImage, exception.Code);
            }
        }
        byte[] large = PixelSamples.Golden("j2k u12");
        foreach (int at in (int[])[8, 12, 24, 28]) (large[at + 2], large[at + 3]) = (0xff, 0xff);
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<SegmentationException>(
            () => PixelSamples.Decode(decoder, PixelSamples.Attributes(Jpeg2000, 65535, 65535), large)).Code);
        large[26] = large[27] = large[30] = 0;
        (large[27], large[31]) = (1, 1);
        Assert.Contains(Assert.Throws<SegmentationException>(() => PixelSamples.Decode(decoder, PixelSamples.Attributes(Jpeg2000, 65535, 65535), large)).Code,
            (ErrorCode[])[ErrorCode.TooLarge, ErrorCode.UnreadableImage]);
    }
}
