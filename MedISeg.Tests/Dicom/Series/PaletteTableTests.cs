using System.Globalization;
using System.Runtime.InteropServices;
using MedISeg.Dicom;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Series;

public sealed class PaletteTableTests : IDisposable
{
    private const string Pydicom = """
        import sys, pydicom
        from pydicom.pixel_data_handlers.util import apply_color_lut
        ds = pydicom.dcmread(sys.argv[1])
        rgb = apply_color_lut(ds.pixel_array, ds).reshape(-1, 3).astype('int64')
        print(' '.join(str(int((rgb[:, c] * (1 + __import__('numpy').arange(len(rgb)) % 9973)).sum())) for c in range(3)), rgb.max())
        """;

    private static readonly DicomTag[] Descriptors =
        [DicomTag.RedPaletteColorLookupTableDescriptor, DicomTag.GreenPaletteColorLookupTableDescriptor, DicomTag.BluePaletteColorLookupTableDescriptor];

    private static readonly DicomTag[] Data =
        [DicomTag.RedPaletteColorLookupTableData, DicomTag.GreenPaletteColorLookupTableData, DicomTag.BluePaletteColorLookupTableData];

    private static readonly DicomTag[] Segments =
        [DicomTag.SegmentedRedPaletteColorLookupTableData, DicomTag.SegmentedGreenPaletteColorLookupTableData, DicomTag.SegmentedBluePaletteColorLookupTableData];

    private readonly SliceFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Read_WordsOfSixteenBits_AreLookedUpAndClamped()
    {
        DicomDataset slice = Slice(3, 10, 16, Data, [Words(100, 40000, 7), Words(1, 2, 3), Words(65535, 0, 9)]);

        Volume volume = _files.Add<byte>(slice, [9, 10, 11, 12, 13, 255, .. new byte[10]]).Read();

        Assert.Equal([100, 100, 40000, 7, 7, 7], volume.ToFloats(0)[..6]);
        Assert.Equal([1, 1, 2, 3, 3, 3], volume.ToFloats(1)[..6]);
        Assert.Equal([65535, 65535, 0, 9, 9, 9], volume.ToFloats(2)[..6]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_EightBits_AreTakenFromBytesOrWords(bool words)
    {
        byte[] Table(params byte[] values) => words ? Words([.. values.Select(value => (ushort)value)]) : values;
        DicomDataset slice = Slice(4, 0, 8, Data, [Table(5, 6, 7, 8), Table(0, 255, 0, 255), Table(1, 1, 1, 2)]);

        Volume volume = _files.Add<byte>(slice, [0, 1, 2, 3, .. new byte[12]]).Read();

        Assert.Equal(typeof(byte), volume.VoxelType);
        Assert.Equal([5, 6, 7, 8], volume.Voxels<byte>(0)[..4].ToArray());
        Assert.Equal([1, 1, 1, 2], volume.Voxels<byte>(2)[..4].ToArray());
    }

    [Fact]
    public async Task Read_SegmentsOfEightBits_EqualPydicom()
    {
        // Runs of values, a line up, a copy of both, and a line down.
        byte[] table = [0, 2, 10, 30, 1, 3, 60, 2, 2, 0, 0, 0, 0, 1, 4, 0];
        Volume volume = _files.Add<byte>(Slice(14, 0, 8, Segments, [table, table, table]), [.. Enumerable.Range(0, 15).Select(n => (byte)n), 0]).Read();

        Assert.Equal([10, 30, 40, 50, 60, 10, 30, 40, 50, 60, 45, 30, 15, 0, 0], volume.Voxels<byte>(0).ToArray());
        await AssertEqualsPydicomAsync(_files.Paths[0], volume);
    }

    [Fact]
    public void Read_SegmentsOfSixteenBits_CountOffsetsInBytes()
    {
        // The copy begins behind the first run, 4 words or 8 bytes from the start.
        byte[] table = Words(0, 2, 1000, 3000, 1, 2, 9000, 2, 1, 8, 0);
        Volume volume = _files.Add<byte>(Slice(6, 0, 16, Segments, [table, table, table]), [0, 1, 2, 3, 4, 5, .. new byte[10]]).Read();

        Assert.Equal([1000, 3000, 6000, 9000, 9000, 9000], volume.ToFloats(1)[..6]);
    }

    [Fact]
    public async Task Read_UltrasoundWithPalette_EqualsPydicom()
    {
        string path = DataFolder.Require("dicom-corpus/pydicom/test_files/examples_palette.dcm");
        await AssertEqualsPydicomAsync(path, _files.AddBytes(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).Read());
    }

    [Theory]
    [InlineData("short")]
    [InlineData("missing")]
    [InlineData("depth")]
    [InlineData("line first")]
    [InlineData("copy of itself")]
    [InlineData("too many")]
    public void Read_DamagedTable_IsRefused(string fault)
    {
        DicomDataset slice = fault switch
        {
            "short" => Slice(4, 0, 8, Data, [[1, 2], [1, 2], [1, 2]]),
            "missing" => Slice(4, 0, 8, Data, []),
            "depth" => Slice(4, 0, 12, Data, [Words(1, 2, 3, 4), Words(1, 2, 3, 4), Words(1, 2, 3, 4)]),
            "line first" => Slice(4, 0, 8, Segments, [[1, 4, 9, 0], [1, 4, 9, 0], [1, 4, 9, 0]]),
            "copy of itself" => Slice(4, 0, 8, Segments, [.. Enumerable.Repeat<byte[]>([0, 1, 5, 2, 9, 3, 0, 0, 0, 0], 3)]),
            _ => Slice(2, 0, 8, Segments, [.. Enumerable.Repeat<byte[]>([0, 3, 1, 2, 3, 0], 3)]),
        };
        SegmentationException refusal = _files.Add<byte>(slice, new byte[16]).Refusal();
        Assert.Equal(ErrorCode.UnreadableImage, refusal.Code);
        Assert.Contains("export the image as RGB", refusal.Message, StringComparison.Ordinal);
    }

    private static DicomDataset Slice(int entries, int first, int bits, DicomTag[] tags, byte[][] tables)
    {
        DicomDataset slice = SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.PhotometricInterpretation, "PALETTE COLOR").AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0)
            .AddOrUpdate(DicomTag.BitsAllocated, (ushort)8).AddOrUpdate(DicomTag.BitsStored, (ushort)8).AddOrUpdate(DicomTag.HighBit, (ushort)7);
        for (int n = 0; n < 3; n++)
        {
            slice.AddOrUpdate(DicomVR.Parse("US"), Descriptors[n], (ushort)entries, (ushort)first, (ushort)bits);
            if (n < tables.Length) slice.AddOrUpdate(DicomVR.Parse("OW"), tags[n], tables[n]);
        }
        return slice;
    }

    private static byte[] Words(params ushort[] values) => MemoryMarshal.AsBytes<ushort>(values).ToArray();

    private static async Task AssertEqualsPydicomAsync(string path, Volume volume)
    {
        string python = await ExternalTool.RequirePydicomAsync();
        long[] expected = [.. (await ExternalTool.OutputAsync(python, "-c", Pydicom, path)).Split().Where(text => text.Length > 0).Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        Assert.True(expected[3] > 0);
        for (int c = 0; c < 3; c++)
            Assert.Equal(expected[c], volume.ToFloats(c).Select((value, n) => (long)value * (1 + n % 9973)).Sum());
    }
}
