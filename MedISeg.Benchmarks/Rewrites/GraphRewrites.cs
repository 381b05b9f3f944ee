using MedISeg.Training.Export;
using MedISeg.Training.Export.Generated;

namespace MedISeg.Benchmarks.Rewrites;

/// <summary>Other ways to write the layers of our networks, of the same values but for rounding; those that are not show what a layer costs
/// at most.</summary>
internal static class GraphRewrites
{
    /// <summary>All by name.</summary>
    public static IReadOnlyList<(string Name, GraphEditor.Rule Rule, bool SameValues)> All =>
    [
        ("fold batch normalisation into the convolution before", FoldBatchNorm, true),
        ("no bias before instance normalisation", DropBias, true),
        ("transposed convolution as 1x1 convolution and depth to space", TransposedAsDepthToSpace, true),
        ("instance normalisation as means and products", InstanceNormByParts, true),
        ("affine part of group normalisation as batch normalisation", GroupAffineAsBatchNorm, true),
        ("resize by linear in place of align-corners", ResizeHalfPixel, false),
        ("no resize but repetition", ResizeNearest, false),
        ("no instance normalisation", NoInstanceNorm, false),
    ];

    private static bool FoldBatchNorm(NodeProto conv, GraphEditor graph)
    {
        if (conv.OpType != "Conv" || graph.Next(conv, "BatchNormalization") is not { } norm) return false;
        float[] weights = graph.Weights(conv.Input[1]), scale = graph.Weights(norm.Input[1]), shift = graph.Weights(norm.Input[2]);
        float[] mean = graph.Weights(norm.Input[3]), variance = graph.Weights(norm.Input[4]);
        int outputs = scale.Length, each = weights.Length / outputs;
        float[] bias = conv.Input.Count > 2 ? graph.Weights(conv.Input[2]) : new float[outputs];
        for (int c = 0; c < outputs; c++)
        {
            float factor = scale[c] / MathF.Sqrt(variance[c] + norm.Attribute.Single(a => a.Name == "epsilon").F);
            for (int n = 0; n < each; n++) weights[c * each + n] *= factor;
            bias[c] = (bias[c] - mean[c]) * factor + shift[c];
        }
        string[] inputs = [conv.Input[0], graph.Weights(graph.Extents(conv.Input[1]), weights), graph.Weights([outputs], bias)];
        graph.Node("Conv", inputs, norm.Output[0], conv.Attribute);
        graph.Drop(norm);
        return true;
    }

    private static bool DropBias(NodeProto conv, GraphEditor graph)
    {
        if (conv.OpType != "Conv" || conv.Input.Count < 3 || graph.Next(conv, "InstanceNormalization") is null) return false;
        graph.Node("Conv", conv.Input.Take(2), conv.Output[0], conv.Attribute);
        return true;
    }

    private static bool TransposedAsDepthToSpace(NodeProto node, GraphEditor graph)
    {
        if (node.OpType != "ConvTranspose") return false;
        int[] extents = graph.Extents(node.Input[1]), kernel = extents[2..];
        int inputs = extents[0], outputs = extents[1], taps = kernel.Aggregate(1, (product, side) => product * side), axes = kernel.Length;
        float[] weights = graph.Weights(node.Input[1]), turned = new float[weights.Length];
        for (int i = 0; i < inputs; i++)
            for (int n = 0; n < outputs * taps; n++) turned[n * inputs + i] = weights[i * outputs * taps + n];
        float[] bias = [.. graph.Weights(node.Input[2]).SelectMany(value => Enumerable.Repeat(value, taps))];
        string conv = graph.Node(
            "Conv", [node.Input[0], graph.Weights([outputs * taps, inputs, .. Enumerable.Repeat(1, axes)], turned), graph.Weights([outputs * taps], bias)],
            null, OnnxGraph.Integers("kernel_shape", Enumerable.Repeat(1, axes)));
        // [batch, outputs, steps, sides] to [batch, outputs, side 0, step 0, side 1, ...].
        string shape = graph.Node("Shape", [node.Input[0]], null), batch = Part(graph, shape, 0, 1), sides = Part(graph, shape, 2, axes + 2);
        string apart = graph.Node("Concat", [batch, graph.Whole([outputs, .. kernel]), sides], null, OnnxGraph.Integer("axis", 0));
        string together = graph.Node(
            "Concat", [batch, graph.Whole(outputs), graph.Node("Mul", [sides, graph.Whole(kernel)], null)], null, OnnxGraph.Integer("axis", 0));
        int[] order = [0, 1, .. Enumerable.Range(0, axes).SelectMany(axis => new[] { 2 + axes + axis, 2 + axis })];
        string split = graph.Node("Reshape", [conv, apart], null);
        graph.Node("Reshape", [graph.Node("Transpose", [split], null, OnnxGraph.Integers("perm", order)), together], node.Output[0]);
        return true;
    }

