using MedISeg.Training.Networks;

namespace MedISeg.Training.Export;

/// <summary>Writes a network as ONNX nodes; initialisers carry the parameters' state names.</summary>
/// <param name="graph">Receives nodes and weights.</param>
/// <param name="weights">Values by state name.</param>
internal sealed class OnnxOps(OnnxGraph graph, IReadOnlyDictionary<string, float[]> weights) : IOps<string>
{
    /// <inheritdoc />
    public string Conv(string input, ConvLayer layer) => graph.Node(
        "Conv", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Integers("kernel_shape", layer.Kernel), OnnxGraph.Integers("strides", layer.Stride),
        OnnxGraph.Integers("pads", layer.Padding.Concat(layer.Padding)));

    /// <inheritdoc />
    public string ConvTranspose(string input, ConvLayer layer) => graph.Node(
        "ConvTranspose", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Integers("kernel_shape", layer.Kernel), OnnxGraph.Integers("strides", layer.Stride));

    /// <inheritdoc />
    public string Norm(string input, NormLayer layer) => graph.Node(
        layer.Kind == NormKind.Batch ? "BatchNormalization" : "InstanceNormalization", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Number("epsilon", layer.Epsilon));

    /// <inheritdoc />
    public string Activation(string input, double slope) =>
        slope == 0 ? graph.Node("Relu", [input]) : graph.Node("LeakyRelu", [input], OnnxGraph.Number("alpha", slope));

    /// <inheritdoc />
    public string Add(string first, string second) => graph.Node("Add", [first, second]);

    /// <inheritdoc />
    public string Concat(string first, string second) => graph.Node("Concat", [first, second], OnnxGraph.Integer("axis", 1));

    private IEnumerable<string> Weights(IEnumerable<ParameterInfo> parameters) =>
        parameters.Select(p => graph.Initialiser(p.Name, p.Shape, weights[p.Name]));
}
