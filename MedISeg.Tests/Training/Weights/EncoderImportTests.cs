using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;
using MedISeg.Tests.Training.Networks;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;

namespace MedISeg.Tests.Training.Weights;

/// <summary>Hash-filled weights under the names of each source, imported into networks of zeros.</summary>
[Collection(TrainingTests.Name)]
public sealed class EncoderImportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("torchvision", "")]
    [InlineData("swsl", "")]
    [InlineData("miil-21k", "state_dict.")]
    [InlineData("simclr", "state_dict.backbone.")]
    [InlineData("moco-v2", "state_dict.module.encoder_q.")]
    [InlineData("moco-v3", "state_dict.module.base_encoder.")]
    public void Match_EachSource_GivesAllTensorsOfTheEncoder(string source, string prefix)
    {
        Network network = ResUNet(NetworkKind.ResUNet18);
        Dictionary<string, NamedTensor> file = Tensors(network, "resnet.", prefix);

        (WeightsSource found, IReadOnlyDictionary<string, float[]> named) = EncoderImport.Match(network, file, WeightsSource.All.Single(s => s.Name == source));
        (WeightsSource guessed, IReadOnlyDictionary<string, float[]> same) = EncoderImport.Match(network, file, null);

        Assert.Equal(source, found.Name);
        // The names are the same for whoever trained a plain ResNet.
        Assert.Equal(source == "swsl" ? "torchvision" : source, guessed.Name);
        Assert.Equal(network.Parameters.Where(p => p.Name.StartsWith("resnet.", StringComparison.Ordinal)).Select(p => p.Name).Order(), named.Keys.Order());
        Assert.Equal(named.Keys.Order(), same.Keys.Order());
        Assert.All(named, entry => Assert.Same(file[prefix + entry.Key["resnet.".Length..]].Values, entry.Value));
    }

    [Fact]
    public void Import_ResNet50_NetworkGivesThePapersLogits()
    {
        Network network = ResUNet(NetworkKind.ResUNet50);
        string output = Path.Combine(_folder.Path, "encoder.safetensors");
        string weights = Save(Tensors(network, "resnet.", "state_dict.module.encoder_q."));

        (PretrainedEncoder encoder, int count) = PretrainedEncoder.Import(weights, network, null, output);

        Assert.Equal("moco-v2", encoder.Source);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(weights))), encoder.Sha256);
        Assert.Equal(encoder, PretrainedEncoder.Of(output));
        Assert.Equal(265, count);
        using NetworkWeights filled = NetworkRuns.Filled(network);
        foreach (ParameterInfo parameter in EncoderImport.EncoderOf(network)) filled.Values(parameter).Clear();
        PretrainedEncoder.Load(output, network, filled);
        float[] logits = NetworkRuns.Torch(network, filled, NpyFile.Golden("nets/input2d.npy").As<float>(), 1, 3, 64, 64).Logits;
        Assert.InRange(NetworkRuns.Distance(NpyFile.Golden("nets/resunet_res50_out.npy").As<float>(), logits), 0, 1e-3);
    }

    [Fact]
    public void Import_VisionTransformerOfMae_NetworkGivesThePapersLogits()
    {
        Network network = ViT;
        string output = Path.Combine(_folder.Path, "encoder.safetensors");

        (PretrainedEncoder encoder, int count) = PretrainedEncoder.Import(Save(TimmTensors(network, "model.")), network, null, output);

        Assert.Equal("mae", encoder.Source);
        Assert.Equal(3 + 12 * 16 + 2, count);
        using NetworkWeights filled = NetworkRuns.Filled(network);
        foreach (ParameterInfo parameter in EncoderImport.EncoderOf(network)) filled.Values(parameter).Clear();
        PretrainedEncoder.Load(output, network, filled);
        float[] logits = NetworkRuns.Torch(network, filled, NpyFile.Golden("nets/input2d.npy").As<float>(), 1, 3, 64, 64).Logits;
        Assert.InRange(NetworkRuns.Distance(NpyFile.Golden("nets/vit_b16_skip0_out.npy").As<float>(), logits), 0, 1e-3);
    }

    [Fact]
    public void Match_VisionTransformerOfMoco_NamesWhatDoesNotFitOnceEach()
    {
        Network network = ViT;
        Dictionary<string, NamedTensor> file = TimmTensors(network, "state_dict.module.base_encoder.");
        Assert.Equal("moco-v3", EncoderImport.Match(network, file, null).Source.Name);
        file.Remove("state_dict.module.base_encoder.blocks.7.attn.qkv.weight");
        file["state_dict.module.base_encoder.pos_embed"] = new NamedTensor([1, 16, 768], new float[16 * 768]);

        SegmentationException fault = Assert.Throws<SegmentationException>(() => EncoderImport.Match(network, file, WeightsSource.All.Single(s => s.Name == "moco-v3")));

        Assert.StartsWith("147 of the encoder's 149 tensors match, read as moco-v3", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["state_dict.module.base_encoder.blocks.7.attn.qkv.weight", "state_dict.module.base_encoder.pos_embed"], fault.Errors.Select(e => e.Key).Order());
        Assert.Contains("[1, 16, 768] instead of [1, 1 + a square, 768]", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_SourceOfAnotherKindOfNetwork_NamesThoseThatFit()
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(() =>
            EncoderImport.Match(ResUNet(NetworkKind.ResUNet18), new Dictionary<string, NamedTensor>(), WeightsSource.All.Single(s => s.Name == "mae")));
        Assert.Contains("torchvision, swsl, miil-21k, simclr, moco-v2, moco-v3 as --source", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StartFromEncoder_GenesisUNet_FillsAllButTheHead()
    {
        Network network = Network.Of(new UNetOptions { Kind = NetworkKind.GenesisUNet });
        TrainOptions options = ToyCases.Options with { Network = new UNetOptions { Kind = NetworkKind.GenesisUNet }, PatchSize = [16, 16, 16] };
        string output = Path.Combine(_folder.Path, "encoder.safetensors");
        (PretrainedEncoder encoder, int count) = PretrainedEncoder.Import(Save(Tensors(network, "", "state_dict.module.")), network, null, output);
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_folder.Path, "run"), options));

        trainer.StartFromEncoder(output);

        Assert.Equal("models-genesis", encoder.Source);
        using NetworkWeights expected = NetworkRuns.Filled(network);
        Assert.Equal(count, trainer.Result.Parameters.Count(p => !p.Name.StartsWith("final.", StringComparison.Ordinal)));
        foreach (ParameterInfo parameter in trainer.Result.Parameters)
        {
            if (parameter.Name.StartsWith("final.", StringComparison.Ordinal)) Assert.Equal(3, parameter.Shape[0]);
            else Assert.True(expected.Values(parameter).SequenceEqual(trainer.Result.Values(parameter)), parameter.Name);
        }
    }

    [Fact]
    public void Match_OneTensorMissingAndOneOfAnotherShape_NamesBoth()
    {
        Network network = ResUNet(NetworkKind.ResUNet18);
        Dictionary<string, NamedTensor> file = Tensors(network, "resnet.", "");
        file.Remove("layer2.0.conv1.weight");
        file["conv1.weight"] = new NamedTensor([64, 1, 7, 7], new float[64 * 49]);

        SegmentationException fault = Assert.Throws<SegmentationException>(() => EncoderImport.Match(network, file, null));

        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        Assert.Equal(["conv1.weight", "layer2.0.conv1.weight"], fault.Errors.Select(error => error.Key).Order());
        Assert.Contains("[64, 1, 7, 7] instead of [64, 3, 7, 7]", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_FileWithNoMatch_IsRefusedAndWritesNothing()
    {
        Network network = ResUNet(NetworkKind.ResUNet18);
        string output = Path.Combine(_folder.Path, "encoder.safetensors");
        string weights = Save(new Dictionary<string, NamedTensor> { ["encoder.first.weight"] = new([2], [1, 2]) });

        SegmentationException fault = Assert.Throws<SegmentationException>(() => PretrainedEncoder.Import(weights, network, null, output));

        Assert.StartsWith("0 of the encoder's 100 tensors match", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Load_EncoderOfAnotherNetwork_IsRefused()
    {
        Network small = ResUNet(NetworkKind.ResUNet18), large = ResUNet(NetworkKind.ResUNet34);
        string output = Path.Combine(_folder.Path, "encoder.safetensors");
        PretrainedEncoder.Import(Save(Tensors(small, "resnet.", "")), small, null, output);
        using NetworkWeights weights = NetworkRuns.Filled(large);

        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => PretrainedEncoder.Load(output, large, weights)).Code);
    }

    [Fact]
    public void EncoderOf_NetworkWithoutPublishedWeights_IsRefused() =>
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => EncoderImport.EncoderOf(Network.Of(new UNetOptions { Features = [4, 8], Convolutions = [1] }))).Code);

    private static Network ViT => Network.Of(new UNetOptions { Kind = NetworkKind.VitUNetB16, Dimensionality = 2, InputChannels = 3, Sides = [64, 64] });

    /// <summary>The golden transformer as timm would save it: query, key and value in one tensor, a class token and its position in front.</summary>
    private static Dictionary<string, NamedTensor> TimmTensors(Network network, string prefix)
    {
        using NetworkWeights weights = NetworkRuns.Filled(network);
        float[] Own(string name) => weights.Values(network.Parameters.Single(p => p.Name == "transformer." + name)).ToArray();
        Dictionary<string, NamedTensor> tensors = new()
        {
            [prefix + "cls_token"] = new([1, 1, 768], new float[768]),
            [prefix + "pos_embed"] = new([1, 17, 768], [.. Enumerable.Repeat(9f, 768), .. Own("embeddings.position_embeddings")]),
        };
        void Add(string theirs, string ours, params long[] shape)
        {
            tensors.Add($"{prefix}{theirs}.weight", new NamedTensor(shape, Own(ours + ".weight")));
            tensors.Add($"{prefix}{theirs}.bias", new NamedTensor([shape[0]], Own(ours + ".bias")));
        }
        Add("patch_embed.proj", "embeddings.patch_embeddings", 768, 3, 16, 16);
        Add("norm", "encoder.encoder_norm", 768);
        for (int n = 0; n < 12; n++)
        {
            string layer = $"encoder.layer.{n}.", block = $"blocks.{n}.";
            Add(block + "norm1", layer + "attention_norm", 768);
            Add(block + "norm2", layer + "ffn_norm", 768);
            Add(block + "attn.proj", layer + "attn.out", 768, 768);
            Add(block + "mlp.fc1", layer + "ffn.fc1", 3072, 768);
            Add(block + "mlp.fc2", layer + "ffn.fc2", 768, 3072);
            foreach (string kind in new[] { "weight", "bias" })
                tensors.Add($"{prefix}{block}attn.qkv.{kind}", new NamedTensor(kind == "weight" ? [2304, 768] : [2304],
                    [.. Own($"{layer}attn.query.{kind}"), .. Own($"{layer}attn.key.{kind}"), .. Own($"{layer}attn.value.{kind}")]));
        }
        return tensors;
    }

    private static Network ResUNet(NetworkKind kind) => Network.Of(new UNetOptions { Kind = kind, Dimensionality = 2, InputChannels = 3 });

    /// <summary>Hash-filled tensors as a file would name them, with a classifier that no encoder has.</summary>
    private static Dictionary<string, NamedTensor> Tensors(Network network, string own, string prefix)
    {
        using NetworkWeights weights = NetworkRuns.Filled(network);
        Dictionary<string, NamedTensor> tensors = network.Parameters.Where(p => p.Name.StartsWith(own, StringComparison.Ordinal) && !p.Name.StartsWith("final.", StringComparison.Ordinal))
            .ToDictionary(p => prefix + p.Name[own.Length..], p => new NamedTensor(p.Shape, weights.Values(p).ToArray()));
        tensors.Add(prefix + "fc.weight", new NamedTensor([2], [1, 2]));
        return tensors;
    }

    private string Save(Dictionary<string, NamedTensor> tensors)
    {
        string path = Path.Combine(_folder.Path, "weights.safetensors");
        SafeTensors.Write(path, [.. tensors.Select(t => (t.Key, t.Value.Shape, (ReadOnlyMemory<float>)t.Value.Values))], new Dictionary<string, string>());
        return path;
    }
}
