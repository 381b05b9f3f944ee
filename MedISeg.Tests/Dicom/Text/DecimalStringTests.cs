using System.Globalization;
using MedISeg.Dicom.Text;

namespace MedISeg.Tests.Dicom.Text;

public sealed class DecimalStringTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-0.7, "-0.7")]
    [InlineData(1.0 / 3, "0.33333333333333")]
    [InlineData(-1.0 / 3, "-0.3333333333333")]
    [InlineData(1.0 / 3000, "3.33333333333E-4")]
    [InlineData(123456789012345678.0, "1.2345678901E+17")]
    [InlineData(1e16, "1E+16")]
    [InlineData(1234567890123456.0, "1234567890123456")]
    [InlineData(-1234567890123456.0, "-1.2345678901E15")]
    [InlineData(-1.2345678901234567e-101, "-1.23456789E-101")]
    [InlineData(double.MaxValue, "1.797693135E+308")]
    [InlineData(double.Epsilon, "5E-324")]
    public void Text_Number_IsTheNearestOf16Characters(double value, string expected)
    {
        string text = DecimalString.Text(value);

        Assert.True(text.Length <= 16);
        Assert.True(Math.Abs(Parse(text) - value) <= Math.Abs(Parse(expected) - value), $"{text} is further off than {expected}");
    }

    [Fact]
    public void Text_SeededNumbers_NoTextOf16CharactersIsNearer()
    {
        Random random = new(20240229);
        for (int n = 0; n < 20_000; n++)
        {
            double value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20));

            string text = DecimalString.Text(value);

            Assert.Matches("^-?[0-9]+(\\.[0-9]+)?(E[+-]?[0-9]+)?$", text);
            Assert.InRange(text.Length, 1, 16);
            double off = Math.Abs(Parse(text) - value);
            foreach (string other in Rivals(value)) Assert.True(off <= Math.Abs(Parse(other) - value), $"{other} is nearer than {text}");
        }
    }

    [Fact]
    public void Text_NumberOfFewDigits_ReadsBackTheSame()
    {
        Random random = new(7);
        for (int n = 0; n < 20_000; n++)
        {
            double value = Math.Round((random.NextDouble() - 0.5) * 2000, random.Next(0, 9));
            Assert.Equal(value, Parse(DecimalString.Text(value)));
        }
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-2147483648.0, "-2147483648")]
    [InlineData(2147483647.0, "2147483647")]
    public void Integer_WholeNumber_IsItsDigits(double value, string expected) => Assert.Equal(expected, DecimalString.Integer(value));

    /// <summary>All spellings of 16 characters or less that .NET's formats and hand-made exponents give.</summary>
    private static IEnumerable<string> Rivals(double value)
    {
        for (int digits = 1; digits <= 17; digits++)
        {
            string general = value.ToString("G" + digits, CultureInfo.InvariantCulture);
            string exponential = value.ToString("0." + new string('#', digits) + "E0", CultureInfo.InvariantCulture);
            string plain = value.ToString("F" + digits, CultureInfo.InvariantCulture);
            foreach (string text in new[] { general, exponential, plain })
                if (text.Length <= 16) yield return text;
        }
    }

    private static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
