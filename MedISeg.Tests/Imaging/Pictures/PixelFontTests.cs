using MedISeg.Imaging.Pictures;

namespace MedISeg.Tests.Imaging.Pictures;

public sealed class PixelFontTests
{
    [Fact]
    public void IsSet_LettersAndDigits_AreAllDifferent()
    {
        string characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-/():%+_'= ";
        Assert.Equal(characters.Length, characters.Select(Draw).Distinct().Count());
        Assert.Equal(Draw('K'), Draw('k'));
        Assert.Equal(Draw('-'), Draw('\u00e9'));
    }

    [Fact]
    public void IsSet_F_HasItsStemAtTheLeftAndItsBarAtTheTop() => Assert.Equal(
        "#####\n#....\n#....\n####.\n#....\n#....\n#....\n", Draw('F'));

    [Fact]
    public void Measure_Text_IsTheWidthWithoutTheLastGap()
    {
        Assert.Equal(0, PixelFont.Measure(""));
        Assert.Equal(5, PixelFont.Measure("A"));
        Assert.Equal(17, PixelFont.Measure("A1B"));
    }

    private static string Draw(char character) => string.Concat(Enumerable.Range(0, 7).Select(row =>
        string.Concat(Enumerable.Range(0, 5).Select(column => PixelFont.IsSet(character, row, column) ? '#' : '.')) + "\n"));
}
