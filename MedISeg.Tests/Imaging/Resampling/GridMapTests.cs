using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Resampling;

public sealed class GridMapTests
{
    private static readonly VolumeGeometry Oblique = TestGeometry.Oblique(new GridSize(2, 3, 5));

    [Fact]
    public void Between_ItselfWithFloatOrigin_IsIdentity() => Assert.True(GridMap.Between(Oblique, Oblique).IsIdentity);

    [Fact]
    public void Between_EveryOrderAndSpacing_SendsVoxelsToTheirPlaceInMm()
    {
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry target = order.Apply(Oblique.WithGrid(new GridSize(3, 7, 4)));
            GridMap map = GridMap.Between(target, Oblique);
            Assert.False(map.IsIdentity);
            double[] index = new double[3];
            for (int axis = 0; axis < 3; axis++) index[map[axis].SourceAxis] = map[axis].Offset + map[axis].Scale * (axis + 1);
            Vector3D expected = target.IndexToPatient.Apply(3, 2, 1);
            Assert.True((expected - Oblique.IndexToPatient.Apply(index[2], index[1], index[0])).Length < 1e-9);
            for (int axis = 0; axis < 3; axis++) Assert.Equal(axis, map[map.TargetAxisOf(axis)].SourceAxis);
        }
    }

    [Fact]
    public void Between_HalfTheVoxelsAlongI_FollowsTheHalfPixelRule()
    {
        AxisMap axis = GridMap.Between(Oblique.WithGrid(new GridSize(2, 3, 2)), Oblique)[2];
        Assert.Equal(2, axis.SourceAxis);
        Assert.Equal(2.5, axis.Scale, 12);
        Assert.Equal(0.75, axis.Offset, 12);
    }

    [Theory]
    [InlineData(1e-6, true)]
    [InlineData(1e-4, false)]
    public void TryBetween_TurnedBySmallAngle_RefusesAboveTheTolerance(double radians, bool expected)
    {
        VolumeGeometry source = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(3, 1, 0.5));
        VolumeGeometry turned = new(source.Grid, new Affine(
            new(0.5 * Math.Cos(radians), 0.5 * Math.Sin(radians), 0), new(-Math.Sin(radians), Math.Cos(radians), 0), new(0, 0, 3), default));
        Assert.Equal(expected, GridMap.TryBetween(turned, source, out _));
    }

    [Fact]
    public void Between_NotParallel_Throws() =>
        Assert.Throws<ArgumentException>(() => GridMap.Between(VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(1, 1, 1)), Oblique));
}
