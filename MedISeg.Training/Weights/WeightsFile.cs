using System.Buffers.Binary;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Weights;

/// <summary>Reads weights that others trained: PyTorch's <c>.pth</c> and <c>.pt</c>, and safetensors. The first bytes say which; no code of the file is run.</summary>
internal static class WeightsFile
{
    private const long LargestHeader = 100 << 20;

    /// <summary>Reads all tensors.</summary>
    /// <param name="path">File, at most 2 GiB.</param>
    /// <returns>Tensors by name; the keys of nested dictionaries are joined by dots, e.g. <c>state_dict.conv1.weight</c>.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the file is no such file, damaged, too large, or without
    /// a tensor.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path)
    {
        if (new FileInfo(path).Length > Array.MaxLength) throw Refusal("The weights file is larger than 2 GiB; keep the encoder's tensors only and save it again.");
        byte[] content = File.ReadAllBytes(path);
        Dictionary<string, NamedTensor> tensors;
        try
        {
            tensors = IsSafeTensors(content)
                ? SafeTensors.Parse(new MemoryStream(content, writable: false), LargestHeader, TensorType.OfCode).Tensors
                : ReadTorch(content);
        }
        catch (Exception fault) when (SafeTensors.IsDamage(fault))
        {
            throw Refusal("The weights file is damaged, or neither a PyTorch checkpoint (.pth, .pt) nor safetensors; load it with PyTorch, save its state_dict and take that.", fault);
        }
        return tensors.Count > 0 ? tensors : throw Refusal("The weights file holds no named tensor; save the network's state_dict and take that.");
    }

    private static Dictionary<string, NamedTensor> ReadTorch(byte[] content)
    {
        TorchArchive archive = TorchArchive.Read(content);
        Dictionary<string, NamedTensor> tensors = [];
        foreach ((string name, PickleTensor tensor) in TensorTree.Named(archive.Root)) tensors[name] = archive.Load(tensor);
        return tensors;
    }

    private static bool IsSafeTensors(ReadOnlySpan<byte> content) =>
        content.Length > 9 && BinaryPrimitives.ReadInt64LittleEndian(content) is >= 2 and <= LargestHeader && content[8] == (byte)'{';

    private static SegmentationException Refusal(string detail, Exception? inner = null) => new(ErrorCode.InvalidOption, detail, inner);
}
