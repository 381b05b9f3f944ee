using MedISeg.Training.Planning;

namespace MedISeg.Tests.Training.Planning;

public sealed class NetworkTopologyTests
{
    [Fact]
    public void For_CoarseFirstAxis_WaitsUntilTheOthersAreAlike()
    {
        // 4 mm beside 1 mm: the others are halved twice before 4 / 4 is below 2, and the kernel widens with the same level.
        NetworkTopology topology = NetworkTopology.For([4, 1, 1], [12, 48, 97]);
        Assert.Equal([[1, 1, 1], [1, 2, 2], [1, 2, 2], [2, 2, 2], [1, 1, 2]], topology.Strides);
        Assert.Equal([[1, 3, 3], [1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]], topology.Kernels);
        Assert.Equal([12, 48, 112], topology.Patch);
        Assert.Equal([2, 8, 16], topology.Divisors);
    }

    [Theory]
    [InlineData(11, 4, 1)]
    [InlineData(12, 4, 2)]
    [InlineData(8, 8, 2)]
    [InlineData(7, 7, 1)]
    public void For_SmallPlanes_HalveOneSideOf12OrTwoOf8(int height, int width, int levels) =>
        Assert.Equal(levels, NetworkTopology.For([1, 1], [height, width]).Strides.Count);

    [Fact]
    public void For_VeryLongSides_StopsAtTenLevels() => Assert.Equal(10, NetworkTopology.For([1, 1], [9000, 9000]).Strides.Count);

    [Fact]
    public void For_HalfVoxels_AreRoundedUp() => Assert.Equal([640, 512], NetworkTopology.For([0.3, 0.9], [575.5, 480.5]).Patch);
}
