using MedISeg.Imaging.Pictures;

namespace MedISeg.Tests.Imaging.Pictures;

public sealed class PictureFieldTests
{
    [Fact]
    public void Spread_SameSize_ChangesNothing()
    {
        float[] slice = [.. Enumerable.Range(0, 15).Select(n => (float)(n * n))];
        Assert.Equal(slice, PictureField.Spread(slice, 3, 5, 3, 5));
    }

    [Fact]
    public void Spread_LinearRampToMorePixels_StaysLinearInside()
    {
        float[] slice = [.. Enumerable.Range(0, 15).Select(n => (float)(n % 5 * 2 + n / 5 * 10))];
        float[] field = PictureField.Spread(slice, 3, 5, 12, 20);
        // Four pixels a voxel: pixel x lies at (x + 0.5) / 4 - 0.5 voxels.
        for (int y = 2; y < 10; y++)
            for (int x = 2; x < 18; x++)
                Assert.Equal(((x + 0.5) / 4 - 0.5) * 2 + ((y + 0.5) / 4 - 0.5) * 10, field[y * 20 + x], 1e-4);
    }

    [Fact]
    public void Spread_ToFewerPixels_IsTheMean()
    {
        float[] slice = [1, 3, 5, 7, 9, 11];
        Assert.Equal([2, 6, 10], PictureField.Spread(slice, 1, 6, 1, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Contour_Disc_HasTheWidthOfTheLineAlongItsEdge(double line)
    {
        const int Side = 101;
        const double Radius = 30;
        float[] mask = new float[Side * Side];
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
                mask[y * Side + x] = (float)Math.Clamp(Radius + 0.5 - Math.Sqrt((x - 50) * (x - 50) + (y - 50) * (y - 50)), 0, 1);
        float[] alpha = PictureField.Contour(mask, Side, Side, line);
        Assert.InRange(alpha.Sum() / (2 * Math.PI * Radius * line), 0.9, 1.1);
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
                if (Math.Abs(Math.Sqrt((x - 50) * (x - 50) + (y - 50) * (y - 50)) - Radius) > line / 2 + 1)
                    Assert.Equal(0, alpha[y * Side + x]);
    }

    [Fact]
    public void Contour_MaskThatFillsThePanel_IsNothing() =>
        Assert.All(PictureField.Contour([1, 1, 1, 1, 1, 1], 2, 3, 2), a => Assert.Equal(0, a));
}
