using System.Runtime.InteropServices;
using Google.Protobuf;
using MedISeg.Training.Export.Generated;

namespace MedISeg.Training.Export;

/// <summary>Builds one ONNX graph: IR version 8, operator set 17, weights inside.</summary>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8, OperatorSet = 17, Float32 = 1;
    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly HashSet<string> _initialisers = [];
    private int _values;

    /// <summary>Adds a tensor of weights once; a second call with its name changes nothing.</summary>
    /// <param name="name">State name of the parameter.</param>
    /// <param name="shape">Extents.</param>
    /// <param name="values">Row-major.</param>
    /// <returns>The name.</returns>
    public string Initialiser(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
    {
        if (!_initialisers.Add(name)) return name;
        TensorProto tensor = new() { Name = name, DataType = Float32, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">ONNX operator.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="attributes">Attributes.</param>
    /// <returns>Name of the output.</returns>
    public string Node(string operation, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        string output = $"{operation}_{_values++}";
        NodeProto node = new() { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>Closes the graph.</summary>
    /// <param name="input">Name and shape of the image: numbers for fixed extents, texts for free ones.</param>
    /// <param name="result">Value that becomes the output.</param>
    /// <param name="output">Name and shape of the output.</param>
    /// <returns>The file's bytes.</returns>
    public byte[] Finish((string Name, IReadOnlyList<object> Shape) input, string result, (string Name, IReadOnlyList<object> Shape) output)
    {
        // The last node writes the output's name itself: no node is spent on renaming.
        NodeProto last = _graph.Node.Single(node => node.Output[0] == result);
        last.Output[0] = output.Name;
        _graph.Input.Add(Value(input.Name, input.Shape));
        _graph.Output.Add(Value(output.Name, output.Shape));
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "MedISeg", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        return model.ToByteArray();
    }

    /// <summary>An attribute of whole numbers.</summary>
    public static AttributeProto Integers(string name, IEnumerable<int> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values.Select(value => (long)value));
        return attribute;
    }

    /// <summary>An attribute of one whole number.</summary>
    public static AttributeProto Integer(string name, int value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>An attribute of one number.</summary>
    public static AttributeProto Number(string name, double value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    /// <summary>An attribute of numbers.</summary>
    public static AttributeProto Numbers(string name, IEnumerable<float> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    /// <summary>An attribute of text.</summary>
    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    private static ValueInfoProto Value(string name, IReadOnlyList<object> extents)
    {
        TensorShapeProto shape = new();
        foreach (object extent in extents)
            shape.Dim.Add(extent is string free
                ? new TensorShapeProto.Types.Dimension { DimParam = free }
                : new TensorShapeProto.Types.Dimension { DimValue = (int)extent });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float32, Shape = shape } } };
    }
}
