using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging;

public sealed class VolumeGeometryTests
{
    private static readonly Affine Oblique = new(new(0.7, 0.1, -0.05), new(-0.1, 1.1, 0.2), new(0.1, -0.3, 2.5), new(10, -20, 30));

    [Theory]
    [InlineData(0, 3, 5)]
    [InlineData(2, -1, 5)]
    [InlineData(2, 3, 0)]
    public void Constructor_SideBelowOne_IsInvalidGeometry(int depth, int height, int width) =>
        AssertInvalid(() => new VolumeGeometry(new GridSize(depth, height, width), Oblique), "at least 1");

    [Fact]
    public void Constructor_AxesInAPlane_IsInvalidGeometry() =>
        AssertInvalid(() => new VolumeGeometry(new GridSize(2, 3, 5), Oblique with { K = Oblique.I + Oblique.J }), "singular");

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_NumberThatIsNotFinite_IsInvalidGeometry(double value) =>
        AssertInvalid(() => new VolumeGeometry(new GridSize(2, 3, 5), Oblique with { J = new(value, 1, 0) }), "not finite");

    [Fact]
    public void Constructor_OriginBeyondTenKilometres_IsInvalidGeometry() =>
        AssertInvalid(() => new VolumeGeometry(new GridSize(2, 3, 5), Oblique with { Origin = new(0, 2e7, 0) }), "offset");

    [Fact]
    public void Spacing_Oblique_IsTheLengthOfEachColumnInOrderKji()
    {
        SpacingMm spacing = new VolumeGeometry(new GridSize(2, 3, 5), Oblique).Spacing;
        Assert.Equal(Math.Sqrt(0.01 + 0.09 + 6.25), spacing.K, 1e-12);
        Assert.Equal(Math.Sqrt(0.01 + 1.21 + 0.04), spacing.J, 1e-12);
        Assert.Equal(Math.Sqrt(0.49 + 0.01 + 0.0025), spacing.I, 1e-12);
    }

    [Fact]
    public void WithGrid_AnotherSize_KeepsTheOuterEdgesOfTheField()
    {
        VolumeGeometry before = new(new GridSize(2, 3, 5), Oblique), after = before.WithGrid(new GridSize(7, 2, 11));
        for (int corner = 0; corner < 8; corner++)
        {
            Vector3D Edge(VolumeGeometry g) => g.IndexToPatient.Apply(
                (corner & 1) * g.Grid.Width - 0.5, (corner >> 1 & 1) * g.Grid.Height - 0.5, (corner >> 2) * g.Grid.Depth - 0.5);
            Assert.True((Edge(before) - Edge(after)).Length < 1e-9);
        }
    }

    [Fact]
    public void Block_InsideAndOutside_KeepsEachVoxelsPlace()
    {
        VolumeGeometry whole = new(new GridSize(2, 3, 5), Oblique), block = whole.Block(new VoxelIndex(1, -2, 3), new GridSize(4, 5, 6));
        Assert.True((whole.IndexToPatient.Apply(5, 1, 3) - block.IndexToPatient.Apply(2, 3, 2)).Length < 1e-9);
        Assert.Equal(new GridSize(4, 5, 6), block.Grid);
    }

    [Fact]
    public void Product_FarOrigin_KeepsTheColumns()
    {
        Affine far = Oblique with { Origin = new(1e16, 0, 0) };
        Assert.Equal(Oblique.I, (far * Affine.Identity).I);
        Assert.Equal(Oblique.K, (far * Affine.Identity).K);
    }

    private static void AssertInvalid(Func<VolumeGeometry> create, string fix)
    {
        SegmentationException exception = Assert.Throws<SegmentationException>(create);
        Assert.Equal(ErrorCode.InvalidGeometry, exception.Code);
        Assert.Contains(fix, exception.Message, StringComparison.Ordinal);
    }
}
