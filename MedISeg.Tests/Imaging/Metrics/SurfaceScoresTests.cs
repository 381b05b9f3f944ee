using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Metrics;

/// <summary>Against scipy (Golden/surfaces) and by all pairs.</summary>
public sealed class SurfaceScoresTests
{
    private static readonly GridSize Grid = new(11, 17, 23);
    private static readonly Affine Sheared = new(new(0.6, -0.4, 0.9), new(0.5, 0.8, -0.3), new(-0.2, 0.5, 2.5), new(-31, 7, 250));

    [Theory]
    [InlineData("anisotropic")]
    [InlineData("turned")]
    [InlineData("sheared")]
    [InlineData("plane")]
    public void Compare_GoldenMaps_EqualsScipy(string name)
    {
        SpacingMm spacing = new(3, 0.7, 1.3);
        VolumeGeometry geometry = name switch
        {
            "sheared" => new(Grid, Sheared),
            // The same spacing on axes that are turned in the patient: distances stay.
            "turned" => new(Grid, new Affine(new(0.78, 0, 1.04), new(0, -0.7, 0), new(2.4, 0, -1.8), new(12, -5, 40))),
            _ => VolumeGeometry.AxisAligned(name == "plane" ? Grid with { Depth = 1 } : Grid, spacing),
        };
        JsonElement expected = Golden(name == "turned" ? "anisotropic" : name);
        LabelMap prediction = Map(0, geometry), truth = Map(1, geometry);
        foreach (JsonProperty share in expected.GetProperty("surfaceDice").EnumerateObject())
        {
            SurfaceScores scores = SurfaceScores.Compare(prediction, truth, 1, double.Parse(share.Name, CultureInfo.InvariantCulture));
            Assert.Equal(share.Value.GetDouble(), scores.SurfaceDice!.Value, 1e-12);
            Assert.Equal(expected.GetProperty("surfacePrediction").GetInt32(), scores.PredictedPoints);
            Assert.Equal(expected.GetProperty("surfaceTruth").GetInt32(), scores.TruePoints);
            Assert.Equal(expected.GetProperty("hausdorff").GetDouble(), scores.HausdorffMm!.Value, 1e-9);
            Assert.Equal(expected.GetProperty("hd95").GetDouble(), scores.Hd95Mm!.Value, 1e-9);
            Assert.Equal(expected.GetProperty("mean").GetDouble(), scores.MeanMm!.Value, 1e-9);
        }
    }

    [Fact]
    public void Compare_TwoVoxels_DistanceIsInMmAlongEachAxis()
    {
        GridSize grid = new(2, 3, 5);
        foreach ((int place, double mm) in ((int, double)[])[(1, 0.5), (5, 1), (15, 2), (15 + 5 + 1, Math.Sqrt(5.25))])
        {
            byte[] one = new byte[30], other = new byte[30];
            one[0] = other[place] = 4;
            SurfaceScores scores = SurfaceScores.Compare(TestLabels.Map(grid, one), TestLabels.Map(grid, other), 4, mm);
            Assert.Equal(mm, scores.Hd95Mm!.Value, 1e-12);
            Assert.Equal(1, scores.SurfaceDice);
            Assert.Equal(0, SurfaceScores.Compare(TestLabels.Map(grid, one), TestLabels.Map(grid, other), 4, mm * 0.99).SurfaceDice);
        }
    }

    [Fact]
    public void Compare_EmptyMaps_AreUndefinedOrZero()
    {
        LabelMap none = TestLabels.Plane("...", "..."), some = TestLabels.Plane(".1.", "...");
        Assert.Equal(new SurfaceScores(0, 0, null, null, null, null), SurfaceScores.Compare(none, none, 1, 1));
        Assert.Equal(new SurfaceScores(1, 0, 0, null, null, null), SurfaceScores.Compare(some, none, 1, 1));
        Assert.Equal(new SurfaceScores(0, 1, 0, null, null, null), SurfaceScores.Compare(none, some, 1, 1));
    }

    [Fact]
    public void Compare_Plane_InteriorAndOtherLabelsAreNoSurface()
    {
        LabelMap map = TestLabels.Plane(".......", ".11112.", ".11112.", ".11112.", ".......");
        // Of the 12 voxels of label 1 two lie inside; the three beside label 2 are surface.
        Assert.Equal(10, SurfaceScores.Compare(map, map, 1, 0).PredictedPoints);
        Assert.Equal(10, SurfaceScores.Compare(TestLabels.Wide(map), map, 1, 0).PredictedPoints);
        LabelMap full = TestLabels.Plane("1111", "1111", "1111");
        // The border of the grid is outside; the two in the middle are not on it.
        Assert.Equal(10, SurfaceScores.Compare(full, full, 1, 0).TruePoints);
        Assert.Equal(1, SurfaceScores.Compare(TestLabels.Plane("1"), TestLabels.Plane("1"), 1, 0).TruePoints);
    }

    [Fact]
    public void Compare_OtherGrid_IsRefused()
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(
            () => SurfaceScores.Compare(TestLabels.Plane("1."), TestLabels.Plane("1", "."), 1, 1));
        Assert.Equal(ErrorCode.InvalidGeometry, fault.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(400)]
    public void NearestSquared_LatticeAndScatteredPoints_EqualsAllPairs(int count)
    {
        Random random = new(count);
        foreach (bool lattice in (bool[])[true, false])
        {
            Vector3D[] points = [.. Enumerable.Range(0, count).Select(_ => Next())];
            PointTree tree = new((Vector3D[])points.Clone());
            for (int n = 0; n < 200; n++)
            {
                Vector3D at = Next();
                double expected = points.Min(p => (at - p).Dot(at - p));
                Assert.Equal(expected, tree.NearestSquared(at), 1e-12);
            }

            Vector3D Next() => lattice
                ? new Vector3D(random.Next(6), random.Next(4) * 0.5, random.Next(3) * 2.5)
                : new Vector3D(random.NextDouble(), random.NextDouble() * 9, random.NextDouble() - 7);
        }
    }

    private static LabelMap Map(int n, VolumeGeometry geometry)
    {
        int all = (int)Grid.VoxelCount, count = (int)geometry.Grid.VoxelCount, plane = Grid.Height * Grid.Width;
        int start = n * all + (count == plane ? 5 * plane : 0);
        return new LabelMap(geometry, NpyFile.Golden("surfaces/maps.npy").As<byte>().AsSpan(start, count).ToArray());
    }

    private static JsonElement Golden(string name) => JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "surfaces", "values.json"))).RootElement.GetProperty(name);
}