    private static bool InstanceNormByParts(NodeProto node, GraphEditor graph)
    {
        if (node.OpType != "InstanceNormalization" || Outputs(graph, node) is not { } scale) return false;
        string flat = graph.Node("Reshape", [node.Input[0], graph.Whole(0, 0, -1)], null);
        string apart = graph.Node("Sub", [flat, Mean(flat)], null);
        string variance = Mean(graph.Node("Mul", [apart, apart], null));
        string epsilon = graph.Node("Constant", [], null, OnnxGraph.Number("value_float", node.Attribute.Single(a => a.Name == "epsilon").F));
        string deviation = graph.Node("Sqrt", [graph.Node("Add", [variance, epsilon], null)], null);
        string factor = graph.Node("Div", [graph.Weights([scale.Length, 1], scale), deviation], null);
        string shift = graph.Weights([scale.Length, 1], graph.Weights(node.Input[2]));
        string normal = graph.Node("Add", [graph.Node("Mul", [apart, factor], null), shift], null);
        graph.Node("Reshape", [normal, graph.Node("Shape", [node.Input[0]], null)], node.Output[0]);
        return true;

        string Mean(string value) => graph.Node("ReduceMean", [value], null, OnnxGraph.Integers("axes", [-1]));
    }

    private static bool GroupAffineAsBatchNorm(NodeProto node, GraphEditor graph)
    {
        if (node.OpType != "Unsqueeze") return false;
        // The exporter writes scale, shift and the two nodes that apply them side by side.
        return graph.Next(node, "Mul") is { } product && graph.Next(product, "Add") is { } sum && Affine(graph, node, product, sum);
    }

    private static bool Affine(GraphEditor graph, NodeProto scale, NodeProto product, NodeProto sum)
    {
        float[] factors = graph.Weights(scale.Input[0]);
        string shift = scale.Input[0].Replace(".weight", ".bias", StringComparison.Ordinal), extent = graph.Weights([factors.Length], new float[factors.Length]);
        string ones = graph.Weights([factors.Length], [.. Enumerable.Repeat(1f, factors.Length)]);
        graph.Node("BatchNormalization", [product.Input[0], scale.Input[0], shift, extent, ones], sum.Output[0], OnnxGraph.Number("epsilon", 0));
        graph.Drop(product);
        graph.Drop(sum);
        return true;
    }

    private static bool ResizeHalfPixel(NodeProto node, GraphEditor graph) => Resize(node, graph, "linear", "half_pixel");

    private static bool ResizeNearest(NodeProto node, GraphEditor graph) => Resize(node, graph, "nearest", "asymmetric");

    private static bool Resize(NodeProto node, GraphEditor graph, string mode, string coordinates)
    {
        if (node.OpType != "Resize") return false;
        graph.Node("Resize", node.Input, node.Output[0], OnnxGraph.Text("mode", mode), OnnxGraph.Text("coordinate_transformation_mode", coordinates));
        return true;
    }

    private static bool NoInstanceNorm(NodeProto node, GraphEditor graph)
    {
        if (node.OpType != "InstanceNormalization" || Outputs(graph, node) is null) return false;
        graph.Node("Identity", [node.Input[0]], node.Output[0]);
        return true;
    }

    /// <summary>The scale of an instance normalisation; null: it is part of a group normalisation.</summary>
    private static float[]? Outputs(GraphEditor graph, NodeProto node) =>
        node.Input[1].EndsWith(".weight", StringComparison.Ordinal) ? graph.Weights(node.Input[1]) : null;

    private static string Part(GraphEditor graph, string shape, int from, int to) => graph.Node("Slice", [shape, graph.Whole(from), graph.Whole(to)], null);
}
