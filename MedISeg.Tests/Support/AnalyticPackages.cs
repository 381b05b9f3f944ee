using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Training.Export.Generated;

namespace MedISeg.Tests.Support;

/// <summary>Writes packages whose network is one pointwise convolution, so that any image can be segmented with a known truth.</summary>
public static class AnalyticPackages
{
    /// <summary>Writes <c>root/name/version</c> and returns that folder.</summary>
    public static string Write(string root, AnalyticPackageOptions options)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, options.Name, options.Version)).FullName;
        List<ModelMember> members = [];
        for (int m = 0; m < options.Members; m++)
        {
            byte[] onnx = Network(options, m).ToByteArray();
            string file = $"member-{m}.onnx";
            File.WriteAllBytes(Path.Combine(folder, file), onnx);
            members.Add(new ModelMember { File = file, Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)) });
        }
        ModelManifest manifest = options.Change(Manifest(options, members));
        File.WriteAllText(Path.Combine(folder, "model.json"), JsonSerializer.Serialize(manifest, SegmentationOptions.Json));
        return folder;
    }

    /// <summary>Writes one package into a folder and loads it; dispose the catalog.</summary>
    public static (ModelCatalog Catalog, LoadedModel Model) Load(string root, AnalyticPackageOptions options)
    {
        Write(root, options);
        ModelCatalog catalog = new(new ModelCatalogOptions { Root = root, Providers = ["cpu"], Threads = 1 });
        return (catalog, catalog.Load(options.Name, options.Version, CancellationToken.None));
    }

    /// <summary>Label that the network gives a value far from other values.</summary>
    public static int Label(AnalyticPackageOptions options, double value)
    {
        int above = options.Thresholds.Count(threshold => value > threshold);
        return above == 0 ? 0 : options.ClassIds?[above - 1] ?? above;
    }

    private static ModelManifest Manifest(AnalyticPackageOptions options, IReadOnlyList<ModelMember> members)
    {
        bool three = options.Dimensionality == 3;
        IReadOnlyList<int> patch = options.PatchSize ?? (three ? [8, 12, 12] : [12, 12]);
        string[] allowed = [.. PatchView.Names.Where(name =>
            (three || !name.Contains('k', StringComparison.Ordinal) || name == "flip-ji") && Turnable(name, patch, options.Spacing))];
        return new ModelManifest
        {
            SchemaVersion = 1,
            Name = options.Name,
            Version = options.Version,
            Task = "thresholds",
            IntendedUse = "tests",
            Licence = "Apache-2.0",
            Dimensionality = options.Dimensionality,
            Inputs = [.. Enumerable.Range(0, options.Channels).Select(c => new ModelInput { Name = $"channel-{c}" })],
            Slices = options.Neighbours > 0 ? new ModelSlices { Neighbours = options.Neighbours } : null,
            Grid = new ModelGrid { Orientation = options.Orientation, Spacing = options.Spacing },
            Intensity = [],
            Network = new ModelNetwork
            {
                PatchSize = patch,
                ValidPadding = [.. patch.Select(_ => options.ValidPadding)],
                Activation = options.Activation,
                Domain = options.Domain,
            },
            Classes =
            [
                new ModelClass { Id = 0, Name = "background" },
                .. options.Thresholds.Select((_, c) => new ModelClass { Id = options.ClassIds?[c] ?? c + 1, Name = $"class-{c + 1}", Colour = "#b96b4b" }),
            ],
            Members = members,
            Views = new ModelViews { Allowed = options.AllowedViews ?? allowed },
        };
    }

    /// <summary>Flips always fit; of the quarter turns only those in (j, i), where patch and spacing are square.</summary>
    private static bool Turnable(string name, IReadOnlyList<int> patch, IReadOnlyList<double>? spacing) =>
        name.StartsWith("flip-", StringComparison.Ordinal)
        || name.StartsWith("rot90-ji-", StringComparison.Ordinal) && patch[^1] == patch[^2] && (spacing is null || spacing[^1] == spacing[^2]);

    /// <summary>Logit of class c: steepness * (c * value - the sum of the first c thresholds), so that neighbours cross at thresholds.</summary>
    private static ModelProto Network(AnalyticPackageOptions options, int member)
    {
        int dimensions = options.Dimensionality, side = 1 + 2 * options.ValidPadding, kernel = (int)Math.Pow(side, dimensions);
        bool regions = options.Activation == ActivationKind.Sigmoid;
        int classes = options.Thresholds.Count + (regions ? 0 : 1);
        int inputs = options.Channels * (2 * options.Neighbours + 1), hidden = options.HiddenChannels, channels = hidden > 0 ? hidden : inputs;
        float[] weights = new float[classes * channels * kernel], bias = new float[classes];
        double shift = member * options.MemberShift;
        for (int c = 0; c < classes; c++)
        {
            double slope = options.Steepness * (regions ? 1 : c);
            bias[c] = (float)-(options.Steepness * (regions ? options.Thresholds[c] + shift : options.Thresholds.Take(c).Sum(t => t + shift)));
            for (int channel = 0; channel < channels; channel++)
                weights[(c * channels + channel) * kernel + kernel / 2] = (float)(slope * (options.ChannelWeights?[channel] ?? 1));
        }
        long[] kernelShape = [.. Enumerable.Repeat((long)side, dimensions)];
        NodeProto conv = Convolution("conv", [hidden > 0 ? "hidden" : "input", "weight", "bias"], "output", kernelShape);
        IReadOnlyList<int> patch = options.PatchSize ?? (dimensions == 3 ? [8, 12, 12] : [12, 12]);
        ModelProto model = new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto
            {
                Name = "analytic",
                Node = { conv },
                Initializer =
                {
                    Tensor("weight", weights, [classes, channels, .. kernelShape]),
                    Tensor("bias", bias, [classes]),
                },
                Input = { Value("input", inputs, [.. patch.Select(p => options.FixedShape ? p : 0)]) },
                Output = { Value("output", classes, [.. patch.Select(p => options.FixedShape ? p - 2 * options.ValidPadding : 0)]) },
            },
        };
        if (hidden == 0) return model;
        // Every hidden channel is the inputs' share, so that their sum is the sum of the inputs again.
        long[] pointwise = [.. Enumerable.Repeat(1L, dimensions)];
        model.Graph.Node.Insert(0, Convolution("widen", ["input", "widening"], "hidden", pointwise));
        float[] shares = [.. Enumerable.Repeat(1f / hidden, hidden * inputs)];
        model.Graph.Initializer.Add(Tensor("widening", shares, [hidden, inputs, .. pointwise]));
        return model;
    }

    private static NodeProto Convolution(string name, string[] inputs, string output, long[] kernelShape)
    {
        NodeProto conv = new() { OpType = "Conv", Name = name, Input = { inputs }, Output = { output } };
        conv.Attribute.Add(new AttributeProto { Name = "kernel_shape", Type = AttributeProto.Types.AttributeType.Ints, Ints = { kernelShape } });
        return conv;
    }

    private static TensorProto Tensor(string name, float[] values, long[] shape) => new()
    {
        Name = name,
        DataType = 1,
        Dims = { shape },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
    };

    /// <summary>A float tensor [batch, channels, sides]; a side of 0 is dynamic, and with it the batch, which is else 1.</summary>
    private static ValueInfoProto Value(string name, int channels, int[] sides)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(sides.Contains(0)
            ? new TensorShapeProto.Types.Dimension { DimParam = "batch" }
            : new TensorShapeProto.Types.Dimension { DimValue = 1 });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = channels });
        for (int n = 0; n < sides.Length; n++)
            shape.Dim.Add(sides[n] > 0
                ? new TensorShapeProto.Types.Dimension { DimValue = sides[n] }
                : new TensorShapeProto.Types.Dimension { DimParam = $"{name}-side-{n}" });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }
}
