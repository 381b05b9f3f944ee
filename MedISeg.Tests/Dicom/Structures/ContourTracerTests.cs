using MedISeg.Dicom.Structures;

namespace MedISeg.Tests.Dicom.Structures;

public sealed class ContourTracerTests
{
    [Fact]
    public void Trace_OnePixel_IsItsFourCorners() =>
        Assert.Equal([(1, 2), (1, 3), (2, 3), (2, 2)], Assert.Single(Trace("....", "..#.", "....")));

    [Fact]
    public void Trace_Rectangle_HasNoPointBetweenItsCorners() =>
        Assert.Equal([(0, 1), (0, 4), (2, 4), (2, 1)], Assert.Single(Trace(".###", ".###")));

    [Fact]
    public void Trace_PixelsThatTouchAtACorner_AreContoursOfTheirOwn() => Assert.Equal(2, Trace("#.", ".#").Count);

    [Fact]
    public void Trace_Hole_IsJoinedByACutGoneTwice() =>
        Assert.Equal([(0, 0), (0, 1), (2, 1), (2, 2), (1, 2), (1, 1), (0, 1), (0, 4), (3, 4), (3, 0)], Assert.Single(Trace("####", "#.##", "####")));

    [Fact]
    public void Trace_HolesAndAnIslandInOne_AreOneContourAndTheIslands()
    {
        string[] mask = ["#########", "#.......#", "#.###.#.#", "#.#.#.#.#", "#.###...#", "#.......#", "#########"];
        Assert.Equal(3, Trace(mask).Count);
        AssertFills(mask);
    }

    [Fact]
    public void Trace_HolesAboveEachOtherAndSideBySide_AreAllOut() =>
        AssertFills("#######", "#.#.#.#", "#######", "#.##..#", "##.#..#", "#.#.###", "#######");

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(7, 5)]
    [InlineData(23, 31)]
    public void Trace_AnyMask_FillsToTheSameMaskInAnEvenOddSense(int rows, int columns)
    {
        Random random = new(rows * columns);
        for (int n = 0; n < 300; n++)
        {
            double share = random.NextDouble();
            bool[] mask = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() < share)];
            AssertFills(mask, rows, columns);
        }
    }

    [Fact]
    public void Trace_ANoisyPlane_TakesTimeOfItsPixels()
    {
        // Every second pixel a hole, all of one component.
        const int Size = 1001;
        bool[] mask = [.. Enumerable.Range(0, Size * Size).Select(n => n / Size % 2 == 0 || n % Size % 2 == 0)];
        IReadOnlyList<(int Row, int Column)[]> contours = new ContourTracer(mask, Size, Size).Trace();
        // A hole has four corners, and its cut adds at most four points.
        Assert.InRange(Assert.Single(contours).Length, 4 + 500 * 500 * 4, 4 + 500 * 500 * 8);
    }

    private static void AssertFills(params string[] rows) => AssertFills(Mask(rows), rows.Length, rows[0].Length);

    private static void AssertFills(bool[] mask, int rows, int columns)
    {
        int[] crossings = new int[rows * columns];
        foreach ((int Row, int Column)[] line in new ContourTracer(mask, rows, columns).Trace())
        {
            Assert.True(line.Length >= 4);
            for (int n = 0; n < line.Length; n++)
            {
                ((int y0, int x0), (int y1, int x1)) = (line[n], line[(n + 1) % line.Length]);
                Assert.True((y0 == y1) != (x0 == x1));
                // A vertical edge lies left of the centres of its rows from its column on.
                for (int j = Math.Min(y0, y1); j < Math.Max(y0, y1); j++)
                    for (int i = x0; i < columns; i++) crossings[j * columns + i]++;
            }
        }
        Assert.Equal(mask, crossings.Select(count => count % 2 == 1));
    }

    private static IReadOnlyList<(int Row, int Column)[]> Trace(params string[] rows) => new ContourTracer(Mask(rows), rows.Length, rows[0].Length).Trace();

    private static bool[] Mask(string[] rows) => [.. rows.SelectMany(row => row).Select(pixel => pixel == '#')];
}
