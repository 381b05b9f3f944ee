using MedISeg.Imaging.Resampling;

namespace MedISeg.Tests.Imaging.Resampling;

public sealed class AxisTapsTests
{
    [Fact]
    public void Linear_TwoToFiveVoxels_FollowsTheHalfPixelRuleAndClamps()
    {
        AxisTaps taps = AxisTaps.Linear(5, 2, 0.4, -0.3);
        double[] positions = [.. Enumerable.Range(0, 5).Select(n => taps.Lower[n] + (double)taps.Weight[n])];
        double[] expected = [0, 0.1, 0.5, 0.9, 1];
        for (int n = 0; n < 5; n++) Assert.Equal(expected[n], positions[n], 6);
        Assert.Equal([0, 1, 1, 1, 1], taps.Upper);
    }

    [Fact]
    public void Linear_FlippedIdentity_CopiesInReverse()
    {
        AxisTaps taps = AxisTaps.Linear(3, 3, -1, 2.00000000001);
        Assert.Equal([2, 1, 0], taps.Lower);
        Assert.Equal([2, 1, 0], taps.Upper);
        Assert.Equal([0f, 0f, 0f], taps.Weight);
    }

    [Fact]
    public void Linear_OneSourceVoxel_RepeatsIt() => Assert.Equal([0, 0, 0], AxisTaps.Linear(3, 1, 1 / 3.0, -1 / 3.0).Upper);

    [Theory]
    [InlineData(0.4999, 0)]
    [InlineData(0.5, 1)]
    [InlineData(0.4999999999, 1)]
    [InlineData(-7, 0)]
    [InlineData(9, 4)]
    public void Nearest_Position_TiesGoUpAndEndsClamp(double position, int expected) =>
        Assert.Equal(expected, AxisTaps.Nearest(1, 5, 1, position).Lower[0]);

    [Fact]
    public void Linear_NoVoxels_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => AxisTaps.Linear(3, 0, 1, 0));

    [Theory]
    [InlineData(-1, 3, 1)]
    [InlineData(3, 3, 1)]
    [InlineData(5, 3, 1)]
    [InlineData(-3, 3, 1)]
    [InlineData(-2, 1, 0)]
    public void Mirror_Outside_ReflectsAtVoxelCentres(int index, int length, int expected) =>
        Assert.Equal(expected, CubicTaps.Mirror(index, length));
}
