using MedISeg.Imaging.Volumes;
using MedISeg.Training.Export;
using MedISeg.Training.Export.Generated;
using MedISeg.Training.Networks;

namespace MedISeg.Tests.Training.Export;

[Collection(TrainingTests.Name)]
public sealed class ParityTests
{
    private static readonly Dictionary<string, UNetOptions> Networks = new()
    {
        ["3-D instance"] = new() { Classes = 3, Features = [4, 8, 16] },
        ["3-D batch residual"] = new() { Classes = 2, InputChannels = 2, Features = [4, 8, 16], Norm = NormKind.Batch, Residual = true },
        ["3-D anisotropic"] = new() { Classes = 3, Features = [4, 6, 8], Kernels = [[1, 3, 3], [3, 3, 3], [3, 5, 1]], Strides = [[1, 1, 1], [1, 2, 2], [2, 2, 2]], Convolutions = [1, 2, 1] },
        ["2-D batch"] = new() { Dimensionality = 2, Classes = 2, InputChannels = 3, Features = [8, 16, 16], Norm = NormKind.Batch },
        ["2-D group"] = new() { Dimensionality = 2, Classes = 3, Features = [8, 16], Norm = NormKind.Group },
        ["3-D group"] = new() { Classes = 3, Features = [8, 16], Norm = NormKind.Group },
        ["plain"] = new() { Kind = NetworkKind.PlainUNet, Dimensionality = 2, Classes = 3 },
        ["dense"] = new() { Kind = NetworkKind.DenseUNet121, Dimensionality = 2, Classes = 3 },
        ["transformer"] = new() { Kind = NetworkKind.TransUNet, Dimensionality = 2, Classes = 3, Sides = [32, 48] },
        ["2-D residual planned"] = new() { Dimensionality = 2, Classes = 3, Features = [4, 8, 8, 8], Residual = true, Convolutions = [1], Strides = [[1, 1], [2, 2], [2, 2], [1, 2]] },
        ["2-D instance relu"] = new() { Dimensionality = 2, Classes = 4, Features = [8, 8], Slope = 0, Residual = true },
    };

    [Theory]
    [InlineData("3-D instance", 1, 16, 16, 16)]
    [InlineData("3-D instance", 1, 32, 48, 16)]
    [InlineData("3-D instance", 2, 8, 12, 20)]
    [InlineData("3-D instance", 1, 64, 64, 64)]
    [InlineData("3-D batch residual", 2, 8, 12, 20)]
    [InlineData("3-D batch residual", 1, 32, 48, 16)]
    [InlineData("3-D anisotropic", 2, 6, 12, 20)]
    [InlineData("2-D residual planned", 2, 1, 12, 40)]
    [InlineData("2-D batch", 2, 1, 24, 40)]
    [InlineData("2-D batch", 1, 1, 96, 64)]
    [InlineData("2-D instance relu", 2, 1, 24, 40)]
    [InlineData("2-D group", 2, 1, 24, 40)]
    [InlineData("3-D group", 2, 6, 12, 20)]
    [InlineData("plain", 2, 1, 32, 48)]
    [InlineData("dense", 2, 1, 32, 96)]
    [InlineData("transformer", 2, 1, 32, 48)]
    public void Compare_HashFilledNetwork_OnnxRuntimeEqualsTorchSharp(string name, int batch, int depth, int height, int width)
    {
        Network network = Network.Of(Networks[name]);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.FillByHash();
        ParityResult result = ParityCheck.Compare(network, weights, OnnxFile.Write(network, weights.ToArrays()), batch, new GridSize(depth, height, width));
        Assert.True(result.Range > 0.1, $"range {result.Range}");
        Assert.True(result.Passed, result.ToString());
    }

