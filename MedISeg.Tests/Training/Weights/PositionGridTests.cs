using MedISeg.Training.Weights;

namespace MedISeg.Tests.Training.Weights;

public sealed class PositionGridTests
{
    /// <summary>Expected: <c>scipy.ndimage.zoom(numpy.arange(9.0).reshape(3, 3) ** 2, (rows / 3, columns / 3), order=1)</c>, scipy 1.10.1.</summary>
    [Theory]
    [InlineData(2, 5, new[] { 0, 0.5f, 1, 2.5f, 4, 36, 42.5f, 49, 56.5f, 64 })]
    [InlineData(4, 2, new[] { 0f, 4, 6, 18, 18, 38, 36, 64 })]
    public void Resize_SquareOfThree_EqualsScipy(int rows, int columns, float[] expected)
    {
        // A second channel of another sign: channels are the fastest axis.
        float[] values = [.. Enumerable.Range(0, 9).SelectMany(n => new float[] { n * n, -n * n })];
        float[] resized = PositionGrid.Resize(values, 3, 2, rows, columns);
        Assert.Equal(expected.SelectMany(value => new[] { value, -value }), resized, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(196, 14)]
    [InlineData(195, 0)]
    [InlineData(0, 0)]
    public void SideOf_Tokens_IsThatOfASquare(long tokens, int side) => Assert.Equal(side, PositionGrid.SideOf(tokens));
}
