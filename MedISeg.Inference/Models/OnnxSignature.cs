using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MedISeg.Inference.Models;

/// <summary>Names and shapes of a network's input and output, checked against the manifest.</summary>
/// <param name="Input">Name of the graph input.</param>
/// <param name="Output">Name of the graph output.</param>
/// <param name="Channels">Inputs; in 2.5-D the network has a channel for each slice of each.</param>
/// <param name="Classes">Output channels.</param>
/// <param name="Dimensionality">2 or 3.</param>
/// <param name="Margin">Voxels that the output lacks on each side; in 2-D k counts neighbour slices.</param>
/// <param name="FixedBatch">Whether the graph takes one patch a call and no more.</param>
internal sealed record OnnxSignature(string Input, string Output, int Channels, int Classes, int Dimensionality, VoxelIndex Margin, bool FixedBatch)
{
    /// <summary>Shape [batch, channels, (k,) j, i] of the input; in 2-D the slices of a channel are channels too.</summary>
    public long[] InputShape(BatchSize size) => Shape(size.Count, Channels, size.Patch);

    /// <summary>Shape [batch, classes, (k,) j, i] of the output.</summary>
    public long[] OutputShape(BatchSize size) => Shape(size.Count, Classes, ScoreExtent(size.Patch));

    /// <summary>Extent of a patch's scores.</summary>
    public GridSize ScoreExtent(GridSize patch) => new(patch.Depth - 2 * Margin.K, patch.Height - 2 * Margin.J, patch.Width - 2 * Margin.I);

    /// <summary>Reads the graph's declarations.</summary>
    /// <exception cref="SegmentationException"><see cref="Imaging.Errors.ErrorCode.ModelFailed"/>: names, ranks, types or fixed sides that do not fit.</exception>
    public static OnnxSignature Read(InferenceSession session, ModelManifest manifest, string member)
    {
        ModelNetwork network = manifest.Network;
        string input = Pick(session.InputMetadata, network.Input, member, "input"), output = Pick(session.OutputMetadata, network.Output, member, "output");
        if (session.InputMetadata.Count > 1) throw Fail(member, $"has {session.InputMetadata.Count} inputs; one is needed");
        int classes = manifest.ScoreChannels();
        Check(session.InputMetadata[input], member, "input", manifest.NetworkChannels(), [.. network.PatchSize], manifest.Dimensionality);
        int[] sides = [.. network.PatchSize.Select((side, n) => side - 2 * (network.ValidPadding?[n] ?? 0))];
        Check(session.OutputMetadata[output], member, "output", classes, sides, manifest.Dimensionality);
        bool fixedBatch = session.InputMetadata[input].Dimensions[0] == 1 || session.OutputMetadata[output].Dimensions[0] == 1;
        return new OnnxSignature(input, output, manifest.Inputs.Count, classes, manifest.Dimensionality, manifest.Margin(), fixedBatch);
    }

    private long[] Shape(int batch, int channels, GridSize size) =>
        Dimensionality == 3 ? [batch, channels, size.Depth, size.Height, size.Width] : [batch, channels * size.Depth, size.Height, size.Width];

    private static string Pick(IReadOnlyDictionary<string, NodeMetadata> nodes, string? name, string member, string role)
    {
        if (name is null)
            return nodes.Count == 1 ? nodes.Keys.First() : throw Fail(member, $"has {nodes.Count} {role}s; name one in network.{role}");
        return nodes.ContainsKey(name)
            ? name
            : throw Fail(member, $"has no {role} of the name in network.{role}; it has {string.Join(", ", nodes.Keys.Order(StringComparer.Ordinal))}");
    }

    private static void Check(NodeMetadata node, string member, string role, int channels, int[] sides, int dimensionality)
    {
        if (!node.IsTensor || node.ElementDataType != TensorElementType.Float) throw Fail(member, $"has an {role} that is not a float tensor");
        int[] shape = node.Dimensions;
        if (shape.Length != dimensionality + 2)
            throw Fail(member, $"has an {role} of rank {shape.Length}; a {dimensionality}-D package needs {dimensionality + 2}");
        if (shape[0] > 1) throw Fail(member, $"has an {role} of fixed batch {shape[0]}; 1 is needed");
        if (shape[1] > 0 && shape[1] != channels) throw Fail(member, $"has an {role} of {shape[1]} channels; the manifest says {channels}");
        for (int n = 0; n < dimensionality; n++)
            if (shape[n + 2] > 0 && shape[n + 2] != sides[n])
                throw Fail(member, $"has an {role} of fixed side {shape[n + 2]} on axis {n}; the manifest says {sides[n]}");
    }

    private static SegmentationException Fail(string member, string what) => new(ErrorCode.ModelFailed, $"The package's {member} {what}.");
}
