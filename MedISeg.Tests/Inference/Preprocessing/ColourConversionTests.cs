using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;

namespace MedISeg.Tests.Inference.Preprocessing;

public sealed class ColourConversionTests
{
    [Fact]
    public void Convert_ScaledBytesToGrey_KeepsTheRealValues()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 1, 2), new SpacingMm(1, 1, 1));
        Volume image = new(geometry, [new byte[] { 100, 10 }, new byte[] { 200, 20 }, new byte[] { 50, 30 }], 0.01, -3);
        float[] grey = ColourConversion.Convert(image, ColourRule.Grey).ToFloats(0);
        Assert.Equal(0.299 * -2 + 0.587 * -1 + 0.114 * -2.5, grey[0], 1e-5);
        Assert.Equal(0.299 * -2.9 + 0.587 * -2.8 + 0.114 * -2.7, grey[1], 1e-5);
    }
}
