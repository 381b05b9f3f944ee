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

    /// <summary>Writes a network with free batch and sides.</summary>
    /// <param name="network">Layers.</param>
    /// <param name="weights">Values by state name.</param>
    public static byte[] Write(Network network, IReadOnlyDictionary<string, float[]> weights)
    {
        OnnxGraph graph = new();
        string logits = network.Run(new OnnxOps(graph, weights), Input);
        string[] sides = network.Options.Dimensionality == 3 ? ["depth", "height", "width"] : ["height", "width"];
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
