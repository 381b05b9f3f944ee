using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;
using MedISeg.Training.Weights;

namespace MedISeg.Tests.Training.Weights;

public sealed class WeightsFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nested.pth")]
    [InlineData("nested-legacy.pth")]
    public void Read_TorchCheckpoint_GivesEachTensorInItsPlace(string file)
    {
        IReadOnlyDictionary<string, NamedTensor> tensors = WeightsFile.Read(Golden(file));

        float[] all = [.. Enumerable.Range(0, 30).Select(n => n / 4f - 2)];
        AssertTensor(tensors["state_dict.conv.weight"], [2, 3, 5], all);
        AssertTensor(tensors["state_dict.conv.turned"], [5, 2, 3], [.. from c in Enumerable.Range(0, 5) from a in Enumerable.Range(0, 2) from b in Enumerable.Range(0, 3) select all[a * 15 + b * 5 + c]]);
        AssertTensor(tensors["state_dict.conv.part"], [3, 3], [.. from b in Enumerable.Range(0, 3) from c in Enumerable.Range(1, 3) select all[15 + b * 5 + c]]);
        AssertTensor(tensors["state_dict.half"], [3, 5], [.. all[..15].Select(value => value * 3)]);
        AssertTensor(tensors["state_dict.brain"], [3, 5], all[..15]);
        AssertTensor(tensors["state_dict.double"], [3, 5], [.. all[..15].Select(value => value * 1.5f)]);
        AssertTensor(tensors["state_dict.bn.num_batches_tracked"], [], [12345]);
        AssertTensor(tensors["state_dict.small"], [2], [-3, 4]);
        AssertTensor(tensors["state_dict.flag"], [2], [1, 0]);
        AssertTensor(tensors["state_dict.parameter"], [5], all[..5]);
        // The optimiser's moments stand under numbers, not names.
        Assert.Equal(10, tensors.Count);
    }

    [Fact]
    public void Read_SafeTensors_GivesEachType()
    {
        string path = SafeTensors("""{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"h":{"dtype":"BF16","shape":[],"data_offsets":[8,10]},"n":{"dtype":"I64","shape":[1],"data_offsets":[10,18]}}""",
            [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), 0x40, 0x40, .. BitConverter.GetBytes(7L)]);

        IReadOnlyDictionary<string, NamedTensor> tensors = WeightsFile.Read(path);

        Assert.Equal(["h", "n", "w"], tensors.Keys.Order());
        AssertTensor(tensors["w"], [1, 2], [1.5f, -2]);
        AssertTensor(tensors["h"], [], [3]);
        AssertTensor(tensors["n"], [1], [7]);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")] // too few bytes for the shape
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")] // outside of the file
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""")] // 2^64 + 4 bytes
    [InlineData("""{"w":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")] // the same bytes twice
    [InlineData("""{"w":3}""")]
    [InlineData("""{"__metadata__":{}}""")] // no tensor
    [InlineData("""{"w":""")]
    public void Read_DamagedSafeTensors_IsRefused(string header) => AssertRefused(SafeTensors(header, [0, 0, 0x80, 0x3f]));

    [Theory]
    [InlineData("nested.pth")]
    [InlineData("nested-legacy.pth")]
    public void Read_CutAtEachByte_IsRefusedOrWhole(string file)
    {
        byte[] whole = File.ReadAllBytes(Golden(file));
        string path = Path.Combine(_folder.Path, "cut");
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            AssertRefused(path);
        }
    }

    [Theory]
    [InlineData("nested.pth")]
    [InlineData("nested-legacy.pth")]
    public void Read_BytesChanged_IsReadOrRefused(string file)
    {
        byte[] whole = File.ReadAllBytes(Golden(file));
        string path = Path.Combine(_folder.Path, "changed");
        Random random = new(11);
        int refused = 0;
        for (int n = 0; n < 1500; n++)
        {
            byte[] changed = [.. whole];
            for (int k = random.Next(1, 4); k > 0; k--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, changed);
            try
            {
                WeightsFile.Read(path);
            }
            catch (SegmentationException fault)
            {
                Assert.Equal(ErrorCode.InvalidOption, fault.Code);
                refused++;
            }
        }
        Assert.InRange(refused, 100, 1499);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(100, false)]
    public void Read_OneStorageUnderManyNames_IsReadUpToSomeTimesTheFile(int names, bool read)
    {
        const string tensor = "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI1000\ntQI0\n(I10\nI100\nt(I100\nI1\ntI00\nNtR";
        string pickle = $"({string.Concat(Enumerable.Range(0, names).Select(n => $"S'w{n}'\n{tensor}"))}d.";
        string path = Archive(CompressionLevel.NoCompression, ("data.pkl", Encoding.ASCII.GetBytes(pickle)), ("data/0", new byte[4000]));

        if (!read) AssertRefused(path);
        else Assert.Equal(["w0", "w1"], WeightsFile.Read(path).Keys.Order());
    }

    [Fact]
    public void Read_EntriesThatUnpackToMoreThanTheFile_AreRefused()
    {
        const string tensor = "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI1000\ntQI0\n(I1000\nt(I1\ntI00\nNtR";
        byte[] noise = new byte[6000];
        new Random(3).NextBytes(noise);

        AssertRefused(Archive(CompressionLevel.Optimal, [("data.pkl", Encoding.ASCII.GetBytes($"(S'w'\n{tensor}d.")), ("noise", noise), .. Enumerable.Range(0, 5).Select(n => ($"data/{n}", new byte[4000]))]));
    }

    [Fact]
    public void Unpickler_DeepKey_IsReadWithoutRecursion()
    {
        byte[] pickle = [.. "}ca\nb\n"u8, .. Enumerable.Repeat(")R"u8.ToArray(), 200_000).SelectMany(call => call), .. "I1\ns."u8];

        Assert.Equal(1L, Assert.Single(Assert.IsType<Dictionary<object, object?>>(new Unpickler(pickle).Read())).Value);
    }

    [Fact]
    public void Unpickler_MoreWorkThanACheckpointNeeds_IsRefused()
    {
        byte[] opcodes = [.. Enumerable.Repeat("N0"u8.ToArray(), 3_000_000).SelectMany(two => two), .. "N."u8];
        byte[] copies = [.. "((lp0\n("u8, .. Enumerable.Repeat("(NNl"u8.ToArray(), 10_000).SelectMany(pair => pair), .. "e0"u8,
            .. Enumerable.Repeat("ccollections\nOrderedDict\n(g0\ntR0"u8.ToArray(), 1000).SelectMany(call => call), .. "N."u8];

        Assert.Throws<InvalidDataException>(() => new Unpickler(opcodes).Read());
        Assert.Throws<InvalidDataException>(() => new Unpickler(copies).Read());
    }

    [Fact]
    public void Unpickler_CallOfACommand_RunsNothing()
    {
        string witness = Path.Combine(_folder.Path, "witness");
        byte[] pickle = Encoding.ASCII.GetBytes($"cos\nsystem\n(S'touch {witness}'\ntR.");

        object? read = new Unpickler(pickle).Read();

        Assert.Equal(new PickleOpaque(new PickleName("os", "system")), read);
        Assert.False(File.Exists(witness));
    }

    [Fact]
    public void Unpickler_OldAndNewSpellings_GiveTheSameValues()
    {
        Assert.Equal(new List<object?> { 1L, -2L, 2.5, "a", true, null }, new Unpickler("(lp0\nI1\naL-2L\naF2.5\naS'a'\naI01\naNa."u8.ToArray()).Read());
        Assert.Equal(new List<object?> { 1L, -2L, 2.5, "a", true, null },
            new Unpickler((byte[])[0x80, 4, (byte)']', 0x94, (byte)'(', (byte)'K', 1, (byte)'J', 0xfe, 0xff, 0xff, 0xff, (byte)'G', 0x40, 4, 0, 0, 0, 0, 0, 0, 0x8c, 1, (byte)'a', 0x88, (byte)'N', (byte)'e', (byte)'.']).Read());
        Assert.Equal(BigInteger.One << 80, new Unpickler((byte[])[0x80, 2, 0x8a, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte)'.']).Read());
        Dictionary<object, object?> pair = Assert.IsType<Dictionary<object, object?>>(new Unpickler("(S'k'\nI5\nd."u8.ToArray()).Read());
        Assert.Equal(5L, pair["k"]);
    }

    [Fact]
    public void Named_DictionariesThatHoldOneAnother_EndAndCountOnce()
    {
        Dictionary<object, object?> outer = [], inner = [];
        PickleTensor tensor = new(new PickleStorage("FloatStorage", "0", 1), 0, [1], [1]);
        for (int n = 0; n < 40; n++) outer[$"a{n}"] = inner;
        inner["back"] = outer;
        inner["w"] = tensor;

        Assert.Equal(("a0.w", tensor), Assert.Single(TensorTree.Named(outer)));
    }

    private static string Golden(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", "weights", file);

    private static void AssertTensor(NamedTensor tensor, long[] shape, float[] values)
    {
        Assert.Equal(shape, tensor.Shape);
        Assert.Equal(values, tensor.Values);
    }

    private static void AssertRefused(string path) =>
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => WeightsFile.Read(path)).Code);

    private string Archive(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        string path = Path.Combine(_folder.Path, "weights.pth");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = zip.CreateEntry("archive/" + name, level).Open();
            stream.Write(content);
        }
        return path;
    }

    private string SafeTensors(string header, byte[] data)
    {
        string path = Path.Combine(_folder.Path, "weights.safetensors");
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, Encoding.UTF8.GetByteCount(header));
        File.WriteAllBytes(path, [.. length, .. Encoding.UTF8.GetBytes(header), .. data]);
        return path;
    }
}
