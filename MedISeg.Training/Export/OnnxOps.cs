using MedISeg.Training.Networks;

namespace MedISeg.Training.Export;

/// <summary>Writes a network as ONNX nodes; initialisers carry the parameters' state names.</summary>
/// <param name="graph">Receives nodes and weights.</param>
/// <param name="weights">Values by state name.</param>
/// <param name="overSlices">Whether 3-D convolutions become 2-D ones over slices (<see cref="OnnxFile.Write"/>).</param>
internal sealed class OnnxOps(OnnxGraph graph, IReadOnlyDictionary<string, float[]> weights, bool overSlices = false) : IOps<string>
{
    /// <inheritdoc />
    public string Conv(string input, ConvLayer layer) => overSlices && layer.Kernel.Count == 3 && layer.Kernel.Any(side => side > 1)
        ? ConvOverSlices(input, layer)
        : Conv(input, ConvWeights(layer), layer.Kernel, layer.Stride, layer.Padding);

    /// <inheritdoc />
    public string ConvTranspose(string input, ConvLayer layer) => graph.Node(
        "ConvTranspose", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Integers("kernel_shape", layer.Kernel), OnnxGraph.Integers("strides", layer.Stride));

    /// <inheritdoc />
    public string Norm(string input, NormLayer layer) => layer.Kind == NormKind.Group ? GroupNorm(input, layer) : graph.Node(
        layer.Kind == NormKind.Batch ? "BatchNormalization" : "InstanceNormalization", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Number("epsilon", layer.Epsilon));

    /// <inheritdoc />
    public string Activation(string input, double slope) =>
        slope == 0 ? graph.Node("Relu", [input]) : graph.Node("LeakyRelu", [input], OnnxGraph.Number("alpha", slope));

    /// <inheritdoc />
    public string Add(string first, string second) => graph.Node("Add", [first, second]);

    /// <inheritdoc />
    public string MaxPool(string input, int kernel, int padding, int dimensions) => graph.Node(
        "MaxPool", [input],
        OnnxGraph.Integers("kernel_shape", Enumerable.Repeat(kernel, dimensions)), OnnxGraph.Integers("strides", Enumerable.Repeat(2, dimensions)),
        OnnxGraph.Integers("pads", Enumerable.Repeat(padding, 2 * dimensions)));

    /// <inheritdoc />
    public string MeanPool(string input, IReadOnlyList<int> block) => graph.Node(
        "AveragePool", [input], OnnxGraph.Integers("kernel_shape", block), OnnxGraph.Integers("strides", block));

    /// <inheritdoc />
    public string Double(string input) => graph.Node(
        "Resize", [input, "", graph.Node("Constant", [], OnnxGraph.Numbers("value_floats", [1, 1, 2, 2]))],
        OnnxGraph.Text("mode", "linear"), OnnxGraph.Text("coordinate_transformation_mode", "align_corners"));

    /// <inheritdoc />
    public string DropChannels(string input, double rate) => input;

    /// <inheritdoc />
    public string DropElements(string input, double rate) => input;

    /// <inheritdoc />
    public string PadEnd(string input) => graph.Node("Pad", [input, Whole(0, 0, 0, 0, 0, 0, 1, 1)]);

    /// <inheritdoc />
    public string ToTokens(string input) => Transpose(graph.Node("Reshape", [input, Whole(0, 0, -1)]), 0, 2, 1);

    /// <inheritdoc />
    public string FromTokens(string input, int height, int width) =>
        graph.Node("Reshape", [Transpose(input, 0, 2, 1), Whole(0, 0, height, width)]);

    /// <inheritdoc />
    public string AddLearned(string input, ParameterInfo parameter) => Add(input, Weights([parameter]).Single());

    /// <inheritdoc />
    public string Linear(string input, LinearLayer layer)
    {
        string[] tensors = [.. Weights(layer.Parameters())];
        return Add(graph.Node("MatMul", [input, Transpose(tensors[0], 1, 0)]), tensors[1]);
    }

    /// <inheritdoc />
    public string LayerNorm(string input, NormLayer layer) => graph.Node(
        "LayerNormalization", [input, .. Weights(layer.Parameters())], OnnxGraph.Integer("axis", -1), OnnxGraph.Number("epsilon", layer.Epsilon));

    /// <inheritdoc />
    public string Gelu(string input)
    {
        // Operator set 17 has no Gelu.
        string erf = graph.Node("Erf", [graph.Node("Mul", [input, Constant(Math.Sqrt(0.5))])]);
        return graph.Node("Mul", [graph.Node("Mul", [input, Add(erf, Constant(1))]), Constant(0.5)]);
    }

    /// <inheritdoc />
    public string Attention(string query, string key, string value, int heads, int channels)
    {
        int share = channels / heads;
        string Split(string t, params int[] order) => Transpose(graph.Node("Reshape", [t, Whole(0, 0, heads, share)]), order);
        string products = graph.Node("MatMul", [Split(query, 0, 2, 1, 3), Split(key, 0, 2, 3, 1)]);
        string weighted = graph.Node("Softmax", [graph.Node("Mul", [products, Constant(1 / Math.Sqrt(share))])], OnnxGraph.Integer("axis", -1));
        string mixed = Transpose(graph.Node("MatMul", [weighted, Split(value, 0, 2, 1, 3)]), 0, 2, 1, 3);
        return graph.Node("Reshape", [mixed, Whole(0, 0, channels)]);
    }

