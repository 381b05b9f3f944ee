using MedISeg.Imaging.Resampling;

namespace MedISeg.Tests.Imaging.Resampling;

[Trait("Category", "Kernel")]
public sealed class ColumnPickerTests
{
    [Theory]
    [InlineData(1, 1, 1.0, 0.0)]
    [InlineData(63, 127, 2.0, 0.0)]
    [InlineData(64, 127, 1.9, 0.0)]
    [InlineData(64, 128, 2.0, 0.0)]
    [InlineData(65, 128, 1.9, 0.3)]
    [InlineData(128, 257, -1.9, 256.0)]
    [InlineData(273, 512, 1.878, 0.0)]
    [InlineData(512, 273, 0.5327, 0.0)]
    [InlineData(201, 700, 3.4, 5.0)]
    [InlineData(200, 130, -5.0, 700.0)]
    public void Pick_AnyLengthAndScale_TakesTheChosenColumns(int length, int width, double scale, double offset)
    {
        int[] columns = AxisTaps.Nearest(length, width, scale, offset).Lower;
        byte[] bytes = [.. Enumerable.Range(0, width).Select(n => (byte)(n * 37 % 251))], picked = new byte[length], twin = new byte[length];
        ushort[] words = [.. bytes.Select(value => (ushort)(value * 200))], pickedWords = new ushort[length];
        ColumnPicker picker = new(columns, width);

        picker.Pick<byte>(bytes, picked);
        picker.PickScalar<byte>(bytes, twin);
        picker.Pick<ushort>(words, pickedWords);

        Assert.Equal(columns.Select(column => bytes[column]), picked);
        Assert.Equal(twin, picked);
        Assert.Equal(columns.Select(column => words[column]), pickedWords);
    }

    [Fact]
    public void Pick_LengthsThatDiffer_Throws()
    {
        ColumnPicker picker = new([0, 2], 3);
        Assert.Throws<ArgumentException>(() => picker.Pick<byte>(new byte[4], new byte[2]));
        Assert.Throws<ArgumentException>(() => picker.Pick<byte>(new byte[3], new byte[3]));
        Assert.Throws<ArgumentException>(() => new ColumnPicker([0, 3], 3));
        Assert.Throws<ArgumentException>(() => new ColumnPicker([-1], 3));
    }
}
