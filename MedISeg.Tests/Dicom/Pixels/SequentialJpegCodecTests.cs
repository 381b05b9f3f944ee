using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Codecs;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>Sequential JPEG against a cosine transform in floating point, with any sampling, restarts and scans, and against DCMTK's decoder.</summary>
public sealed class SequentialJpegCodecTests
{
    [Theory]
    [InlineData(8, "11", 37, 29, 0, true)]
    [InlineData(12, "11", 37, 29, 0, true)]
    [InlineData(8, "22", 37, 29, 3, true)]
    [InlineData(8, "11,11,11", 37, 29, 4, true)]
    [InlineData(8, "22,11,11", 37, 29, 0, true)]
    [InlineData(8, "22,11,11", 37, 29, 2, false)]
    [InlineData(12, "21,11,11", 37, 29, 1, true)]
    [InlineData(12, "21,11,12", 33, 31, 5, false)]
    [InlineData(8, "12,11,11", 17, 40, 0, true)]
    [InlineData(8, "41,11,21", 70, 9, 7, true)]
    [InlineData(8, "14,11,12", 9, 70, 0, false)]
    [InlineData(8, "21,11,11,21", 37, 29, 3, true)]
    [InlineData(8, "11", 1, 1, 0, true)]
    public void Decode_AnyFrame_IsWhatItsCoefficientsSay(int precision, string sampling, int width, int height, int restart, bool interleaved)
    {
        Random random = new(2022);
        (int Across, int Down)[] factors = [.. sampling.Split(',').Select(one => (one[0] - '0', one[1] - '0'))];
        SequentialJpegEncoder encoder = new()
        {
            Precision = precision, Size = (width, height), Sampling = factors, Restart = restart, IsInterleaved = interleaved,
            Quanta = [.. factors.Select((_, c) => Enumerable.Range(0, 64).Select(k => 1 + random.Next(c == 1 ? 300 : 40)).ToArray())],
        };
        Dictionary<(int, int, int), int[]> blocks = [];
        byte[] stream = encoder.Encode((c, row, column) => blocks.TryGetValue((c, row, column), out int[]? known)
            ? known : blocks[(c, row, column)] = Coefficients(random, encoder.Quanta[c], precision));
        byte[] decoded = SequentialJpegCodec.Decode(stream, JpegHeader.Read(stream), 2, TestContext.Current.CancellationToken);

        ushort[][] planes = [.. factors.Select((_, c) => Plane(encoder, c, blocks, precision))];
        int across = factors.Max(one => one.Across), down = factors.Max(one => one.Down);
        ushort[] row = new ushort[width];
        for (int y = 0; y < height; y++)
            for (int c = 0; c < factors.Length; c++)
            {
                (int columns, int rows) = encoder.ComponentSize(c);
                JpegUpsampling.Row(planes[c], columns, columns, rows, across / factors[c].Across, down / factors[c].Down, y, row);
                for (int x = 0; x < width; x++)
                    // Interpolation rounds once more.
                    Assert.InRange(BitConverter.ToUInt16(decoded, 2 * ((y * width + x) * factors.Length + c)) - row[x], -2, 2);
            }
    }

