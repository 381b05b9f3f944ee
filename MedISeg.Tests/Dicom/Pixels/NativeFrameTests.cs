using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class NativeFrameTests : IDisposable
{
    private static readonly DicomTransferSyntax Native = DicomTransferSyntax.ExplicitVRLittleEndian;
    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    private byte[] Decode(DicomDataset dataset, int frame = 0) => _decoder.Decode(dataset.Pixels(), frame, TestContext.Current.CancellationToken);

    private int[] Values(DicomDataset dataset, int frame = 0)
    {
        DicomPixelData pixels = dataset.Pixels();
        int[] values = new int[pixels.SamplesPerFrame];
        _decoder.ReadValues(pixels, frame, values, TestContext.Current.CancellationToken);
        return values;
    }

    [Fact]
    public void Decode_Words_AreHandedOutAsStored()
    {
        DicomDataset dataset = PixelSamples.Attributes(Native, 2, 1, stored: 12, isSigned: true, frames: 2).WithNative([1, 2, 3, 0xf8, 5, 6, 7, 8]);
        Assert.Equal([1, 2, 3, 0xf8], Decode(dataset));
        Assert.Equal([5, 6, 7, 8], Decode(dataset, 1));
        Assert.Equal([0x201, 0x803 - 0x1000], Values(dataset));
    }

    [Fact]
    public void Decode_PlanesOfWords_AreInterleaved()
    {
        DicomDataset dataset = PixelSamples.Attributes(Native, 3, 2, samples: 3, frames: 2).AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)1)
            .WithNative(PixelSamples.Words(Enumerable.Range(0, 36)));
        Assert.Equal(PixelSamples.Words([18, 24, 30, 19, 25, 31, 20, 26, 32, 21, 27, 33, 22, 28, 34, 23, 29, 35]), Decode(dataset, 1));
        Assert.Equal([0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 16, 5, 11, 17], Values(dataset));
    }

    [Fact]
    public void Decode_HalvedChroma_IsGivenToBothPixels()
    {
        DicomDataset dataset = PixelSamples.Attributes(Native, 4, 1, samples: 3, allocated: 8, frames: 2, photometric: "YBR_FULL_422")
            .WithNative([1, 2, 100, 200, 3, 4, 101, 201, 5, 6, 102, 202, 7, 8, 103, 203]);
        Assert.Equal([1, 100, 200, 2, 100, 200, 3, 101, 201, 4, 101, 201], Decode(dataset));
        Assert.Equal([5, 102, 202, 6, 102, 202, 7, 103, 203, 8, 103, 203], Decode(dataset, 1));
    }

    [Fact]
    public void Decode_FullChromaUnderTheNameOfHalved_IsTakenAsItIs()
    {
        byte[] pixels = [.. Enumerable.Range(1, 12).Select(i => (byte)i)];
        Assert.Equal(pixels, Decode(PixelSamples.Attributes(Native, 4, 1, samples: 3, allocated: 8, photometric: "YBR_FULL_422").WithNative(pixels)));
    }

    [Fact]
    public void Decode_HalvedChromaThatIsTooShort_IsRefused() =>
        Assert.Equal(ErrorCode.TruncatedImage, Assert.Throws<SegmentationException>(() => Decode(
            PixelSamples.Attributes(Native, 4, 1, samples: 3, allocated: 8, photometric: "YBR_FULL_422").WithNative(new byte[7]))).Code);

    [Fact]
    public void Decode_SingleBits_AreOneByteEachAcrossFrames()
    {
        // 3 x 5 bits: 10 frames of 15 bits, value by a rule.
        static byte Bit(int at) => (byte)((at * at + at / 7) % 3 == 0 ? 1 : 0);
        byte[] packed = new byte[19];
        for (int at = 0; at < 150; at++) packed[at / 8] |= (byte)(Bit(at) << (at % 8));
        DicomDataset dataset = PixelSamples.Attributes(Native, 3, 5, allocated: 1, frames: 10).WithNative(packed);
        for (int frame = 0; frame < 10; frame++)
        {
            byte[] expected = [.. Enumerable.Range(15 * frame, 15).Select(Bit)];
            Assert.Equal(expected, Decode(dataset, frame));
            Assert.Equal(expected.Select(value => (int)value), Values(dataset, frame));
        }
    }

    [Fact]
    public void ReadValues_ThirtyTwoBits_AreReadUnlessTheyDoNotFit()
    {
        byte[] words = [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0x80];
        Assert.Equal([int.MaxValue, int.MinValue], Values(PixelSamples.Attributes(Native, 2, 1, allocated: 32, isSigned: true).WithNative(words)));
        Assert.Equal([int.MaxValue], Values(PixelSamples.Attributes(Native, 1, 1, allocated: 32).WithNative(words)));
        SegmentationException exception = Assert.Throws<SegmentationException>(() => Values(PixelSamples.Attributes(Native, 2, 1, allocated: 32).WithNative(words)));
        Assert.Equal(ErrorCode.UnreadableImage, exception.Code);
        Assert.Contains("above 2147483647", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadValues_SixtyFourBitsAndFloatingPoint_AreRefused()
    {
        Assert.Contains("integer numbers of 64 bits", Assert.Throws<SegmentationException>(
            () => Values(PixelSamples.Attributes(Native, 1, 1, allocated: 64).WithNative(new byte[8]))).Message, StringComparison.Ordinal);
        DicomDataset dataset = PixelSamples.Attributes(Native, 2, 1, allocated: 32)
            .AddOrUpdate(new DicomElement(DicomTag.FloatPixelData, DicomVR.Parse("OF"), new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }));
        Assert.True(dataset.Pixels().IsFloat);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Decode(dataset));
        Assert.Contains("floating point numbers of 32 bits", Assert.Throws<SegmentationException>(() => Values(dataset)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadValues_OtherNumberOfValues_Throws() => Assert.Throws<ArgumentException>(() =>
        _decoder.ReadValues(PixelSamples.Attributes(Native).WithNative(new byte[70]).Pixels(), 0, new int[34], TestContext.Current.CancellationToken));

    [Fact]
    public void Decode_FragmentsInANativeSyntaxOrTheReverse_AreRefused()
    {
        Assert.Contains("in fragments contradict", Assert.Throws<SegmentationException>(
            () => Decode(PixelSamples.Attributes(Native).WithFragments([], new byte[70]))).Message, StringComparison.Ordinal);
        Assert.Contains("not in fragments contradict", Assert.Throws<SegmentationException>(
            () => Decode(PixelSamples.Attributes(DicomTransferSyntax.JPEG2000Lossless).WithNative(new byte[70]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AnUnknownSyntax_IsNamed()
    {
        DicomTransferSyntax syntax = DicomTransferSyntax.Parse("1.2.840.10008.1.2.4.100");
        Assert.False(_decoder.CanDecode(syntax));
        SegmentationException exception = Assert.Throws<SegmentationException>(() => Decode(PixelSamples.Attributes(syntax).WithFragments([], new byte[70])));
        Assert.Equal(ErrorCode.UnsupportedTransferSyntax, exception.Code);
        Assert.Contains("1.2.840.10008.1.2.4.100", exception.Message, StringComparison.Ordinal);
    }
}
