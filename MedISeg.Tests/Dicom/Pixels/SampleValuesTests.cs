using MedISeg.Dicom.Pixels;

namespace MedISeg.Tests.Dicom.Pixels;

[Trait("Category", "Kernel")]
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

    /// <summary>Against the kernel above, whose values are narrowed; lengths around the lanes of vectors.</summary>
    [Theory]
    [InlineData(16, 15)]
    [InlineData(12, 11)]
    [InlineData(12, 13)]
    [InlineData(10, 15)]
    [InlineData(1, 0)]
    [InlineData(15, 14)]
    public void ReadWords_AnyLengthAndPlaceOfTheValue_IsTheNarrowedValue(int stored, int high)
    {
        foreach (int length in (int[])[0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 511])
            foreach (bool signed in (bool[])[false, true])
            {
                byte[] samples = new byte[2 * length];
                new Random(length).NextBytes(samples);
                int[] values = new int[length];
                Assert.True(SampleValues.Read(samples, 2, stored, high, signed, values));
                ushort[] words = new ushort[length];

                SampleValues.ReadWords(samples, stored, high, signed, words);

                Assert.Equal(values.Select(value => unchecked((ushort)value)), words);
            }
        Assert.Throws<ArgumentException>(() => SampleValues.ReadWords(new byte[6], stored, high, false, new ushort[2]));
    }
}