    /// <inheritdoc />
    public string Concat(string first, string second) => graph.Node("Concat", [first, second], OnnxGraph.Integer("axis", 1));

    private string Conv(string input, IEnumerable<string> tensors, IEnumerable<int> kernel, IEnumerable<int> stride, IEnumerable<int> padding) => graph.Node(
        "Conv", [input, .. tensors],
        OnnxGraph.Integers("kernel_shape", kernel), OnnxGraph.Integers("strides", stride), OnnxGraph.Integers("pads", padding.Concat(padding)));

    /// <summary>Each slice with its neighbours under the kernel as channels of an image. Weights keep the form that other programs read.</summary>
    private string ConvOverSlices(string input, ConvLayer layer)
    {
        int deep = layer.Kernel[0], edge = layer.Padding[0];
        string[] tensors = [.. ConvWeights(layer)];
        string planar = graph.Node(
            "Reshape", [Transpose(tensors[0], 0, 2, 1, 3, 4), Whole(layer.Outputs, deep * layer.Inputs, layer.Kernel[1], layer.Kernel[2])]);
        // [batch, channels, depth, ...] to [batch, depth, channels, ...], with zeros before and behind.
        string slices = Transpose(edge == 0 ? input : graph.Node("Pad", [input, Whole(0, 0, edge, 0, 0, 0, 0, edge, 0, 0)]), 0, 2, 1, 3, 4);
        string[] shifted = [.. Enumerable.Range(0, deep).Select(k => Slice(slices, k, k + 1 == deep ? int.MaxValue : k + 1 - deep, 1, layer.Stride[0]))];
        string stacked = deep == 1 ? shifted[0] : graph.Node("Concat", shifted, OnnxGraph.Integer("axis", 2));
        string shape = graph.Node("Shape", [input]);
        string images = graph.Node("Reshape", [stacked, Join(Whole(-1, deep * layer.Inputs), Slice(shape, 3, 5, 0, 1))]);
        string result = Conv(images, [planar, .. tensors.Skip(1)], layer.Kernel.Skip(1), layer.Stride.Skip(1), layer.Padding.Skip(1));
        string apart = Join(Slice(shape, 0, 1, 0, 1), Whole(-1, layer.Outputs), Slice(graph.Node("Shape", [result]), 2, 4, 0, 1));
        return Transpose(graph.Node("Reshape", [result, apart]), 0, 2, 1, 3, 4);
    }

    private string Slice(string input, int from, int to, int axis, int step) => graph.Node("Slice", [input, Whole(from), Whole(to), Whole(axis), Whole(step)]);

    private string Join(params string[] parts) => graph.Node("Concat", parts, OnnxGraph.Integer("axis", 0));

    /// <summary>Operator set 17 has no group normalisation: each group becomes a channel of an instance normalisation.</summary>
    private string GroupNorm(string input, NormLayer layer)
    {
        string[] affine = [.. Weights(layer.Parameters())];
        string ones = graph.Node("Constant", [], OnnxGraph.Numbers("value_floats", Enumerable.Repeat(1f, layer.Groups)));
        string zeros = graph.Node("Constant", [], OnnxGraph.Numbers("value_floats", Enumerable.Repeat(0f, layer.Groups)));
        string grouped = graph.Node("Reshape", [input, Whole(0, layer.Groups, -1)]);
        string normal = graph.Node("InstanceNormalization", [grouped, ones, zeros], OnnxGraph.Number("epsilon", layer.Epsilon));
        string back = graph.Node("Reshape", [normal, graph.Node("Shape", [input])]);
        // [channels] to [channels, 1, ...]: as many trailing axes as the value has spatial ones.
        string sides = Whole([.. Enumerable.Range(1, layer.Dimensions)]);
        return graph.Node("Add", [
            graph.Node("Mul", [back, graph.Node("Unsqueeze", [affine[0], sides])]), graph.Node("Unsqueeze", [affine[1], sides])]);
    }

    private string[] ConvWeights(ConvLayer layer)
    {
        string[] tensors = [.. Weights(layer.Parameters())];
        if (!layer.Standardised) return tensors;
        string Mean(string t) => graph.Node("ReduceMean", [t], OnnxGraph.Integers("axes", [1, 2, 3]));
        string apart = graph.Node("Sub", [tensors[0], Mean(tensors[0])]);
        string variance = Mean(graph.Node("Mul", [apart, apart]));
        string deviation = graph.Node("Sqrt", [Add(variance, Constant(ConvLayer.StandardEpsilon))]);
        return [graph.Node("Div", [apart, deviation]), .. tensors.Skip(1)];
    }

    private string Transpose(string input, params int[] order) => graph.Node("Transpose", [input], OnnxGraph.Integers("perm", order));

    private string Constant(double value) => graph.Node("Constant", [], OnnxGraph.Number("value_float", value));

    private string Whole(params int[] values) => graph.Node("Constant", [], OnnxGraph.Integers("value_ints", values));

    private IEnumerable<string> Weights(IEnumerable<ParameterInfo> parameters) =>
        parameters.Select(p => graph.Initialiser(p.Name, p.Shape, weights[p.Name]));
}
