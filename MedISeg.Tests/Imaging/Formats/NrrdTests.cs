using System.Text;
using CsCheck;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class NrrdTests
{
    private static readonly ImageLimits Limits = new();

    private const string Placed = "NRRD0005\n# by hand\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 5 3 2\n"
        + "space directions: (0.5,0.1,0) (-0.1,0.7,0.2) (0,-0.4,2.5)\nkinds: domain domain domain\nencoding: raw\nspace origin: (-10,20.5,30)\nname:=value: of a key\n\n";

    private static readonly byte[] Thirty = [.. Enumerable.Range(0, 30).Select(n => (byte)n)];

    [Theory]
    [InlineData("left-posterior-superior", 1, 1)]
    [InlineData("LPS", 1, 1)]
    [InlineData("right-anterior-superior", -1, -1)]
    [InlineData("RAS", -1, -1)]
    [InlineData("left-anterior-superior", 1, -1)]
    public void Read_Space_IsTurnedIntoLps(string space, int x, int y)
    {
        Volume volume = NrrdReader.Read(HandMadeText.File(Placed.Replace("left-posterior-superior", space, StringComparison.Ordinal), Thirty), Limits);
        Assert.Equal(new GridSize(2, 3, 5), volume.Geometry.Grid);
        AssertAt(volume, (4, 2, 1), new Vector3D(x * (-10 + 4 * 0.5 - 2 * 0.1), y * (20.5 + 4 * 0.1 + 2 * 0.7 - 0.4), 30 + 2 * 0.2 + 2.5));
        Assert.Equal(29, volume.Voxels<byte>(0)[29]);
    }

    [Theory]
    [InlineData("\"mm\" \"mm\" \"mm\"", 1)]
    [InlineData("\"cm\" \"cm\" \"cm\"", 10)]
    [InlineData("\"m\" \"m\" \"m\"", 1000)]
    [InlineData("\"um\" \"um\" \"um\"", 0.001)]
    public void Read_SpaceUnits_AreTurnedIntoMm(string units, double mm)
    {
        Volume volume = NrrdReader.Read(HandMadeText.File(Placed.Replace("kinds:", $"space units: {units}\nkinds:", StringComparison.Ordinal), Thirty), Limits);
        AssertAt(volume, (0, 0, 1), new Vector3D(-10 * mm, 20.1 * mm, 32.5 * mm));
    }

    [Theory]
    [InlineData("signed char", 1, -128, 127)]
    [InlineData("uchar", 1, 0, 255)]
    [InlineData("short", 2, -32768, 32767)]
    [InlineData("unsigned short int", 2, 0, 65535)]
    [InlineData("int32_t", 4, int.MinValue, int.MaxValue)]
    [InlineData("uint", 4, 0, uint.MaxValue)]
    [InlineData("long long", 8, -(1L << 52), 1L << 52)]
    [InlineData("uint64", 8, 0, 1L << 52)]
    [InlineData("float", 0, -3, 7)]
    [InlineData("double", 0, -3, 7)]
    public void Read_EveryTypeOfEitherOrderAndPacking_KeepsItsValues(string type, int size, long low, long high)
    {
        foreach (bool big in new[] { false, true })
            foreach (bool gzip in new[] { false, true })
            {
                byte[] bytes = size > 0 ? HandMadeText.Ints(size, big, low, high, 1) : HandMadeText.Floats(type == "float" ? 4 : 8, big, low, high, 1);
                string header = $"NRRD0001\r\ntype: {type}\r\nendian: {(big ? "big" : "little")}\r\ndimension: 3\r\nsizes: 3 1 1\r\nencoding: {(gzip ? "gz" : "raw")}\r\n\r\n";
                Volume volume = NrrdReader.Read(HandMadeText.File(header, gzip ? HandMadeNifti.Gzip(bytes) : bytes), Limits);
                Assert.Equal([low, high, 1], volume.ToFloats(0).Select(v => (double)v), (a, b) => Math.Abs(a - b) <= 1e-6 * Math.Abs(a));
            }
    }

    [Theory]
    [InlineData("3 5 3 2", "vector domain domain domain", "none (1,0,0) (0,1,0) (0,0,1)", true)]
    [InlineData("5 3 2 3", "domain domain domain list", "(1,0,0) (0,1,0) (0,0,1) none", false)]
    [InlineData("3 5 3 2", "RGB-color space space space", null, true)]
    [InlineData("5 3 2 3", "domain domain domain time", null, false)]
    public void Read_AxisOfChannels_FirstOrLast(string sizes, string kinds, string? directions, bool first)
    {
        string header = $"NRRD0005\ntype: uint8\ndimension: 4\nsizes: {sizes}\nkinds: {kinds}\nencoding: raw\n"
            + (directions is null ? "" : $"space: LPS\nspace directions: {directions}\n") + "\n";
        byte[] bytes = [.. Enumerable.Range(0, 90).Select(n => (byte)n)];
        Volume volume = NrrdReader.Read(HandMadeText.File(header, bytes), Limits);
        Assert.Equal((3, new GridSize(2, 3, 5)), (volume.Channels, volume.Geometry.Grid));
        for (int c = 0; c < 3; c++)
            for (int n = 0; n < 30; n++) Assert.Equal(first ? 3 * n + c : 30 * c + n, volume.Voxels<byte>(c)[n]);
    }

    [Fact]
    public void Read_SpacingsAloneAndOnePlane_LieAtTheOrigin()
    {
        Volume plain = NrrdReader.Read(HandMadeText.File("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 5 3 2\nspacings: 0.5 nan 3\nencoding: raw\n\n", Thirty), Limits);
        AssertAt(plain, (4, 2, 1), new Vector3D(2, 2, 3));
        Volume plane = NrrdReader.Read(HandMadeText.File(
            "NRRD0004\ntype: uchar\ndimension: 2\nspace: RAS\nsizes: 5 6\nspace directions: (0,0.5,0) (0,0,2)\nspace origin: (1,2,3)\nencoding: raw\n\n", Thirty), Limits);
        Assert.True(plane.IsPlanar);
        AssertAt(plane, (4, 5, 0), new Vector3D(-1, -4, 13));
        Assert.Equal(1, plane.Geometry.Spacing.K, 12);
    }

    [Theory]
    [InlineData("byte skip: 7", 7)]
    [InlineData("byteskip: -1", 11)]
    public void Read_ByteSkip_StartsBehindIt(string field, int waste)
    {
        Volume volume = NrrdReader.Read(HandMadeText.File(Placed.Replace("kinds:", field + "\nkinds:", StringComparison.Ordinal), [.. new byte[waste], .. Thirty]), Limits);
        Assert.Equal(Thirty, volume.Voxels<byte>(0).ToArray());
    }

    [Fact]
    public void Write_LabelMap_IsTheFileThatTheFormatDefines()
    {
        VolumeGeometry geometry = new(new GridSize(2, 3, 5), new Affine(new(0.5, 0.1, 0), new(-0.1, 0.7, 0.2), new(0, -0.4, 2.5), new(-10, 20.5, 30)));
        MemoryStream stream = new();
        NrrdWriter.Write(stream, new LabelMap(geometry, Thirty), gzip: false);
        const string Expected = "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 5 3 2\n"
            + "space directions: (0.5,0.1,0) (-0.1,0.7,0.2) (0,-0.4,2.5)\nkinds: domain domain domain\nendian: little\nencoding: raw\n"
            + "space units: \"mm\" \"mm\" \"mm\"\nspace origin: (-10,20.5,30)\n\n";
        Assert.Equal([.. Encoding.ASCII.GetBytes(Expected), .. Thirty], stream.ToArray());
    }

    [Theory]
    [InlineData("type: uint8", "type: block", ErrorCode.UnreadableImage, "voxel type")]
    [InlineData("type: uint8\n", "", ErrorCode.UnreadableImage, "'type'")]
    [InlineData("type: uint8", "type: int16", ErrorCode.UnreadableImage, "'endian'")]
    [InlineData("dimension: 3", "dimension: 0", ErrorCode.UnreadableImage, "dimension")]
    [InlineData("dimension: 3", "dimension: 99999999999", ErrorCode.UnreadableImage, "dimension")]
    [InlineData("sizes: 5 3 2", "sizes: 5 3", ErrorCode.UnreadableImage, "'sizes'")]
    [InlineData("sizes: 5 3 2", "sizes: 5 -3 2", ErrorCode.UnreadableImage, "'sizes'")]
    [InlineData("sizes: 5 3 2", "sizes: 5000 5000 5000", ErrorCode.TooLarge, "5000x5000x5000")]
    [InlineData("sizes: 5 3 2", "sizes: 500 500 500", ErrorCode.TruncatedImage, "ends before")]
    [InlineData("sizes: 5 3 2", "sizes: 9223372036854775807 9223372036854775807 9223372036854775807", ErrorCode.TooLarge, "at most")]
    [InlineData("encoding: raw", "encoding: bzip2", ErrorCode.UnreadableImage, "encodings")]
    [InlineData("encoding: raw", "encoding: raw\ndata file: other.raw", ErrorCode.UnreadableImage, ".nhdr")]
    [InlineData("encoding: raw", "encoding: raw\nencoding: raw", ErrorCode.UnreadableImage, "twice")]
    [InlineData("encoding: raw", "encoding: raw\nline skip: 3", ErrorCode.UnreadableImage, "skip")]
    [InlineData("encoding: raw", "encoding: gzip", ErrorCode.UnreadableImage, "damaged")]
    [InlineData("# by hand", "no field", ErrorCode.UnreadableImage, "no field")]
    [InlineData("kinds: domain domain domain", "kinds: complex domain domain", ErrorCode.UnreadableImage, "complex")]
    [InlineData("left-posterior-superior", "scanner-xyz", ErrorCode.InvalidGeometry, "patient's left")]
    [InlineData("left-posterior-superior", "left-posterior-superior-time", ErrorCode.InvalidGeometry, "patient's left")]
    [InlineData("(0.5,0.1,0)", "(0,-0.4,2.5)", ErrorCode.InvalidGeometry, "singular")]
    [InlineData("(0.5,0.1,0)", "(nan,0,0)", ErrorCode.InvalidGeometry, "finite")]
    [InlineData("(0.5,0.1,0)", "(0.5,0.1)", ErrorCode.InvalidGeometry, "3 numbers")]
    [InlineData("(0.5,0.1,0)", "(0.5,0.1,0", ErrorCode.InvalidGeometry, "space directions")]
    [InlineData("(-0.1,0.7,0.2)", "none", ErrorCode.UnreadableImage, "lies between")]
    [InlineData("(0.5,0.1,0) (-0.1,0.7,0.2)", "none none", ErrorCode.UnreadableImage, "channels")]
    [InlineData("(-10,20.5,30)", "(-1e9,20.5,30)", ErrorCode.InvalidGeometry, "10 km")]
    public void Read_HostileHeader_IsRefusedWithWhatToDo(string old, string replacement, ErrorCode code, string mentions)
    {
        string header = Placed.Replace(old, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Placed, header);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Is(code, mentions, () => NrrdReader.Read(HandMadeText.File(header, Thirty), Limits));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_CutAtEveryLength_IsRefused()
    {
        byte[] whole = HandMadeText.File(Placed, Thirty).ToArray();
        for (int length = 8; length < whole.Length; length++)
        {
            SegmentationException refusal = Assert.Throws<SegmentationException>(() => ImageReader.Read(new MemoryStream(whole[..length]), Limits));
            Assert.Equal(ErrorCode.TruncatedImage, refusal.Code);
        }
    }

    [Fact]
    public void Read_BytesChangedAtRandom_IsReadOrRefusedWithLittleMemory()
    {
        byte[] whole = HandMadeText.File(Placed, Thirty).ToArray();
        Gen.Select(Gen.Int[8, whole.Length - 1], Gen.Byte, Gen.Int[8, whole.Length - 1], Gen.Byte).Check(3000, (first, a, second, b) =>
        {
            byte[] changed = [.. whole];
            (changed[first], changed[second]) = (a, b);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.True(ImageReader.Read(new MemoryStream(changed), Limits).Volume.Channels >= 1);
            }
            catch (SegmentationException e)
            {
                Assert.NotEmpty(e.Message);
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
        });
    }

    internal static void AssertAt(Volume volume, (int I, int J, int K) index, Vector3D expected) =>
        Assert.True((volume.Geometry.IndexToPatient.Apply(index.I, index.J, index.K) - expected).Length < 1e-9);
}
