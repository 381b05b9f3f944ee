using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;

namespace MedISeg.Tests.Training.Networks;

public sealed class UNetTests
{
    [Fact]
    public void Parameters_TwoLevels_HaveStateNamesAndShapes()
    {
        UNet network = new(new UNetOptions
        {
            InputChannels = 2, Classes = 3, Features = [4, 6], Convolutions = [1, 2], Kernels = [[1, 3, 5], [3, 3, 3]], Strides = [[1, 1, 1], [1, 2, 2]],
        });
        Dictionary<string, string> shapes = network.Parameters.ToDictionary(p => p.Name, p => string.Join('x', p.Shape));
        Assert.Equal("4x2x1x3x5", shapes["encoder.0.conv0.weight"]);
        Assert.Equal("6x4x3x3x3", shapes["encoder.1.conv0.weight"]);
        Assert.Equal("6x6x3x3x3", shapes["encoder.1.conv1.weight"]);
        Assert.Equal("6", shapes["encoder.1.norm1.bias"]);
        Assert.Equal("6x4x1x2x2", shapes["decoder.0.up.weight"]);
        Assert.Equal("4x8x1x3x5", shapes["decoder.0.conv0.weight"]);
        Assert.Equal("3x4x1x1x1", shapes["head.weight"]);
        Assert.DoesNotContain("encoder.0.conv1.weight", shapes.Keys);
    }

    [Fact]
    public void Parameters_BatchNormAndResidual_AddRunningStatisticsAndShortcuts()
    {
        UNet network = new(new UNetOptions { Dimensionality = 2, Features = [4, 8], Norm = NormKind.Batch, Residual = true });
        string[] names = [.. network.Parameters.Select(p => p.Name)];
        Assert.Contains("encoder.0.0.norm0.running_mean", names);
        Assert.Contains("encoder.1.0.shortcut.weight", names);
        Assert.DoesNotContain("encoder.0.0.shortcut.weight", names);
        Assert.DoesNotContain("encoder.1.1.shortcut.weight", names);
        Assert.Equal(3, names.Count(name => name.StartsWith("encoder.1.", StringComparison.Ordinal) && name.EndsWith(".conv1.weight", StringComparison.Ordinal)));
        Assert.False(network.Parameters.First(p => p.Name == "encoder.0.0.norm0.running_var").Trainable);
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Theory]
    [InlineData("network.features")]
    [InlineData("network.kernels")]
    [InlineData("network.strides")]
    [InlineData("network.convolutions")]
    [InlineData("network.classes")]
    [InlineData("network.blocks")]
    public void Constructor_FaultyDescription_NamesTheKey(string key)
    {
        UNetOptions options = key switch
        {
            "network.features" => new UNetOptions { Features = [4] },
            "network.kernels" => new UNetOptions { Features = [4, 8], Kernels = [[3, 3, 2], [3, 3, 3]] },
            "network.strides" => new UNetOptions { Features = [4, 8], Strides = [[2, 1, 1], [2, 2, 2]] },
            "network.blocks" => new UNetOptions { Features = [4, 8], Blocks = [1, 1] },
            "network.convolutions" => new UNetOptions { Features = [4, 8, 8], Convolutions = [1, 2] },
            _ => new UNetOptions { Classes = 0 },
        };
        SegmentationException fault = Assert.Throws<SegmentationException>(() => new UNet(options));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        Assert.Contains(fault.Errors, e => e.Key == key);
    }

    [Fact]
    public void Divisor_AnisotropicStrides_IsTheirProductAnAxis()
    {
        UNetOptions options = new() { Features = [4, 8, 16], Strides = [[1, 1, 1], [1, 2, 2], [2, 2, 4]] };
        Assert.Equal([2, 4, 8], Enumerable.Range(0, 3).Select(options.Divisor));
    }

    [Theory]
    [InlineData("network.dimensionality")]
    [InlineData("network.features")]
    [InlineData("network.slope")]
    [InlineData("network.norm")]
    [InlineData("network.dropout")]
    public void Of_KindWithFixedLayers_RefusesKeysItDoesNotRead(string key)
    {
        UNetOptions sound = new() { Kind = NetworkKind.PlainUNet, Dimensionality = 2 };
        Assert.Empty(sound.Check());
        UNetOptions options = key switch
        {
            "network.dimensionality" => sound with { Dimensionality = 3 },
            "network.features" => sound with { Features = [4, 8] },
            "network.slope" => sound with { Slope = 0.2 },
            "network.norm" => sound with { Norm = NormKind.Group },
            _ => sound with { Dropout = 0.5 },
        };
        SegmentationException fault = Assert.Throws<SegmentationException>(() => Network.Of(options));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        Assert.Equal([key], fault.Errors.Select(e => e.Key));
    }

    [Fact]
    public void Check_GroupNormOfNineFeatures_IsRefused() =>
        Assert.Equal(["network.norm"], new UNetOptions { Features = [8, 9], Norm = NormKind.Group }.Check().Select(e => e.Key));
}
