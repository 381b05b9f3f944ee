using System.Text.Json;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Networks;

/// <summary>Hash-filled networks against the outputs and parameter counts of the paper's code.</summary>
[Collection(TrainingTests.Name)]
public sealed class NetworkGoldenTests
{
    /// <summary>Of the outputs' standard deviation.</summary>
    private const double Tolerance = 1e-3;

    [Theory]
    [InlineData(NetworkKind.PlainUNet, "unet2d")]
    [InlineData(NetworkKind.ResUNet18, "resunet_res18")]
    [InlineData(NetworkKind.ResUNet34, "resunet_res34")]
    [InlineData(NetworkKind.ResUNet50, "resunet_res50")]
    [InlineData(NetworkKind.DenseUNet121, "denseunet_dense121")]
    [InlineData(NetworkKind.VitUNetB16, "vit_b16_skip0")]
    public void Run_PlanarNetwork_EqualsThePapersLogitsInTorchAndOnnx(NetworkKind kind, string golden) => CheckPlanar(kind, golden);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(NetworkKind.ResUNet101, "resunet_res101")]
    [InlineData(NetworkKind.ResUNet152, "resunet_res152")]
    [InlineData(NetworkKind.DenseUNet161, "denseunet_dense161")]
    [InlineData(NetworkKind.DenseUNet169, "denseunet_dense169")]
    [InlineData(NetworkKind.DenseUNet201, "denseunet_dense201")]
    [InlineData(NetworkKind.TransUNet, "r50vit_b16_skip3")]
    [InlineData(NetworkKind.TransUNetNoSkip, "r50vit_b16_skip0")]
    public void Run_LargePlanarNetwork_EqualsThePapersLogitsInTorchAndOnnx(NetworkKind kind, string golden) => CheckPlanar(kind, golden);

    [Theory]
    [InlineData(NormKind.Batch, "unet3d_bn")]
    [InlineData(NormKind.Instance, "unet3d_in")]
    [InlineData(NormKind.Group, "unet3d_gn")]
    public void Run_GenesisUNet_EqualsThePapersLogitsInTorchAndOnnx(NormKind norm, string golden)
    {
        Network network = Network.Of(new UNetOptions { Kind = NetworkKind.GenesisUNet, Norm = norm });
        Check(network, golden, "nets/input3d.npy", [1, 1, 16, 16, 16], [1, 2, 16, 16, 16]);
        Assert.Equal(Values("nets/values_nets3d.json").GetProperty(golden).GetProperty("params").GetInt64(), Count(network));
    }

    [Fact]
    public void Run_ResUNet50WithDeepSupervision_EqualsThePapersFourOutputs()
    {
        Network network = Network.Of(Options(NetworkKind.ResUNet50));
        SideHeads sides = SideHeads.Of(network, 3, new GridSize(1, 64, 64));
        using NetworkWeights weights = new([.. network.Parameters, .. sides.Parameters], trainable: false);
        weights.FillByHash();
        float[] input = NpyFile.Golden("nets/input2d.npy").As<float>();
        TorchStep.Run(() =>
        {
            using IDisposable quiet = no_grad();
            TorchOps ops = new(weights, training: false) { Enlarged = [] };
            Tensor[] outputs = [network.Run(ops, NetworkRuns.Image(input, [1, 3, 64, 64])), .. sides.Run(ops)];
            Assert.Equal(4, outputs.Length);
            for (int n = 0; n < outputs.Length; n++)
            {
                Assert.Equal([1, 2, 64 >> n, 64 >> n], outputs[n].shape);
                float[] expected = NpyFile.Golden($"nets/resunet_ds_res50_out{n}.npy").As<float>();
                Assert.InRange(NetworkRuns.Distance(expected, outputs[n].contiguous().data<float>().ToArray()), 0, Tolerance);
            }
        });
        Assert.Equal(Values("nets/values_nets2d.json").GetProperty("resunet_ds_res50").GetProperty("params").GetInt64(),
            Count(network) + sides.Parameters.Sum(p => p.Count) + Unused(NetworkKind.ResUNet50));
    }

    [Theory]
    [InlineData(NetworkKind.GenesisUNet, 3, new[] { 256 * 2 + 2, 128 * 2 + 2, 512 * 2 + 2 })]
    [InlineData(NetworkKind.DenseUNet121, 2, new[] { 64 * 2 + 2, 256 * 2 + 2, 512 * 2 + 2 })]
    public void SideHeads_OtherKindsOfThePaper_LieOnHalfAQuarterAndAnEighth(NetworkKind kind, int dimensions, int[] counts)
    {
        Network network = Network.Of(dimensions == 3 ? new UNetOptions { Kind = kind } : Options(kind));
        SideHeads sides = SideHeads.Of(network, 3, dimensions == 3 ? new GridSize(8, 16, 8) : new GridSize(1, 32, 64));
        Assert.Equal(counts.Order(), sides.Parameters.Chunk(2).Select(pair => (int)pair.Sum(p => p.Count)).Order());
    }

    [Fact]
    public void Run_ResidualEncoder_EqualsAnIndependentForwardInTorchAndOnnx()
    {
        Network network = Network.Of(new UNetOptions
        {
            InputChannels = 2, Classes = 3, Features = [4, 6, 6], Residual = true, Blocks = [1, 2, 2], Convolutions = [1],
            Kernels = [[1, 3, 3], [3, 3, 3], [3, 3, 3]], Strides = [[1, 1, 1], [1, 2, 2], [2, 2, 2]],
        });
        float[] input = new float[2 * 2 * 4 * 8 * 12];
        HashFill.Fill("res_enc.input", 1, 0, input);
        Check(network, "res_enc", input, [2, 2, 4, 8, 12], [2, 3, 4, 8, 12]);
    }

    [Fact]
    public void Parameters_GenesisUNetOfThreeClasses_CountAsInThePapersCode() =>
        Assert.Equal(19_073_795, Count(Network.Of(new UNetOptions { Kind = NetworkKind.GenesisUNet, Classes = 3 })));

    [Fact]
    public void Parameters_VitUNetL16_CountIsThatOfThePaper() =>
        Assert.Equal(310.4, Math.Round(Count(Network.Of(Options(NetworkKind.VitUNetL16) with { Sides = [256, 256] })) / 1e6, 1));

    [Theory]
    [InlineData(NetworkKind.PlainUNet, "unet2d")]
    [InlineData(NetworkKind.ResUNet18, "resunet_res18")]
    [InlineData(NetworkKind.ResUNet34, "resunet_res34")]
    [InlineData(NetworkKind.ResUNet50, "resunet_res50")]
    [InlineData(NetworkKind.ResUNet101, "resunet_res101")]
    [InlineData(NetworkKind.ResUNet152, "resunet_res152")]
    [InlineData(NetworkKind.DenseUNet121, "denseunet_dense121")]
    [InlineData(NetworkKind.DenseUNet161, "denseunet_dense161")]
    [InlineData(NetworkKind.DenseUNet169, "denseunet_dense169")]
    [InlineData(NetworkKind.DenseUNet201, "denseunet_dense201")]
    [InlineData(NetworkKind.VitUNetB16, "vit_b16_skip0")]
    [InlineData(NetworkKind.TransUNet, "r50vit_b16_skip3")]
    [InlineData(NetworkKind.TransUNetNoSkip, "r50vit_b16_skip0")]
    public void Parameters_PlanarNetwork_CountAsInThePapersCode(NetworkKind kind, string golden)
    {
        long counted = Values("nets/values_nets2d.json").GetProperty(golden).GetProperty("params").GetInt64();
        Assert.Equal(counted, Count(Network.Of(Options(kind))) + Unused(kind));
    }

    /// <summary>Tensors of the paper's code that its forward never reads: a second branch, and the classifiers of ResNets.</summary>
    private static long Unused(NetworkKind kind) => kind switch
    {
        NetworkKind.PlainUNet => Count(Network.Of(Options(kind) with { InputChannels = 2 })),
        NetworkKind.ResUNet18 or NetworkKind.ResUNet34 => 512 * 1000 + 1000,
        NetworkKind.ResUNet50 or NetworkKind.ResUNet101 or NetworkKind.ResUNet152 => 2048 * 1000 + 1000,
        _ => 0,
    };

    private static void CheckPlanar(NetworkKind kind, string golden) =>
        Check(Network.Of(Options(kind)), golden, "nets/input2d.npy", [1, 3, 64, 64], [1, 2, 64, 64]);

    private static void Check(Network network, string golden, string inputFile, long[] shape, long[] outputShape) =>
        Check(network, golden, NpyFile.Golden(inputFile).As<float>(), shape, outputShape);

    private static void Check(Network network, string golden, float[] input, long[] shape, long[] outputShape)
    {
        float[] expected = NpyFile.Golden($"nets/{golden}_out.npy").As<float>();
        using NetworkWeights weights = NetworkRuns.Filled(network);
        (long[] made, float[] logits) = NetworkRuns.Torch(network, weights, input, shape);
        Assert.Equal(outputShape, made);
        Assert.InRange(NetworkRuns.Distance(expected, logits), 0, Tolerance);
        Assert.InRange(NetworkRuns.Distance(expected, NetworkRuns.Onnx(network, weights, input, shape)), 0, Tolerance);
    }

    private static UNetOptions Options(NetworkKind kind) =>
        new() { Kind = kind, Dimensionality = 2, InputChannels = 3, Sides = kind.HasPositions() ? [64, 64] : null };

    private static long Count(Network network) => network.Parameters.Where(p => p.Trainable).Sum(p => p.Count);

    private static JsonElement Values(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", file)));
        return document.RootElement.Clone();
    }
}
