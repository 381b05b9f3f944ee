using System.Text;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Trainers;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_WrittenFile_GivesTensorsAndMetadata()
    {
        SafeTensors.Write(_path, [("b", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }), ("a.weight", [1], new float[] { -0.5f })], new Dictionary<string, string> { ["step"] = "7" });
        (IReadOnlyDictionary<string, float[]> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(_path);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors["b"]);
        Assert.Equal([-0.5f], tensors["a.weight"]);
        Assert.Equal("7", metadata["step"]);
        Assert.False(File.Exists(_path + ".tmp"));
    }

    [Fact]
    public void Read_FileByHand_FollowsTheFormat()
    {
        byte[] json = Encoding.ASCII.GetBytes("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}");
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new[] { 3f, 1f, 2f }.SelectMany(BitConverter.GetBytes)]);
        (IReadOnlyDictionary<string, float[]> tensors, _) = SafeTensors.Read(_path);
        Assert.Equal([1, 2], tensors["x"]);
        Assert.Equal([3], tensors["y"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678")]
    [InlineData("\u0005\0\0\0\0\0\0\0{oops")]
    [InlineData("\u003d\0\0\0\0\0\0\0{\"x\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]}}     ..")]
    [InlineData("\u003d\0\0\0\0\0\0\0{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}     ..")]
    public void Read_DamagedFile_SaysSo(string bytes)
    {
        File.WriteAllBytes(_path, Encoding.Latin1.GetBytes(bytes));
        Assert.Contains("damaged", Assert.Throws<SegmentationException>(() => SafeTensors.Read(_path)).Message, StringComparison.Ordinal);
    }
}
