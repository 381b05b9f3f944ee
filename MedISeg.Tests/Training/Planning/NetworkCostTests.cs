using MedISeg.Training.Networks;
using MedISeg.Training.Planning;

namespace MedISeg.Tests.Training.Planning;

public sealed class NetworkCostTests
{
    [Fact]
    public void Of_TwoPlainLevels_IsTheSumByHand()
    {
        UNetOptions network = new() { Dimensionality = 2, InputChannels = 3, Classes = 5, Features = [4, 6], Convolutions = [1], Strides = [[1, 1], [1, 2]], Kernels = [[1, 3], [3, 3]] };
        NetworkCost cost = NetworkCost.Of(network, [6, 8]);
        // 48 voxels: 4 down, 4 enlarged, 4 up, 5 classes; 24 voxels: 6.
        Assert.Equal(48 * 17 + 24 * 6, cost.FeatureElements);
        Assert.Equal(48 * (3 * 4 * 3 + 6 * 4 + 8 * 4 * 3 + 4 * 5) + 24 * 4 * 6 * 9, cost.MultiplyAdds);
    }

    public static TheoryData<int> Networks => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Of_Parameters_AreThoseOfTheNetwork(int n)
    {
        UNetOptions network = new UNetOptions[]
        {
            new() { InputChannels = 2, Classes = 3, Features = [4, 6, 8], Convolutions = [1, 2, 3], Kernels = [[1, 3, 3], [3, 3, 3], [3, 5, 1]], Strides = [[1, 1, 1], [1, 2, 2], [2, 2, 2]] },
            new() { Dimensionality = 2, Features = [4, 6, 6], Residual = true, Convolutions = [1], Strides = [[1, 1], [2, 2], [1, 2]] },
            new() { InputChannels = 4, Features = [4, 8, 8, 8], Residual = true, Blocks = [1, 2, 1, 3], Convolutions = [2] },
            new() { Dimensionality = 2, Features = [8, 16] },
        }[n];
        int side = 16;
        NetworkCost cost = NetworkCost.Of(network, [.. Enumerable.Repeat(side, network.Dimensionality)]);
        Assert.Equal(Network.Of(network).Parameters.Sum(p => p.Count), cost.Parameters);
    }

    [Fact]
    public void Of_ResidualLevelOfEqualChannels_CountsItsShortcutAsNnUNetDoes()
    {
        UNetOptions network = new() { Dimensionality = 2, Features = [4, 4], Residual = true, Blocks = [1, 2], Convolutions = [1] };
        // 64 pixels: first convolution, two of a block, enlarged, up: 5 x 4, and 2 classes; 16 pixels: four convolutions and one shortcut.
        Assert.Equal(64 * (5 * 4 + 2) + 16 * 5 * 4, NetworkCost.Of(network, [8, 8]).FeatureElements);
    }

    [Fact]
    public void TrainingBytesAndStepSeconds_TwicePatches_CostTwiceTheirShare()
    {
        NetworkCost cost = new(1000, 5e8, 200);
        Assert.Equal(4 * (4 * 1000 * 3 + 4 * 200), cost.TrainingBytes(3));
        Assert.Equal(6 * 5e8 * 3 / 2e9, cost.StepSeconds(3, 2), 12);
    }
}