    [Theory]
    [InlineData("3-D instance", 1, 16, 16, 16)]
    [InlineData("3-D instance", 2, 8, 12, 20)]
    [InlineData("3-D batch residual", 2, 8, 12, 20)]
    [InlineData("3-D anisotropic", 2, 6, 12, 20)]
    [InlineData("3-D group", 2, 6, 12, 20)]
    [InlineData("2-D batch", 2, 1, 24, 40)]
    public void Compare_ConvolutionsOverSlices_OnnxRuntimeEqualsTorchSharp(string name, int batch, int depth, int height, int width)
    {
        Network network = Network.Of(Networks[name]);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.FillByHash();
        byte[] plain = OnnxFile.Write(network, weights.ToArrays()), sliced = OnnxFile.Write(network, weights.ToArrays(), overSlices: true);
        ParityResult result = ParityCheck.Compare(network, weights, sliced, batch, new GridSize(depth, height, width));
        Assert.True(result.Passed, result.ToString());
        // Only convolutions that see more than one voxel of a volume change; weights never do.
        Assert.Equal(network.Options.Dimensionality == 2, plain.AsSpan().SequenceEqual(sliced));
        Assert.All(ModelProto.Parser.ParseFrom(sliced).Graph.Node.Where(node => node.OpType == "Conv"), node =>
            Assert.True(node.Attribute.Single(a => a.Name == "kernel_shape").Ints is [_, _] or [1, 1, 1], $"{node.Name}"));
        IReadOnlyDictionary<string, float[]> expected = OnnxFile.ReadWeights(plain), found = OnnxFile.ReadWeights(sliced);
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value, found[pair.Key]));
    }

    [Fact]
    public void Compare_OneChangedWeight_IsFound()
    {
        Network network = Network.Of(Networks["3-D instance"]);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.FillByHash();
        byte[] onnx = OnnxFile.Write(network, weights.ToArrays());
        weights.Values(network.Parameters.First(p => p.Name == "decoder.0.conv1.weight"))[5] += 0.1f;
        Assert.False(ParityCheck.Compare(network, weights, onnx, 1, new GridSize(8, 12, 20)).Passed);
    }

    [Fact]
    public void Compare_ClassesSwappedBeyondTheTolerance_CountsWrongVoxelsAndNearTies()
    {
        float[] first = [0, 1, 5, /* class 1 */ 1, 1.0001f, 0];
        float[] second = [0, 1.0001f, 5, 1, 1, 6];
        ParityResult result = ParityCheck.Compare(first, second, batch: 1, classes: 2, voxels: 3);
        Assert.Equal((6.0, 5.0), (result.MaxDifference, result.Range));
        Assert.Equal((1L, 1L), (result.NearTies, result.WrongVoxels));
        Assert.False(result.Passed);
    }

    [Fact]
    public void Write_Network_HasFreeSidesStateNamesAndOperatorSet17()
    {
        Network network = Network.Of(Networks["3-D instance"]);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.FillByHash();
        byte[] file = OnnxFile.Write(network, weights.ToArrays());
        ModelProto model = ModelProto.Parser.ParseFrom(file);
        Assert.Equal((8, 17), (model.IrVersion, model.OpsetImport.Single().Version));
        Assert.Equal("image", model.Graph.Input.Single().Name);
        Assert.Equal("logits", model.Graph.Output.Single().Name);
        Assert.Equal(["batch", "", "depth", "height", "width"], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(d => d.DimParam));
        Assert.Equal([0L, 3, 0, 0, 0], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(d => d.DimValue));
        Assert.Equal(network.Parameters.Select(p => p.Name).Order(), model.Graph.Initializer.Select(i => i.Name).Order());
        IReadOnlyDictionary<string, float[]> read = OnnxFile.ReadWeights(file);
        Assert.All(network.Parameters, p => Assert.Equal(weights.Values(p).ToArray(), read[p.Name]));
    }

    [Fact]
    public void Write_NetworkWithPositions_HasFixedSidesAndAFreeBatch()
    {
        Network network = Network.Of(Networks["transformer"]);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        ModelProto model = ModelProto.Parser.ParseFrom(OnnxFile.Write(network, weights.ToArrays()));
        Assert.Equal([0L, 1, 32, 48], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(d => d.DimValue));
        Assert.Equal([0L, 3, 32, 48], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(d => d.DimValue));
        Assert.Equal("batch", model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam);
        ParityCase[] cases = [.. ParityCase.For(network.Options, new GridSize(1, 32, 48))];
        Assert.Equal([new ParityCase(1, new GridSize(1, 32, 48)), new ParityCase(2, new GridSize(1, 32, 48))], cases);
    }
}
