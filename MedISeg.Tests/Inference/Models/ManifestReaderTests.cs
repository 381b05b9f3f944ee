using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Tests.Inference.Models;

public sealed class ManifestReaderTests
{
    [Fact]
    public void Parse_TheExample_ReadsEveryPart()
    {
        ModelManifest manifest = ManifestReader.Parse(Manifests.Example().ToJsonString());
        Assert.Equal(("phantom-kidney", "1", 3), (manifest.Name, manifest.Version, manifest.Dimensionality));
        Assert.Equal([3.0, 3.0, 3.0], manifest.Grid.Spacing);
        Assert.Equal(new ZScoreStep(30.5, 88), manifest.Intensity[1]);
        Assert.Equal(["Kidney"], manifest.Classes[1].Type!.Skip(2));
        Assert.Equal(50, Assert.IsType<RemoveSmallComponentsStep>(manifest.Defaults!.Postprocessing![0]).MinVolumeMm3);
    }

    [Theory]
    [InlineData("name", "\"Upper Case\"", "name", "must match")]
    [InlineData("nmae", "1", "nmae", "did you mean name")]
    [InlineData("dimensionality", "4", "dimensionality", "must be one of 2, 3; 4 was given")]
    [InlineData("inputs", "[]", "inputs", "at least 1 items")]
    [InlineData("grid.orientation", "\"LPX\"", "grid.orientation", "is not valid")]
    [InlineData("grid.orientation", "\"LRS\"", "grid.orientation", "three different axes")]
    [InlineData("grid.spacing", "[1, 1]", "grid.spacing", "must have 3 values")]
    [InlineData("grid.spacing", "[1, 0, 1]", "grid.spacing[1]", "must be above 0; 0 was given")]
    [InlineData("grid.order", "[\"orient\", \"resample\", \"crop\"]", "grid.order", "crop before resample")]
    [InlineData("grid.order", "[\"orient\"]", "grid.order", "must have resample")]
    [InlineData("grid.interpolation", "\"quintic\"", "grid.interpolation", "must be one of linear, cubic, nearest")]
    [InlineData("intensity", "[{\"op\":\"gamma\"}]", "intensity[0].op", "must be one of clip, percentile-clip, z-score, min-max, imagenet, channel-order")]
    [InlineData("intensity", "[{\"op\":\"clip\",\"min\":1}]", "intensity[0].max", "is missing")]
    [InlineData("intensity", "[{\"op\":\"clip\",\"min\":1,\"max\":0}]", "intensity[0]", "min at most max")]
    [InlineData("intensity", "[{\"op\":\"z-score\",\"mean\":1}]", "intensity[0]", "both mean and std")]
    [InlineData("intensity", "[{\"op\":\"z-score\",\"mask\":\"inside\"}]", "intensity[0]", "follow a clip")]
    [InlineData("intensity", "[{\"op\":\"min-max\",\"min\":1,\"max\":1}]", "intensity[0]", "min below max")]
    [InlineData("intensity", "[{\"op\":\"clip\",\"min\":0,\"max\":1,\"channel\":1}]", "intensity[0].channel", "must be below 1")]
    [InlineData("intensity", "[{\"op\":\"imagenet\"}]", "intensity[0]", "three channels")]
    [InlineData("intensity", "[{\"op\":\"channel-order\",\"order\":[0,1]}]", "intensity", "must end with 1 channels")]
    [InlineData("network.patchSize", "[64, 64]", "network.patchSize", "must have 3 values")]
    [InlineData("network.patchSize", "[0, 64, 64]", "network.patchSize[0]", "at least 1; 0 was given")]
    [InlineData("network.validPadding", "[32, 0, 0]", "network.validPadding[0]", "at least one voxel")]
    [InlineData("network", "{\"patchSize\":[64,64,64],\"activation\":\"none\",\"domain\":\"logits\"}", "network.domain", "probabilities with activation none")]
    [InlineData("network.activation", "\"tanh\"", "network.activation", "must be one of softmax, sigmoid, none")]
    [InlineData("classes", "[{\"id\":1,\"name\":\"a\"},{\"id\":0,\"name\":\"b\"}]", "classes[0].id", "must be 0, the background")]
    [InlineData("classes", "[{\"id\":0,\"name\":\"a\"},{\"id\":1,\"name\":\"b\"},{\"id\":1,\"name\":\"c\"},{\"id\":2,\"name\":\"d\"}]", "classes", "an id twice")]
    [InlineData("classes", "[{\"id\":0,\"name\":\"a\"},{\"id\":1,\"name\":\"b\"},{\"id\":2,\"name\":\"b\"}]", "classes", "a name twice")]
    [InlineData("regions", "[{\"labels\":[1,2],\"paint\":1}]", "regions", "must be null with softmax")]
    [InlineData("slices", "{\"neighbours\":1}", "slices", "must be null in 3-D")]
    [InlineData("slices", "{\"neighbours\":17}", "slices.neighbours", "at most 16; 17 was given")]
    [InlineData("slices", "{\"edges\":\"wrap\"}", "slices.edges", "must be one of edge, constant, reflect")]
    [InlineData("grid.anisotropy", "\"cubic\"", "grid.anisotropy", "must be one of none, nearest, linear")]
    [InlineData("cascade", "{\"model\":\"low\",\"version\":\"1\",\"labels\":[1]}", "cascade.marginMm", "is missing")]
    [InlineData("cascade", "{\"model\":\"low\",\"version\":\"1\",\"labels\":[0],\"marginMm\":5}", "cascade.labels[0]", "at least 1 and at most 65535; 0 was given")]
    [InlineData("cascade", "{\"model\":\"phantom-kidney\",\"version\":\"1\",\"labels\":[1],\"marginMm\":5}", "cascade.model", "another package")]
    [InlineData("members", "[{\"file\":\"../x.onnx\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}]", "members[0].file", "must match")]
    [InlineData("members", "[{\"file\":\"x.onnx\",\"sha256\":\"00\"}]", "members[0].sha256", "must match")]
    [InlineData("views.allowed", "[\"flip-z\"]", "views.allowed[0]", "must match")]
    [InlineData("views.labelSwap", "{\"flip-ji\":[[1,2]]}", "views.labelSwap.flip-ji", "a view that mirrors")]
    [InlineData("views.labelSwap", "{\"flip-i\":[[1,7]]}", "views.labelSwap.flip-i", "class ids of the package")]
    [InlineData("defaults", "{\"slidingWindow\":{\"overlap\":[1]}}", "defaults.slidingWindow.overlap[0]", "below 1")]
    [InlineData("defaults", "{\"tta\":{\"views\":[\"flip-kj\"]}}", "defaults.tta.views[0]", "it allows flip-k, flip-j, flip-i")]
    [InlineData("calibration", "{\"temperature\":0}", "calibration.temperature", "must be above 0")]
    public void Parse_OneFault_NamesItsKey(string path, string value, string key, string message)
    {
        SegmentationException e = Assert.Throws<SegmentationException>(() => ManifestReader.Parse(With(path, value)));
        Assert.Equal(ErrorCode.ModelFailed, e.Code);
        KeyError error = Assert.Single(e.Errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_QuarterTurnOnUnequalPatchOrSpacing_IsRefused()
    {
        JsonNode manifest = Manifests.Example();
        manifest["views"]!["allowed"] = new JsonArray("rot90-kj-1", "rot90-ji-2");
        manifest["network"]!["patchSize"] = new JsonArray(32, 64, 64);
        SegmentationException e = Assert.Throws<SegmentationException>(() => ManifestReader.Parse(manifest.ToJsonString()));
        Assert.Equal("views.allowed[0]", Assert.Single(e.Errors).Key);
        Assert.Contains("equal patch sides in its plane; they are 32 and 64", e.Message, StringComparison.Ordinal);
        manifest["network"]!["patchSize"] = new JsonArray(64, 64, 64);
        manifest["grid"]!["spacing"] = new JsonArray(3.0, 3.0, 1.5);
        e = Assert.Throws<SegmentationException>(() => ManifestReader.Parse(manifest.ToJsonString()));
        Assert.Equal("views.allowed[1]", Assert.Single(e.Errors).Key);
        Assert.Contains("equal spacing in its plane; it is 3 and 1.5 mm", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("grid")]
    [InlineData("members")]
    public void Parse_MissingKey_IsNamed(string key)
    {
        JsonNode manifest = Manifests.Example();
        manifest.AsObject().Remove(key);
        SegmentationException e = Assert.Throws<SegmentationException>(() => ManifestReader.Parse(manifest.ToJsonString()));
        Assert.Equal(new KeyError(key, "is missing"), Assert.Single(e.Errors));
    }

    [Fact]
    public void Parse_PlanesApartInTwoDimensions_IsRefused()
    {
        ModelManifest manifest = Manifests.TwoD();
        string json = JsonSerializer.Serialize(manifest with { Grid = manifest.Grid with { Anisotropy = AnisotropyKind.Nearest } }, SegmentationOptions.Json);
        SegmentationException e = Assert.Throws<SegmentationException>(() => ManifestReader.Parse(json));
        Assert.Equal("grid.anisotropy", Assert.Single(e.Errors).Key);
    }

    [Fact]
    public void Parse_Slices_AreRead()
    {
        ModelManifest manifest = Manifests.TwoD() with { Slices = new ModelSlices { Neighbours = 2, Edges = PaddingKind.Reflect, Statistics = SliceStatistics.Volume } };
        ModelManifest read = ManifestReader.Parse(JsonSerializer.Serialize(manifest, SegmentationOptions.Json));
        Assert.Equal(manifest.Slices, read.Slices);
        Assert.Equal((new GridSize(5, 64, 64), new GridSize(1, 64, 64), new VoxelIndex(2, 0, 0), 5),
            (read.PatchExtent(), read.ScoreExtent(), read.Margin(), read.NetworkChannels()));
    }

    [Fact]
    public void Parse_NoJson_IsRefused() =>
        Assert.Equal(ErrorCode.ModelFailed, Assert.Throws<SegmentationException>(() => ManifestReader.Parse("{")).Code);

    private static string With(string path, string value)
    {
        JsonNode root = Manifests.Example(), node = root;
        string[] parts = path.Split('.');
        foreach (string part in parts[..^1]) node = node[part]!;
        node[parts[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
