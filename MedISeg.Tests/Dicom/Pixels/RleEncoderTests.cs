using System.Buffers.Binary;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Codecs;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class RleEncoderTests : IDisposable
{
    private const int HeaderBytes = 64;

    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    public static TheoryData<int, int> Sizes()
    {
        TheoryData<int, int> data = [];
        foreach (int columns in (int[])[1, 2, 3, 4, 5, 127, 128, 129, 130, 131, 255, 256, 257, 258, 300])
            foreach (int bytes in (int[])[1, 2]) data.Add(columns, bytes);
        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Encode_RunsAndNoise_ComeBackAndNoRunCrossesARow(int columns, int bytes)
    {
        Random random = new(columns * bytes);
        for (int rows = 1; rows < 40; rows += 3)
        {
            byte[] frame = new byte[rows * columns * bytes];
            for (int at = 0; at < frame.Length;)
            {
                bool isNoise = random.Next(2) == 0;
                byte value = (byte)random.Next(4);
                for (int end = Math.Min(frame.Length, at + random.Next(1, 400)); at < end; at++) frame[at] = isNoise ? (byte)random.Next(256) : value;
            }
            AssertEncodes(frame, rows, columns, bytes);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Encode_NothingRepeats_FitsTheWorstCase(int bytes)
    {
        foreach (int columns in (int[])[1, 2, 128, 129, 257])
        {
            byte[] frame = new byte[5 * columns * bytes];
            for (int n = 0; n < frame.Length; n++) frame[n] = (byte)(n * 37);
            AssertEncodes(frame, 5, columns, bytes);
        }
    }

    [Fact]
    public void Encode_OneValue_TakesTwoBytesFor128() =>
        Assert.Equal(HeaderBytes + 512 * 512 / 128 * 2, RleEncoder.Encode(new byte[512 * 512], 512, 1).Length);

    [Fact]
    public void Encode_NoWholeRows_IsOurBug() => Assert.Throws<ArgumentException>(() => RleEncoder.Encode(new byte[7], 2, 2));

    private void AssertEncodes(byte[] frame, int rows, int columns, int bytes)
    {
        byte[] encoded = RleEncoder.Encode(frame, columns, bytes);
        Assert.Equal(frame, PixelSamples.Decode(
            _decoder, PixelSamples.Attributes(DicomTransferSyntax.RLELossless, columns, rows, 1, 8 * bytes), encoded));
        Assert.Equal(0, encoded.Length % 2);
        for (int segment = 0; segment < bytes; segment++)
        {
            int at = BinaryPrimitives.ReadInt32LittleEndian(encoded.AsSpan(4 + 4 * segment));
            Assert.Equal(0, at % 2);
            for (int row = 0; row < rows; row++)
            {
                int inRow = 0;
                while (inRow < columns)
                {
                    int control = (sbyte)encoded[at];
                    Assert.NotEqual(sbyte.MinValue, control);
                    inRow += Math.Abs(control) + 1;
                    at += control < 0 ? 2 : control + 2;
                }
                Assert.Equal(columns, inRow);
            }
        }
    }
}
