using System.Text;

namespace MedISeg.Tests.Support;

public sealed class NpyFileTests
{
    [Fact]
    public void Read_TwoByThreeByFiveDoubles_GivesShapeAndCOrder()
    {
        double[] values = [.. Enumerable.Range(0, 30).Select(n => n * 0.5)];
        NpyFile file = Written("<f8", "(2, 3, 5)", [.. values.SelectMany(BitConverter.GetBytes)]);
        Assert.Equal([2, 3, 5], file.Shape);
        Assert.Equal(values, file.As<double>());
    }

    [Fact]
    public void Read_BoolVector_GivesBytes() => Assert.Equal([1, 0, 1], Written("|b1", "(3,)", [1, 0, 1]).As<byte>());

    [Fact]
    public void Transpose_TwoByThree_MovesTheFirstAxisLast()
    {
        NpyFile turned = Written("|u1", "(2, 3)", [0, 1, 2, 3, 4, 5]).Transpose(1, 0);
        Assert.Equal([3, 2], turned.Shape);
        Assert.Equal([0, 3, 1, 4, 2, 5], turned.As<byte>());
    }

    private static NpyFile Written(string type, string shape, byte[] body)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. body];
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            return NpyFile.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
