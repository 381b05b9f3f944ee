using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class NiftiWriterTests
{
    private static readonly ImageLimits Limits = new();

    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(3, 2, 0.75),
        new Vector3D(1, -2, 3));

    public static TheoryData<Array> Arrays() =>
    [
        Make(n => (byte)(n * 9)), Make(n => (short)(n * 2000 - 30000)), Make(n => (ushort)(n * 2100)),
        Make(n => n * 70_000_000 - 1_000_000_000), Make(n => n * 1.25f - 3), Make(n => Math.Pow(-1.7, n)),
    ];

    [Theory]
    [MemberData(nameof(Arrays), DisableDiscoveryEnumeration = true)]
    public void WriteThenRead_EveryVoxelType_IsTheSame(Array voxels)
    {
        foreach (bool gzip in new[] { false, true })
        {
            Volume read = RoundTrip(new Volume(Geometry, [voxels, voxels], 0.5, -7), gzip);
            Assert.Equal(voxels, read.Stored(0));
            Assert.Equal(voxels, read.Stored(1));
            Assert.Equal(0.5, read.Slope);
            Assert.Equal(-7, read.Intercept);
            Assert.True(read.Geometry.Matches(Geometry, 1e-5));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WriteThenRead_Labels_KeepWidthAndValues(bool gzip)
    {
        LabelMap narrow = new(Geometry, Make(n => (byte)(n % 3)));
        LabelMap wide = new(Geometry, Make(n => (ushort)(n * 1000)));
        Assert.Equal(narrow.Bytes.ToArray(), RoundTrip(narrow, gzip).Bytes.ToArray());
        Assert.Equal(wide.Words.ToArray(), RoundTrip(wide, gzip).Words.ToArray());
    }

    [Fact]
    public void Write_SideAbove32767_IsNifti2AndReadBack()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(2, 3, 32768), new SpacingMm(1, 2, 3));
        byte[] voxels = new byte[geometry.Grid.VoxelCount];
        for (int n = 0; n < voxels.Length; n++) voxels[n] = (byte)(n * 31 >> 3);
        using MemoryStream stream = new();
        NiftiWriter.Write(stream, new LabelMap(geometry, voxels), gzip: false);
        Assert.Equal(540, BitConverter.ToInt32(stream.GetBuffer(), 0));
        stream.Position = 0;
        LabelMap read = NiftiReader.ReadLabels(stream, Limits);
        Assert.True(read.Geometry.Matches(geometry, 1e-9));
        Assert.Equal(voxels, read.Bytes.ToArray());

        using MemoryStream one = new();
        NiftiWriter.Write(one, LabelMap.Empty(VolumeGeometry.AxisAligned(new GridSize(1, 1, 32767), new SpacingMm(1, 1, 1)), 1),
            gzip: false);
        Assert.Equal(348, BitConverter.ToInt32(one.GetBuffer(), 0));
    }

    [Fact]
    public void Write_Twice_GivesTheSameBytesAndLeavesTheStreamOpen()
    {
        Volume volume = new(Geometry, [Make(n => (short)(n * n))]);
        foreach (bool gzip in new[] { false, true })
        {
            using MemoryStream first = new(), second = new();
            NiftiWriter.Write(first, volume, gzip);
            NiftiWriter.Write(second, volume, gzip);
            Assert.True(first.CanWrite);
            Assert.Equal(first.ToArray(), second.ToArray());
            // Bytes 4..7 of gzip are a time.
            if (gzip) Assert.Equal(new byte[4], first.ToArray()[4..8]);
        }
    }

    [Fact]
    public void Write_Description_IsCutTo79AsciiCharacters()
    {
        using MemoryStream stream = new();
        NiftiWriter.Write(stream, LabelMap.Empty(Geometry, 1), gzip: false, "kidney \u00e9 " + new string('x', 100));
        byte[] field = stream.ToArray()[148..228];
        Assert.Equal("kidney ? " + new string('x', 70), System.Text.Encoding.ASCII.GetString(field, 0, 79));
        Assert.Equal(0, field[79]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(1, double.PositiveInfinity)]
    public void Write_SlopeThatNiftiCannotSay_Throws(double slope, double intercept) =>
        Assert.Throws<ArgumentException>(() =>
            NiftiWriter.Write(Stream.Null, new Volume(Geometry, [new byte[30]], slope, intercept), gzip: false));

    private static T[] Make<T>(Func<int, T> value) => Enumerable.Range(0, 30).Select(value).ToArray();

    private static Volume RoundTrip(Volume volume, bool gzip)
    {
        using MemoryStream stream = new();
        NiftiWriter.Write(stream, volume, gzip);
        stream.Position = 0;
        return NiftiReader.Read(stream, Limits);
    }

    private static LabelMap RoundTrip(LabelMap labels, bool gzip)
    {
        using MemoryStream stream = new();
        NiftiWriter.Write(stream, labels, gzip);
        stream.Position = 0;
        return NiftiReader.ReadLabels(stream, Limits);
    }
}
