using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Trainers;

public sealed class TrainOptionsTests
{
    [Fact]
    public void Parse_WrittenOptions_AreTheSame()
    {
        string json = JsonSerializer.Serialize(ToyCases.Options, SegmentationOptions.Json);
        Assert.Equal(json, JsonSerializer.Serialize(TrainOptionsReader.Parse(json), SegmentationOptions.Json));
    }

    [Fact]
    public void Parse_PaperSwitches_AreRead()
    {
        JsonNode options = JsonSerializer.SerializeToNode(ToyCases.Options, SegmentationOptions.Json)!;
        options["augmentation"] = JsonNode.Parse("""{ "operations": ["gt-aug-a", "rotate"], "synthetic": { "mode": "compat" }, "noiseUnit": "deviation", "noiseSigma": 0.2 }""");
        options["sampling"] = JsonNode.Parse("""{ "placement": "over-sam", "overSam": 0.4, "compat": true, "centreValidation": true }""");
        options["preparation"] = JsonNode.Parse("""{ "labels": "per-class", "intesNorm": "kits-own" }""");
        TrainOptions read = TrainOptionsReader.Parse(options.ToJsonString());
        Assert.Equal(new PreparationOptions { Labels = LabelResampling.PerClass, IntesNorm = IntensityScheme.KitsOwn }, read.Preparation);
        Assert.Equal([AugmentationOperation.GtAugA, AugmentationOperation.Rotate], read.Augmentation.Operations);
        Assert.Equal(new SyntheticOptions { Probability = 0.2, Mode = DefectMode.Compat }, read.Augmentation.Synthetic);
        Assert.Equal((NoiseUnit.Deviation, 0.2), (read.Augmentation.NoiseUnit, read.Augmentation.NoiseSigma));
        Assert.Equal(new SamplingOptions { Placement = PlacementRule.OverSam, OverSam = 0.4, Compat = true, CentreValidation = true }, read.Sampling);
    }

    [Theory]
    [InlineData("float32", Precision.Full)]
    [InlineData("bfloat16", Precision.Bfloat16)]
    public void Parse_Precision_IsRead(string name, Precision precision)
    {
        JsonNode options = JsonSerializer.SerializeToNode(ToyCases.Options, SegmentationOptions.Json)!;
        options["precision"] = name;
        Assert.Equal(precision, TrainOptionsReader.Parse(options.ToJsonString()).Precision);
        options.AsObject().Remove("precision");
        Assert.Equal(Precision.Full, TrainOptionsReader.Parse(options.ToJsonString()).Precision);
    }

