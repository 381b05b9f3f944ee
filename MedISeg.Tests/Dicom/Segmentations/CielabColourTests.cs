using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Pictures;

namespace MedISeg.Tests.Dicom.Segmentations;

public sealed class CielabColourTests
{
    /// <summary>L*, a*, b* (D50, Bradford) of sRGB colours, as published with the sRGB matrices of B. Lindbloom.</summary>
    [Theory]
    [InlineData(255, 255, 255, 100, 0, 0)]
    [InlineData(0, 0, 0, 0, 0, 0)]
    [InlineData(255, 0, 0, 54.29, 80.81, 69.89)]
    [InlineData(0, 255, 0, 87.82, -79.29, 80.99)]
    [InlineData(0, 0, 255, 29.57, 68.30, -112.03)]
    [InlineData(128, 128, 128, 53.59, 0, 0)]
    public void FromRgb_KnownColours_AreThePublishedValues(byte r, byte g, byte b, double lightness, double a, double bStar)
    {
        ushort[] words = CielabColour.FromRgb(new Rgb(r, g, b));
        Assert.Equal(lightness, words[0] / 65535.0 * 100, 0.01);
        Assert.Equal(a, words[1] / 65535.0 * 255 - 128, 0.02);
        Assert.Equal(bStar, words[2] / 65535.0 * 255 - 128, 0.02);
    }

    [Fact]
    public void ToRgb_OfWhatFromRgbGave_IsTheSameColour()
    {
        for (int r = 0; r < 256; r += 15)
            for (int g = 0; g < 256; g += 15)
                for (int b = 0; b < 256; b += 15)
                {
                    Rgb colour = new((byte)r, (byte)g, (byte)b);
                    Assert.Equal(colour, CielabColour.ToRgb(CielabColour.FromRgb(colour)));
                }
    }
}
