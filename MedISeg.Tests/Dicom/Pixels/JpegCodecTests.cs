using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Codecs;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>Baseline and extended JPEG against DCMTK's decoder.</summary>
public sealed class JpegCodecTests : IDisposable
{
    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    private static DicomDataset Baseline(int samples = 3, int allocated = 8) =>
        PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess1, 19, 13, samples, allocated);

    [Theory]
    [InlineData("jpeg s4")]
    [InlineData("jpeg s2")]
    [InlineData("jpeg 420")]
    [InlineData("jpeg rgb")]
    public void Decode_EightBits_IsWhatAnotherProgramDecodes(string name) =>
        Assert.Equal(PixelSamples.Golden(name + ", decoded"), PixelSamples.Decode(_decoder, Baseline(), PixelSamples.Golden(name)));

    [Fact]
    public void Decode_TwelveBits_IsWhatAnotherProgramDecodes()
    {
        DicomDataset attributes = PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess2_4, 19, 13, stored: 12);
        Assert.Equal(PixelSamples.Golden("jpeg 12, decoded"), PixelSamples.Decode(_decoder, attributes, PixelSamples.Golden("jpeg 12")));
    }

    [Fact]
    public void Decode_EightBitsIntoWords_FillsTheLowByte()
    {
        byte[] expected = [.. PixelSamples.Golden("jpeg s2, decoded").SelectMany(value => (byte[])[value, 0])];
        Assert.Equal(expected, PixelSamples.Decode(_decoder, Baseline(allocated: 16), PixelSamples.Golden("jpeg s2")));
    }

    [Theory]
    [InlineData("jpeg s2", 3, 8)]
    [InlineData("jpeg 12", 1, 16)]
    public void Decode_CutOff_IsRefusedInsteadOfFilledWithGrey(string name, int samples, int allocated)
    {
        byte[] stream = PixelSamples.Golden(name);
        for (int length = 1; length < stream.Length - 12; length += 3)
        {
            byte[] prefix = stream[..length];
            Assert.Contains(Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Baseline(samples, allocated), prefix)).Code,
                (ErrorCode[])[ErrorCode.TruncatedImage, ErrorCode.UnreadableImage]);
        }
    }

    [Theory]
    [InlineData("jpeg 420", 3, 8, 741)]
    [InlineData("jpeg 12", 1, 16, 494)]
    public void Decode_EveryByteChanged_NeverThrowsAnythingElse(string name, int samples, int allocated, int length)
    {
        byte[] stream = PixelSamples.Golden(name);
        int refused = 0;
        for (int at = 0; at < stream.Length; at++)
        {
            foreach (byte value in (byte[])[0, 0x7f, 0xff, (byte)(stream[at] ^ 1)])
            {
                byte[] changed = [.. stream];
                changed[at] = value;
                try
                {
                    Assert.Equal(length, PixelSamples.Decode(_decoder, Baseline(samples, allocated), changed).Length);
                }
                catch (SegmentationException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 50, stream.Length * 4);
    }

    [Fact]
    public void Read_TwoFramesOrTooManyScans_AreRefused()
    {
        byte[] stream = PixelSamples.Golden("jpeg rgb");
        int frame = stream.AsSpan().IndexOf<byte>([0xff, 0xc0]), scan = stream.AsSpan().IndexOf<byte>([0xff, 0xda]);
        byte[] header = stream[frame..(frame + 2 + stream[frame + 3])], scanHeader = stream[scan..(scan + 2 + stream[scan + 3])];
        Assert.Contains("two frame headers", Refused([.. stream[..frame], .. header, .. stream[frame..]]), StringComparison.Ordinal);
        Assert.Contains("more scans than components", Refused([.. stream[..scan], .. scanHeader, .. scanHeader, .. scanHeader, .. stream[scan..]]), StringComparison.Ordinal);
        Assert.Contains("a scan before its frame header", Refused([0xff, 0xd8, .. scanHeader, .. stream[2..]]), StringComparison.Ordinal);
        Assert.Contains("does not begin as JPEG does", Refused(stream[1..]), StringComparison.Ordinal);
        byte[] comments = [.. Enumerable.Repeat((byte[])[0xff, 0xfe, 0, 2], 10_001).SelectMany(bytes => bytes)];
        Assert.Contains("more than 10000 segments", Refused([0xff, 0xd8, .. comments, .. stream[2..]]), StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AnotherProcess_IsNamed()
    {
        byte[] stream = PixelSamples.Golden("jpeg rgb");
        stream[stream.AsSpan().IndexOf<byte>([0xff, 0xc0]) + 1] = 0xc2;
        SegmentationException exception = Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, Baseline(), stream));
        Assert.Equal(ErrorCode.UnsupportedTransferSyntax, exception.Code);
        Assert.Contains("process 0xC2", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(1, 2)]
    [InlineData(4, 1)]
    public void Upsampling_AnEvenPlane_StaysEven(int across, int down)
    {
        ushort[] plane = [.. Enumerable.Repeat((ushort)77, 5 * 8)], row = new ushort[5 * across];
        for (int y = 0; y < 5 * down; y++)
        {
            JpegUpsampling.Row(plane, 8, 5, 5, across, down, y, row);
            Assert.All(row, value => Assert.Equal(77, value));
        }
    }

    private static string Refused(byte[] stream) => Assert.Throws<SegmentationException>(() => JpegHeader.Read(stream)).Message;
}
