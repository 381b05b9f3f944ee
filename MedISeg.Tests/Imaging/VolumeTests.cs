using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging;

public sealed class VolumeTests
{
    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(1, 1, 1));

    [Fact]
    public void ReadRow_EveryVoxelType_GivesTheRealValues()
    {
        AssertValues(n => (byte)(n * 8 + 20));
        AssertValues(n => (short)(n * 2000 - 30000));
        // To the runtime a ushort[] is a short[] too; a switch over array types would read 65535 as -1.
        AssertValues(n => (ushort)(65535 - n * 2000));
        AssertValues(n => n * 1000 - 7);
        AssertValues(n => n * 0.5f);
        AssertValues(n => n * 0.25);

        static void AssertValues<T>(Func<int, T> value) where T : unmanaged
        {
            T[] stored = [.. Enumerable.Range(0, 30).Select(value)];
            foreach ((double slope, double intercept) in new[] { (1.0, 0.0), (0.5, -3.0) })
            {
                Volume volume = new(Geometry, [stored], slope, intercept);
                float[] row = new float[4];
                volume.ReadRow(0, 1, 2, 1, row);
                for (int n = 0; n < 4; n++)
                    Assert.Equal((float)(Convert.ToDouble(stored[26 + n]) * slope + intercept), row[n]);
                Assert.Equal((float)(Convert.ToDouble(stored[0]) * slope + intercept), volume.ToFloats(0)[0]);
            }
        }
    }

    [Fact]
    public void BytesPerVoxel_EveryVoxelType_IsTheElementSize()
    {
        Array[] stored = [new byte[30], new short[30], new ushort[30], new int[30], new float[30], new double[30]];
        Assert.Equal([1, 2, 2, 4, 4, 8], stored.Select(voxels => new Volume(Geometry, [voxels]).BytesPerVoxel));
    }

    [Fact]
    public void Voxels_OtherTypeOfTheSameWidth_Throws() =>
        Assert.Throws<InvalidCastException>(() => new Volume(Geometry, [new ushort[30]]).Voxels<short>(0).Length);

    [Fact]
    public void Constructor_TypesThatAreNotStored_Throws()
    {
        foreach (Array voxels in new Array[] { new sbyte[30], new uint[30], new long[30], new bool[30] })
            Assert.Throws<ArgumentException>(() => new Volume(Geometry, [voxels]));
    }
}
