using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Intensity;

[Trait("Category", "Kernel")]
public sealed class IntensityStatisticsTests
{
    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(3, 2, 1));

    [Fact]
    public void Of_Nonzero_LeavesOutVoxelsThatWereZeroBeforeTheMap()
    {
        short[] voxels = new short[30];
        (voxels[3], voxels[17], voxels[29]) = (-4, 2, 8);
        IntensityStatistics found = Of(new Volume(Geometry, [voxels]), IntensityMap.Identity.ThenAffine(1, -2), VoxelSelection.Nonzero);
        Assert.Equal((3L, 0.0, -6.0, 6.0), (found.Count, found.Mean, found.Min, found.Max));
        Assert.Equal(Math.Sqrt(24), found.Std, 12);
    }

    [Fact]
    public void Of_NothingSelected_IsZero() =>
        Assert.Equal(new IntensityStatistics(0, 0, 0, 0, 0), Of(new Volume(Geometry, [new byte[30]]), IntensityMap.Identity, VoxelSelection.Nonzero));

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(50)]
    [InlineData(63.7)]
    [InlineData(99.5)]
    [InlineData(100)]
    public void Percentiles_NegativeAndPositiveValues_EqualSorting(double percentile)
    {
        Random random = new(3);
        float[] voxels = [.. Enumerable.Range(0, 30).Select(n => n % 7 == 0 ? 0 : random.NextSingle() * 200 - 100)];
        double found = IntensityStatistics.Percentiles(
            new Volume(Geometry, [voxels]), 0, IntensityMap.Identity, VoxelSelection.Whole, [percentile], CancellationToken.None)[0];
        float[] sorted = [.. voxels.Order()];
        double place = percentile / 100 * 29;
        double expected = sorted[(int)place] + (place - (int)place) * (sorted[Math.Min((int)place + 1, 29)] - (double)sorted[(int)place]);
        Assert.Equal(expected, found, 1e-9);
    }

    [Fact]
    public void Percentiles_Above100_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => IntensityStatistics.Percentiles(
        new Volume(Geometry, [new byte[30]]), 0, IntensityMap.Identity, VoxelSelection.Whole, [100.5], CancellationToken.None));

    [Fact]
    public void Of_KitsWindow_GivesThePapersZScore()
    {
        Volume hu = Golden();
        IntensityMap clip = IntensityMap.Identity.ThenClip(-79, 304);
        IntensityStatistics found = Of(hu, clip, VoxelSelection.StrictlyInside(-79, 304));
        Assert.Equal(113.69113149847095, found.Mean, 1e-6);
        Assert.Equal(109.11156095852235, found.Std, 1e-6);
        AssertGolden("kits_zscore", hu, clip.ThenAffine(1, -found.Mean).ThenAffine(1 / found.Std, 0));
    }

    [Fact]
    public void Apply_LitsWindow_GivesThePapersUnitRange()
    {
        Volume hu = Golden();
        IntensityMap clip = IntensityMap.Identity.ThenClip(-124, 276);
        IntensityStatistics found = Of(hu, clip, VoxelSelection.Whole);
        Assert.Equal((-124.0, 276.0), (found.Min, found.Max));
        AssertGolden("lits_01", hu, clip.ThenAffine(1 / (found.Max - found.Min), -found.Min / (found.Max - found.Min)));
    }

    [Fact]
    public void Of_Whole_GivesThePapersGlobalZScore()
    {
        Volume hu = Golden();
        IntensityStatistics found = Of(hu, IntensityMap.Identity, VoxelSelection.Whole);
        Assert.Equal(60.892857142857146, found.Mean, 1e-6);
        Assert.Equal(524.0016752990159, found.Std, 1e-6);
        AssertGolden("nointsnorm_global_z", hu, IntensityMap.Identity.ThenAffine(1 / found.Std, -found.Mean / found.Std));
    }

    private static IntensityStatistics Of(Volume volume, IntensityMap map, VoxelSelection selection) =>
        IntensityStatistics.Of(volume, 0, map, selection, CancellationToken.None);

    private static Volume Golden()
    {
        NpyFile hu = NpyFile.Golden("prep3d/hu_zyx.npy");
        return new Volume(VolumeGeometry.AxisAligned(new GridSize(9, 14, 12), new SpacingMm(2.5, 0.8, 0.8)), [hu.As<float>()]);
    }

    private static void AssertGolden(string name, Volume hu, IntensityMap map)
    {
        float[] expected = NpyFile.Golden($"prep3d/{name}.npy").As<float>(), actual = hu.ToFloats(0);
        map.Apply(actual);
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], actual[n], 1e-6);
    }
}
