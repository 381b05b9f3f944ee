using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging;

[Trait("Category", "Kernel")]
public sealed class VoxelRowsTests
{
    public static TheoryData<int> Lengths => [0, 1, 7, 15, 16, 17, 31, 32, 33, 101];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Widen_AnyLength_EqualsScalarTwin(int length)
    {
        Random random = new(3);
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        short[] words = [.. bytes.Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
        ushort[] unsigned = [.. words.Select(word => (ushort)word)];
        float[] vector = new float[length], scalar = new float[length];

        VoxelRows.Widen(bytes, vector);
        VoxelRows.WidenScalar<byte>(bytes, scalar);
        Assert.Equal(scalar, vector);
        Assert.Equal(bytes.Select(b => (float)b), vector);
        VoxelRows.Widen(words, vector);
        VoxelRows.WidenScalar<short>(words, scalar);
        Assert.Equal(scalar, vector);
        VoxelRows.Widen(unsigned, vector);
        VoxelRows.WidenScalar<ushort>(unsigned, scalar);
        Assert.Equal(scalar, vector);
    }

    [Theory]
    [InlineData(1, -1024)]
    [InlineData(1, 0.25)]
    [InlineData(1, 12345678)]
    [InlineData(0.1, -3.7)]
    [InlineData(-2.5e-7, 1e6)]
    public void Scale_AnySlopeAndIntercept_EqualsScalarTwinBitForBit(double slope, double intercept)
    {
        foreach (int length in (int[])[0, 1, 7, 8, 9, 33])
        {
            Random random = new(5);
            float[] vector = [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(-32768, 65536))], scalar = [.. vector], old = [.. vector];
            VoxelRows.Scale(vector, slope, intercept);
            VoxelRows.ScaleScalar(scalar, slope, intercept);
            Assert.Equal(scalar, vector);
            for (int n = 0; n < length; n++) Assert.Equal((float)(old[n] * slope + intercept), vector[n]);
        }
    }

    [Fact]
    public void Widen_StoredShorterThanResult_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => VoxelRows.Widen(new short[3], new float[4]));
}
