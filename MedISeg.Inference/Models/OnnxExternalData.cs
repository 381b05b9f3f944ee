namespace MedISeg.Inference.Models;

/// <summary>Finds tensors of an ONNX file whose data lies in another file.</summary>
/// <remarks>
/// All external data is refused, also inside the package's folder: the manifest's hash covers the .onnx file alone, and a path in it
/// could name any file of the host. Reads only the protobuf wire format, along the fields that can hold tensors (onnx.proto3):
/// model 7 graph, 20 training, 25 functions; graph 1 nodes, 5 initialisers, 15 sparse initialisers; node 5 attributes; attribute
/// 5, 10 tensors, 6, 11 graphs, 22, 23 sparse tensors; function 7 nodes; sparse tensor 1, 2; training 1, 2 graphs; tensor 13, 14.
/// </remarks>
internal static class OnnxExternalData
{
    private const int MaxDepth = 64;

    private enum Message
    {
        Model, Graph, Node, Attribute, Function, Sparse, Training, Tensor,
    }

    /// <summary>Whether any tensor of a model points to another file.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a protobuf message, or nest too deeply.</exception>
    public static bool IsUsedBy(ReadOnlySpan<byte> model) => Scan(model, Message.Model, 0);

    private static bool Scan(ReadOnlySpan<byte> bytes, Message message, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException("The graph nests too deeply.");
        int at = 0;
        while (at < bytes.Length)
        {
            ulong tag = Varint(bytes, ref at);
            (ulong field, ulong wire) = (tag >> 3, tag & 7);
            if (wire == 0)
            {
                ulong value = Varint(bytes, ref at);
                if (message == Message.Tensor && field == 14 && value == 1) return true;
                continue;
            }
            ulong length = wire switch
            {
                1 => 8,
                2 => Varint(bytes, ref at),
                5 => 4,
                _ => throw new InvalidDataException("Not a protobuf message."),
            };
            if (length > (ulong)(bytes.Length - at)) throw new InvalidDataException("The message ends early.");
            ReadOnlySpan<byte> content = bytes.Slice(at, (int)length);
            at += (int)length;
            if (wire != 2) continue;
            if (message == Message.Tensor && field == 13) return true;
            if (Child(message, field) is { } child && Scan(content, child, depth + 1)) return true;
        }
        return false;
    }

    private static Message? Child(Message message, ulong field) => (message, field) switch
    {
        (Message.Model, 7) or (Message.Attribute, 6 or 11) or (Message.Training, 1 or 2) => Message.Graph,
        (Message.Model, 20) => Message.Training,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.Sparse, 1 or 2) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.Sparse,
        (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
        _ => null,
    };

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length) throw new InvalidDataException("The message ends early.");
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        throw new InvalidDataException("Not a protobuf number.");
    }
}