    [Theory]
    [InlineData(8, 20)]
    [InlineData(8, 75)]
    [InlineData(8, 100)]
    [InlineData(12, 20)]
    [InlineData(12, 75)]
    [InlineData(12, 100)]
    public async Task Decode_WhatDcmtkEncoded_IsExactlyWhatItDecodes(int bits, int quality)
    {
        string encode = ExternalTool.Require("dcmcjpeg"), decode = ExternalTool.Require("dcmdjpeg");
        const int Width = 93, Height = 61;
        Random random = new(quality);
        // Edges, slopes and noise: blocks of one value, of few coefficients and of all.
        int[] values = [.. Enumerable.Range(0, Width * Height).Select(n => (n % Width, n / Width) switch
        {
            ( < 30, _) => (1 << bits) - 1,
            ( < 60, int y) => (n % Width * 3 + y * 5) * (1 << (bits - 8)) / 2,
            _ => random.Next(1 << bits),
        } & ((1 << bits) - 1))];
        DicomDataset native = PixelSamples.Attributes(DicomTransferSyntax.ExplicitVRLittleEndian, Width, Height, allocated: bits == 8 ? 8 : 16, stored: bits)
            .WithNative(bits == 8 ? [.. values.Select(value => (byte)value), 0] : PixelSamples.Words(values))
            .AddOrUpdate(DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.7").AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.7");
        using TempFolder folder = new();
        string plain = Path.Combine(folder.Path, "plain"), packed = Path.Combine(folder.Path, "packed"), unpacked = Path.Combine(folder.Path, "unpacked");
        await using (FileStream file = File.Create(plain)) new DicomFile(native).Save(file);
        await ExternalTool.OutputAsync(encode, bits == 8 ? "+eb" : "+ee", "+q", $"{quality}", plain, packed);
        await ExternalTool.OutputAsync(decode, packed, unpacked);

        using FrameDecoder decoder = new();
        Assert.Equal(Decoded(unpacked), Decoded(packed));
        byte[] Decoded(string path) => decoder.Decode(DicomPixelData.Create(DicomFile.Open(path).Dataset), 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Decode_DamagedTablesAndScans_AreRefused()
    {
        byte[] stream = Flat();
        Assert.Equal(300, SequentialJpegCodec.Decode(stream, JpegHeader.Read(stream), 1, TestContext.Current.CancellationToken).Length);
        int scan = At(0xda), quanta = At(0xdb), huffman = At(0xc4), frame = At(0xc0);
        Refused("component that there is not", scan + 5, 99);
        Refused("table that there is not", scan + 6, 0x33);
        Refused("table that there is not", scan + 6, 0x40);
        Refused("scan has 0 components", scan + 4, 0);
        Refused("damaged quantization table", quanta + 4, 0x20);
        Refused("damaged quantization table", quanta + 4, 0x10);
        Refused("damaged Huffman table", huffman + 4, 0x20);
        byte[] crowded = [.. stream];
        (crowded[huffman + 5], crowded[huffman + 9]) = (3, 13);
        Assert.Contains("too many codes", Message(crowded), StringComparison.Ordinal);
        Refused("damaged Huffman table", huffman + 20, 200);
        Refused("table that there is not", frame + 12, 3);
        Refused("8 or 12 bits", frame + 4, 10);
        byte[] table = stream[quanta..(quanta + 69)];
        byte[] many = [.. stream[..quanta], .. Enumerable.Repeat(table, 70).SelectMany(bytes => bytes), .. stream[quanta..]];
        Assert.Contains("more than 64 tables", Message(many), StringComparison.Ordinal);
        Assert.Contains("before all of its components", Message([.. stream[..scan], 0xff, 0xd9]), StringComparison.Ordinal);

        int At(byte marker) => stream.AsSpan().IndexOf<byte>([0xff, marker]);
        void Refused(string reason, int at, byte value)
        {
            byte[] changed = [.. stream];
            changed[at] = value;
            Assert.Contains(reason, Message(changed), StringComparison.Ordinal);
        }
        static string Message(byte[] stream) => Assert.Throws<SegmentationException>(
            () => SequentialJpegCodec.Decode(stream, JpegHeader.Read(stream), 1, TestContext.Current.CancellationToken)).Message;
    }

    [Fact]
    public void Decode_RestartThatIsMissing_IsRefused()
    {
        byte[] stream = Flat(restart: 2);
        int marker = stream.AsSpan().IndexOf<byte>([0xff, 0xd0]);
        byte[] without = [.. stream[..marker], .. stream[(marker + 2)..]];
        Assert.Equal(ErrorCode.TruncatedImage, Assert.Throws<SegmentationException>(
            () => SequentialJpegCodec.Decode(without, JpegHeader.Read(without), 1, TestContext.Current.CancellationToken)).Code);
    }

    /// <summary>20 x 15 pixels of one component.</summary>
    private static byte[] Flat(int restart = 0) => new SequentialJpegEncoder
    {
        Precision = 8, Size = (20, 15), Sampling = [(1, 1)], Quanta = [[.. Enumerable.Repeat(3, 64)]], Restart = restart,
    }.Encode((_, row, column) => [5 * row - column, .. Enumerable.Repeat(0, 62), 1]);

    /// <summary>A few coefficients, so that samples stay within their range, mostly.</summary>
    private static int[] Coefficients(Random random, int[] quanta, int precision)
    {
        int[] block = new int[64];
        int largest = 1 << (precision - 1);
        block[0] = random.Next(-6 * largest, 6 * largest) / quanta[0];
        for (int n = random.Next(5) * random.Next(5); n > 0; n--)
        {
            int place = random.Next(1, 64);
            block[place] = random.Next(-largest, largest) / quanta[place];
        }
        return block;
    }

    /// <summary>A component by the definition of the transform: T.81 A.3.3.</summary>
    private static ushort[] Plane(SequentialJpegEncoder encoder, int component, Dictionary<(int, int, int), int[]> blocks, int precision)
    {
        (int width, int height) = encoder.ComponentSize(component);
        ushort[] plane = new ushort[width * height];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                int[] block = blocks[(component, y / 8, x / 8)];
                double sum = 0;
                for (int place = 0; place < 64; place++)
                {
                    if (block[place] == 0) continue;
                    (int v, int u) = Math.DivRem(place, 8);
                    sum += (double)block[place] * encoder.Quanta[component][place] * (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1)
                        * Math.Cos((2 * (x % 8) + 1) * u * Math.PI / 16) * Math.Cos((2 * (y % 8) + 1) * v * Math.PI / 16) / 4;
                }
                plane[y * width + x] = (ushort)Math.Clamp(Math.Round(sum) + (1 << (precision - 1)), 0, (1 << precision) - 1);
            }
        return plane;
    }
}
