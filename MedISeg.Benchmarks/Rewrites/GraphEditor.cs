using System.Runtime.InteropServices;
using Google.Protobuf;
using MedISeg.Training.Export;
using MedISeg.Training.Export.Generated;

namespace MedISeg.Benchmarks.Rewrites;

/// <summary>Replaces nodes of a network's graph by others with the same output.</summary>
internal sealed class GraphEditor
{
    private const int Float32 = 1;
    private readonly ModelProto _model;
    private readonly List<NodeProto> _nodes = [], _old;
    private readonly HashSet<NodeProto> _gone = [];
    private int _values;

    private GraphEditor(byte[] file)
    {
        _model = ModelProto.Parser.ParseFrom(file);
        _old = [.. _model.Graph.Node];
    }

    /// <summary>Replaces a node by adding others, the last with its output; false where it stays.</summary>
    public delegate bool Rule(NodeProto node, GraphEditor graph);

    /// <summary>Offers each node to a rule.</summary>
    /// <returns>The new file and the number of nodes replaced.</returns>
    public static (byte[] File, int Replaced) Apply(byte[] file, Rule rule)
    {
        GraphEditor graph = new(file);
        int replaced = 0;
        foreach (NodeProto node in graph._old)
        {
            if (graph._gone.Contains(node)) continue;
            if (rule(node, graph)) replaced++;
            else graph._nodes.Add(node);
        }
        graph._model.Graph.Node.Clear();
        graph._model.Graph.Node.AddRange(graph._nodes);
        return (graph._model.ToByteArray(), replaced);
    }

    /// <summary>The only node that takes a node's output; null: there are several, or it has another operator.</summary>
    public NodeProto? Next(NodeProto node, string operation) =>
        _old.Where(other => other.Input.Contains(node.Output[0])).ToList() is [var only] && only.OpType == operation ? only : null;

    /// <summary>Leaves a node out that comes later.</summary>
    public void Drop(NodeProto node) => _gone.Add(node);

    /// <summary>Values of a tensor of weights.</summary>
    public float[] Weights(string name) => MemoryMarshal.Cast<byte, float>(Tensor(name).RawData.Span).ToArray();

    /// <summary>Extents of a tensor of weights.</summary>
    public int[] Extents(string name) => [.. Tensor(name).Dims.Select(side => (int)side)];

    /// <summary>Adds a tensor of weights.</summary>
    /// <returns>Its name.</returns>
    public string Weights(IEnumerable<int> extents, float[] values)
    {
        TensorProto tensor = new() { Name = $"rewritten_{_values++}", DataType = Float32, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };
        tensor.Dims.AddRange(extents.Select(side => (long)side));
        _model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds whole numbers.</summary>
    public string Whole(params IEnumerable<int> values) => Node("Constant", [], null, OnnxGraph.Integers("value_ints", values));

    /// <summary>Adds a node.</summary>
    /// <param name="operation">Operator.</param>
    /// <param name="inputs">Values.</param>
    /// <param name="output">Name of its output; null: a new one.</param>
    /// <param name="attributes">Attributes.</param>
    public string Node(string operation, IEnumerable<string> inputs, string? output, params IEnumerable<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = operation };
        node.Input.AddRange(inputs);
        node.Output.Add(output ?? $"value_{_values++}");
        node.Attribute.AddRange(attributes);
        _nodes.Add(node);
        return node.Output[0];
    }

    private TensorProto Tensor(string name) => _model.Graph.Initializer.Single(tensor => tensor.Name == name);
}
