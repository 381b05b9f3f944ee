using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace MedISeg.Training.Weights;

/// <summary>What <c>torch.save</c> wrote: the pickled object and the numbers behind its tensors. Both layouts: the archive of PyTorch 1.6 and
/// later, and the row of pickles before it.</summary>
internal sealed class TorchArchive
{
    /// <summary>How many times the file all tensors together may be: some share their numbers.</summary>
    private const int MostTimes = 4;

    private static readonly BigInteger LegacyMagic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _storages = [];
    private long _room;

    private TorchArchive(object? root, int length) => (Root, _room) = (root, (long)MostTimes * length);

    /// <summary>The object, as <see cref="Unpickler"/> gives it.</summary>
    public object? Root { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <exception cref="InvalidDataException">It is neither layout, or damaged.</exception>
    public static TorchArchive Read(byte[] content) => content.AsSpan().StartsWith("PK\u0003\u0004"u8) ? ReadZip(content) : ReadLegacy(content);

    /// <summary>A tensor's numbers, row-major.</summary>
    /// <exception cref="InvalidDataException">Its storage is missing, too short, or of a type that is not read.</exception>
    public NamedTensor Load(PickleTensor tensor)
    {
        if (!_storages.TryGetValue(tensor.Storage.Key, out ReadOnlyMemory<byte> bytes) || !TensorType.OfStorage.TryGetValue(tensor.Storage.Kind, out TensorType? type))
            throw Damaged();
        long held = bytes.Length / type.Size, count = 1, last = tensor.Offset;
        for (int n = 0; n < tensor.Shape.Count; n++)
        {
            // Neighbours that share a number would let a small file fill the memory.
            if (tensor.Shape[n] > 0 && count > held / tensor.Shape[n]) throw Damaged();
            count *= tensor.Shape[n];
            if (tensor.Shape[n] > 1 && tensor.Strides[n] > (held - last) / (tensor.Shape[n] - 1)) throw Damaged();
            last += Math.Max(0, tensor.Shape[n] - 1) * tensor.Strides[n];
        }
        if ((_room -= count * type.Size) < 0) throw Damaged();
        if (count == 0) return new NamedTensor(tensor.Shape, []);
        if (last >= held) throw Damaged();
        if (IsContiguous(tensor))
            return new NamedTensor(tensor.Shape, type.ReadAll(bytes.Span.Slice((int)tensor.Offset * type.Size, (int)count * type.Size)));
        float[] values = new float[count];
        long[] index = new long[tensor.Shape.Count];
        for (long n = 0, at = tensor.Offset; n < count; n++)
        {
            values[n] = type.Read(bytes.Span[((int)at * type.Size)..]);
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                at += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis]) break;
                at -= index[axis] * tensor.Strides[axis];
                index[axis] = 0;
            }
        }
        return new NamedTensor(tensor.Shape, values);
    }

    private static bool IsContiguous(PickleTensor tensor)
    {
        long stride = 1;
        for (int axis = tensor.Shape.Count - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] != 1 && tensor.Strides[axis] != stride) return false;
            stride *= tensor.Shape[axis];
        }
        return true;
    }

    private static TorchArchive ReadZip(byte[] content)
    {
        using ZipArchive zip = new(new MemoryStream(content), ZipArchiveMode.Read);
        ZipArchiveEntry pickle = zip.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal)) ?? throw Damaged();
        string root = pickle.FullName[..^"data.pkl".Length];
        long left = content.Length;
        if (zip.GetEntry(root + "byteorder") is { } order && System.Text.Encoding.ASCII.GetString(Bytes(order, ref left)) != "little") throw Damaged();
        TorchArchive archive = new(new Unpickler(Bytes(pickle, ref left)).Read(), content.Length);
        string data = root + "data/";
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.FullName.StartsWith(data, StringComparison.Ordinal)))
            archive._storages[entry.FullName[data.Length..]] = Bytes(entry, ref left);
        return archive;
    }

    /// <summary>PyTorch stores entries without compression: more bytes than the file has, in all, are none of its.</summary>
    private static byte[] Bytes(ZipArchiveEntry entry, ref long left)
    {
        if ((left -= entry.Length) < 0) throw Damaged();
        byte[] bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static TorchArchive ReadLegacy(byte[] content)
    {
        int at = 0;
        if (Next() is not BigInteger magic || magic != LegacyMagic || Next() is not 1001L) throw Damaged();
        Next(); // Sizes of C types of the machine that wrote it.
        object? root = Next();
        TorchArchive archive = new(root, content.Length);
        if (Next() is not List<object?> keys) throw Damaged();
        Dictionary<string, PickleStorage> storages = [];
        foreach (PickleTensor tensor in TensorTree.Tensors(root)) storages[tensor.Storage.Key] = tensor.Storage;
        foreach (object? key in keys)
        {
            if (key is not string name || content.Length - at < 8) throw Damaged();
            long count = BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(at));
            at += 8;
            // A storage that no tensor uses tells its size only by its class, which the row of pickles does not repeat.
            if (!storages.TryGetValue(name, out PickleStorage? storage) || !TensorType.OfStorage.TryGetValue(storage.Kind, out TensorType? type)) throw Damaged();
            if (count < 0 || count > (content.Length - at) / type.Size) throw Damaged();
            archive._storages[name] = content.AsMemory(at, (int)count * type.Size);
            at += (int)count * type.Size;
        }
        return archive;

        object? Next()
        {
            Unpickler pickle = new(content.AsMemory(at));
            object? value = pickle.Read();
            at += pickle.Position;
            return value;
        }
    }

    private static InvalidDataException Damaged() => new("The checkpoint is damaged.");
}