    [Fact]
    public void Parse_Example_IsValid()
    {
        TrainOptions options = TrainOptionsReader.Read(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "train.json"));
        Assert.Equal([0, 1, 2], options.Classes.Select(c => c.Id));
    }

    [Theory]
    [InlineData("learnRate", "1", "learnRate", "not known")]
    [InlineData("batchSize", "0", "batchSize", "at least 1")]
    [InlineData("emaDecay", "1", "emaDecay", "1")]
    [InlineData("precision", "\"float16\"", "precision", "bfloat16")]
    [InlineData("intensity", "[{\"op\":\"sharpen\"}]", "intensity[0].op", "clip")]
    [InlineData("optimiser", "{\"kind\":\"lion\"}", "optimiser.kind", "sgd")]
    [InlineData("network", "{\"kind\":\"u-net-50\"}", "network.kind", "res-u-net-50")]
    [InlineData("network", "{\"kind\":\"genesis-u-net\",\"slope\":0.2}", "network.slope", "leave it out")]
    [InlineData("network", "{\"kind\":\"res-u-net-18\"}", "network.dimensionality", "2 spatial axes")]
    [InlineData("patchSize", "[8,8]", "patchSize", "3 sides")]
    [InlineData("patchSize", "[2048,2048,2048]", "patchSize", "numbers")]
    [InlineData("patchSize", "[2147483646,2147483646,2147483646]", "patchSize", "numbers")]
    [InlineData("patchSize", "[8,9,8]", "patchSize[1]", "multiple of 2")]
    [InlineData("fold", "5", "fold", "0..folds-1")]
    [InlineData("grid", "{\"orientation\":null,\"spacing\":null,\"size\":[16,16]}", "grid.size", "3 sides")]
    [InlineData("grid", "{\"orientation\":null,\"spacing\":[2,2,2],\"size\":[16,16,16]}", "grid.size", "must be null")]
    [InlineData("grid", "{\"orientation\":null,\"spacing\":null,\"size\":[16,16,16],\"order\":[\"normalise\"]}", "grid.order", "resample")]
    [InlineData("augmentation", "{\"operations\":[\"flip\",\"warp\"]}", "augmentation.operations[1]", "gt-aug-a")]
    [InlineData("augmentation", "{\"operations\":[\"brightness-contrast\"]}", "augmentation.operations[0]", "2-D")]
    [InlineData("augmentation", "{\"operations\":[\"nnu-net\",\"gamma\"]}", "augmentation.operations", "cannot be joined")]
    [InlineData("augmentation", "{\"synthetic\":{\"probability\":1.5}}", "augmentation.synthetic.probability", "1")]
    [InlineData("optimiser", "{\"accumulate\":0}", "optimiser.accumulate", "at least 1")]
    [InlineData("optimiser", "{\"schedule\":\"steps\"}", "optimiser.schedule", "plateau")]
    [InlineData("sampling", "{\"placement\":\"middle\"}", "sampling.placement", "over-sam")]
    [InlineData("loss", "{\"dice\":0,\"crossEntropy\":0}", "loss", "above 0")]
    public void Parse_FaultyValue_NamesTheKeyAndWhatIsAllowed(string key, string value, string named, string allowed)
    {
        JsonNode options = JsonSerializer.SerializeToNode(ToyCases.Options, SegmentationOptions.Json)!;
        options[key] = JsonNode.Parse(value);
        SegmentationException fault = Assert.Throws<SegmentationException>(() => TrainOptionsReader.Parse(options.ToJsonString()));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        KeyError error = Assert.Single(fault.Errors);
        Assert.Equal(named, error.Key);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("res-u-net-152", NetworkKind.ResUNet152, 32)]
    [InlineData("dense-u-net-201", NetworkKind.DenseUNet201, 32)]
    [InlineData("plain-u-net", NetworkKind.PlainUNet, 16)]
    [InlineData("trans-u-net", NetworkKind.TransUNet, 16)]
    public void Parse_KindOfNetwork_IsReadWithItsDivisor(string name, NetworkKind kind, int divisor)
    {
        JsonNode options = JsonSerializer.SerializeToNode(
            ToyCases.Options with { Network = new UNetOptions { Dimensionality = 2 }, PatchSize = [64, 96] }, SegmentationOptions.Json)!;
        options["network"]!["kind"] = name;
        TrainOptions read = TrainOptionsReader.Parse(options.ToJsonString());
        Assert.Equal((kind, divisor), (read.Network.Kind, read.Network.Divisor(1)));
        Assert.Equal(kind == NetworkKind.TransUNet ? [64, 96] : null, read.NetworkWithChannels().Sides);
        options["patchSize"] = new JsonArray(64, divisor + 8);
        Assert.Contains($"multiple of {divisor}", Assert.Throws<SegmentationException>(() => TrainOptionsReader.Parse(options.ToJsonString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_KindsOfNetworks_AreThoseOfTheCode()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "train.schema.json")))!;
        string[] kinds = [.. schema["properties"]!["network"]!["properties"]!["kind"]!["enum"]!.AsArray().Select(k => k!.GetValue<string>())];
        Assert.Equal(Enum.GetValues<NetworkKind>().Select(k => JsonSerializer.SerializeToNode(k, SegmentationOptions.Json)!.GetValue<string>()), kinds);
    }

    [Fact]
    public void Schema_Operations_AreThoseOfTheCode()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "train.schema.json")))!;
        JsonNode operations = schema["properties"]!["augmentation"]!["properties"]!["operations"]!["items"]!["enum"]!;
        Assert.Equal(
            Enum.GetValues<AugmentationOperation>().Select(o => JsonSerializer.SerializeToNode(o, SegmentationOptions.Json)!.GetValue<string>()),
            operations.AsArray().Select(o => o!.GetValue<string>()));
    }

    [Fact]
    public void Check_PlateauWithoutValidation_IsNamed()
    {
        TrainOptions options = ToyCases.Options with { ValidationCases = 0, Optimiser = new OptimiserOptions { Schedule = ScheduleKind.Plateau } };
        Assert.Equal("optimiser.schedule", Assert.Single(Assert.Throws<SegmentationException>(options.Check).Errors).Key);
    }

    [Fact]
    public void Parse_WrittenOptionsWithoutALimitOfTheGradient_HaveNone()
    {
        TrainOptions options = ToyCases.Options with { Optimiser = new OptimiserOptions { GradientNorm = null } };
        Assert.Null(TrainOptionsReader.Parse(JsonSerializer.Serialize(options, SegmentationOptions.Json)).Optimiser.GradientNorm);
    }

    [Fact]
    public void Parse_NotJson_SaysWhere() =>
        Assert.Contains("line 2", Assert.Throws<SegmentationException>(() => TrainOptionsReader.Parse("{\n oops")).Message, StringComparison.Ordinal);
}
