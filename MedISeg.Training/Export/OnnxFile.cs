using System.Runtime.InteropServices;
using MedISeg.Training.Export.Generated;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Export;

/// <summary>Turns networks into ONNX files and back into weights.</summary>
internal static class OnnxFile
{
    /// <summary>Name of the graph's input, shape [batch, channels, spatial].</summary>
    public const string Input = "image";

    /// <summary>Name of the graph's output, shape [batch, classes, spatial].</summary>
    public const string Output = "logits";

    /// <summary>Writes a network with free batch and sides; sides are fixed where the network learns positions.</summary>
    /// <param name="network">Layers.</param>
    /// <param name="weights">Values by state name.</param>
    /// <param name="overSlices">Whether 3-D convolutions are written as 2-D ones over slices, with the neighbours under the kernel as channels: ONNX
    /// Runtime has faster ones of these on a processor.</param>
    public static byte[] Write(Network network, IReadOnlyDictionary<string, float[]> weights, bool overSlices = false)
    {
        OnnxGraph graph = new();
        string logits = network.Run(new OnnxOps(graph, weights, overSlices), Input);
        object[] sides = network.Options.Sides is { } bound ? [.. bound.Cast<object>()]
            : network.Options.Dimensionality == 3 ? ["depth", "height", "width"] : ["height", "width"];
        return graph.Finish(
            (Input, ["batch", network.Options.InputChannels, .. sides]), logits, (Output, ["batch", network.Options.Classes, .. sides]));
    }

    /// <summary>The weights of a file by name.</summary>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">Not an ONNX file.</exception>
    public static IReadOnlyDictionary<string, float[]> ReadWeights(byte[] file)
    {
        Dictionary<string, float[]> weights = [];
        foreach (TensorProto tensor in ModelProto.Parser.ParseFrom(file).Graph.Initializer)
            weights.Add(tensor.Name, MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray());
        return weights;
    }
}
