using MedISeg.Dicom.Pixels;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class SampleValuesTests
{
    [Theory]
    [InlineData(0xf123, 12, 11, false, 0x123)] // overlay bits above
    [InlineData(0xf923, 12, 11, false, 0x923)]
    [InlineData(0xf923, 12, 11, true, 0x923 - 0x1000)]
    [InlineData(0x0123, 12, 11, true, 0x123)]
    [InlineData(0x9235, 12, 15, true, 0x923 - 0x1000)] // value at the top, other bits below
    [InlineData(0x9235, 12, 15, false, 0x923)]
    [InlineData(0xa46b, 8, 9, true, 0x1a)] // bits 2 to 9
    [InlineData(0xa66b, 8, 9, true, 0x9a - 0x100)]
    [InlineData(0x8000, 16, 15, true, -32768)]
    [InlineData(0x8000, 16, 15, false, 32768)]
    [InlineData(0xfffe, 1, 0, false, 0)]
    public void Read_Words_MasksAndExtends(int stored, int bits, int high, bool isSigned, int expected)
    {
        int[] values = new int[1];
        Assert.True(SampleValues.Read([(byte)stored, (byte)(stored >> 8)], 2, bits, high, isSigned, values));
        Assert.Equal(expected, values[0]);
    }

    [Fact]
    public void Read_EveryWordSizeAndPlace_IsTheSlowVersion()
    {
        Random random = new(3);
        for (int trial = 0; trial < 500; trial++)
        {
            int bytes = random.Next(3) switch { 0 => 1, 1 => 2, _ => 4 }, stored = random.Next(1, 8 * bytes + 1), high = random.Next(stored - 1, 8 * bytes);
            bool signed = random.Next(2) == 1;
            byte[] samples = new byte[5 * bytes];
            random.NextBytes(samples);
            int[] values = new int[5];
            bool fits = SampleValues.Read(samples, bytes, stored, high, signed, values);
            bool expectedFits = true;
            for (int i = 0; i < 5; i++)
            {
                long word = 0, value = 0;
                for (int b = 0; b < bytes; b++) word |= (long)samples[i * bytes + b] << (8 * b);
                for (int b = 0; b < stored; b++) value += (word >> (high - stored + 1 + b) & 1) << b;
                if (signed && (value >> (stored - 1) & 1) == 1) value -= 1L << stored;
                expectedFits &= value <= int.MaxValue;
                Assert.Equal((int)value, values[i]);
            }
            Assert.Equal(expectedFits, fits);
        }
    }

    [Fact]
    public void Read_OtherNumberOfSamples_Throws() => Assert.Throws<ArgumentException>(() => SampleValues.Read(new byte[5], 2, 16, 15, false, new int[3]));
}
