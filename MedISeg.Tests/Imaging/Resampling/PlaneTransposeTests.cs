using MedISeg.Imaging.Resampling;

namespace MedISeg.Tests.Imaging.Resampling;

[Trait("Category", "Kernel")]
public sealed class PlaneTransposeTests
{
    [Theory]
    [InlineData(0, 5, 5, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 5, 7, 4)]
    [InlineData(8, 8, 8, 8)]
    [InlineData(17, 9, 16, 24)]
    [InlineData(24, 131, 136, 25)]
    public void Run_AnySize_EqualsScalarTwinAndKeepsWhatLiesBetweenRows(int rows, int columns, int sourcePitch, int targetPitch)
    {
        float[] source = [.. Enumerable.Range(1, Math.Max(1, rows) * sourcePitch).Select(n => (float)n)];
        float[] target = new float[columns * targetPitch], scalar = new float[columns * targetPitch];
        PlaneTranspose.Run(source, sourcePitch, rows, columns, target, targetPitch);
        PlaneTranspose.Scalar(source, sourcePitch, 0, rows, 0, columns, scalar, targetPitch);
        Assert.Equal(scalar, target);
        for (int n = 0; n < target.Length; n++)
            Assert.Equal(n % targetPitch < rows ? source[n % targetPitch * sourcePitch + n / targetPitch] : 0, target[n]);
    }

    [Fact]
    public void Run_TargetTooShort_Throws() =>
        Assert.Throws<ArgumentException>(() => PlaneTranspose.Run(new float[15], 5, 3, 5, new float[14], 3));
}
