using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class RleCodecTests : IDisposable
{
    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    private static DicomDataset Attributes(int width = 7, int height = 5, int samples = 1, int allocated = 16) =>
        PixelSamples.Attributes(DicomTransferSyntax.RLELossless, width, height, samples, allocated);

    [Fact]
    public void Decode_AFrameOfAnotherProgram_IsItsImage() =>
        Assert.Equal(PixelSamples.Rgb, PixelSamples.Decode(_decoder, Attributes(samples: 3, allocated: 8), PixelSamples.Golden("rle rgb")));

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 16)]
    [InlineData(1, 32)]
    [InlineData(3, 8)]
    [InlineData(3, 16)]
    [InlineData(3, 32)]
    public void Decode_WhatWasEncoded_ComesBack(int samples, int allocated)
    {
        Random random = new(samples * allocated);
        for (int width = 1; width < 300; width += 13)
        {
            byte[] frame = new byte[width * 2 * samples * allocated / 8];
            // Runs of all lengths, and noise between them.
            for (int at = 0; at < frame.Length;)
            {
                byte value = (byte)random.Next(4);
                bool isNoise = random.Next(2) == 0;
                for (int end = Math.Min(frame.Length, at + random.Next(1, 400)); at < end; at++) frame[at] = isNoise ? (byte)random.Next(256) : value;
            }
            Assert.Equal(frame, PixelSamples.Decode(_decoder, Attributes(width, 2, samples, allocated), Encode(frame, samples, allocated / 8)));
        }
    }

    [Fact]
    public void Decode_SingleBits_AreUnpacked()
    {
        byte[] encoded = Encode([0b1010_0110, 0b0000_0011], 1, 1);
        Assert.Equal([0, 1, 1, 0, 0, 1, 0, 1, 1, 1], PixelSamples.Decode(_decoder, Attributes(5, 2, allocated: 1), encoded));
    }

    [Fact]
    public void Decode_EveryPrefix_IsRefused()
    {
        byte[] encoded = Encode(PixelSamples.Words(PixelSamples.U12), 1, 2);
        for (int length = 1; length < encoded.Length - 2; length++)
            Assert.Contains(Refused(Attributes(), encoded[..length]), (ErrorCode[])[ErrorCode.TruncatedImage, ErrorCode.UnreadableImage]);
    }

    [Fact]
    public void Decode_OtherSegmentsOrOffsets_AreRefused()
    {
        byte[] encoded = Encode(PixelSamples.Words(PixelSamples.U12), 1, 2);
        Assert.Equal(ErrorCode.UnreadableImage, Refused(Attributes(allocated: 8), encoded));
        foreach (uint offset in (uint[])[0, 63, 100_000, uint.MaxValue])
        {
            byte[] wrong = [.. encoded];
            BitConverter.TryWriteBytes(wrong.AsSpan(8), offset);
            Assert.Equal(ErrorCode.UnreadableImage, Refused(Attributes(), wrong));
        }
    }

    [Fact]
    public void Decode_AFrameThatSoFewBytesCannotHold_IsRefusedBeforeItIsAllocated() =>
        Assert.Equal(ErrorCode.TruncatedImage, Refused(Attributes(20_000, 20_000, allocated: 8), Encode(new byte[100], 1, 1)));

    private ErrorCode Refused(DicomDataset attributes, byte[] encoded) =>
        Assert.Throws<SegmentationException>(() => PixelSamples.Decode(_decoder, attributes, encoded)).Code;

    /// <summary>A plain encoder: PS3.5 annex G.</summary>
    private static byte[] Encode(byte[] frame, int samples, int bytes)
    {
        List<byte> body = [];
        byte[] header = new byte[64];
        BitConverter.TryWriteBytes(header, samples * bytes);
        for (int segment = 0; segment < samples * bytes; segment++)
        {
            BitConverter.TryWriteBytes(header.AsSpan(4 + 4 * segment), 64 + body.Count);
            int place = segment / bytes * bytes + bytes - 1 - segment % bytes;
            byte[] plane = [.. frame.Where((_, at) => at % (samples * bytes) == place)];
            for (int at = 0; at < plane.Length;)
            {
                int run = 1;
                while (run < 128 && at + run < plane.Length && plane[at + run] == plane[at]) run++;
                if (run > 1)
                {
                    body.AddRange([(byte)(1 - run), plane[at]]);
                    at += run;
                    continue;
                }
                int literal = 1;
                while (literal < 128 && at + literal < plane.Length && (at + literal + 1 >= plane.Length || plane[at + literal] != plane[at + literal + 1])) literal++;
                body.Add((byte)(literal - 1));
                body.AddRange(plane[at..(at + literal)]);
                at += literal;
            }
            body.Add(128); // says nothing
            if (body.Count % 2 == 1) body.Add(0);
        }
        return [.. header, .. body];
    }
}
