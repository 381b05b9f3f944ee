using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Resampling;

public sealed class ObliqueResamplerTests
{
    private static readonly GridSize Size = new(4, 5, 7);

    [Fact]
    public void Resample_GridAtAnAngle_EqualsTheEightVoxelsAroundEachPlaceInMm()
    {
        Random random = new(3);
        short[] voxels = [.. Enumerable.Range(0, (int)Size.VoxelCount).Select(_ => (short)random.Next(-1000, 1000))];
        Volume source = new(Turned(Size, 0.3, new SpacingMm(2.5, 1.3, 0.7)), [voxels], 2, -3);
        VolumeGeometry target = Turned(new GridSize(5, 9, 18), 0.1, new SpacingMm(1.5, 0.5, 0.25));
        float[] result = ObliqueResampler.Resample(source, 0, target, CancellationToken.None);
        int outside = 0;
        for (int k = 0; k < 5; k++)
            for (int j = 0; j < 9; j++)
                for (int i = 0; i < 18; i++)
                {
                    Vector3D place = source.Geometry.PatientToIndex.Apply(target.IndexToPatient.Apply(i, j, k));
                    Assert.Equal(Expected(source, place), result[target.Grid.Offset(k, j, i)], 2e-3);
                    if (place.X < 0 || place.X > 6 || place.Y < 0 || place.Y > 4 || place.Z < 0 || place.Z > 3) outside++;
                }
        Assert.InRange(outside, 50, 700);
    }

    [Theory]
    [InlineData(1, 5, 7)]
    [InlineData(4, 1, 7)]
    [InlineData(4, 5, 1)]
    [InlineData(1, 1, 1)]
    public void Resample_OneVoxelThick_RepeatsIt(int depth, int height, int width)
    {
        GridSize size = new(depth, height, width);
        short[] voxels = [.. Enumerable.Range(0, (int)size.VoxelCount).Select(n => (short)(n * 37 % 101))];
        Volume source = new(Turned(size, 0.3, new SpacingMm(2.5, 1.3, 0.7)), [voxels]);
        VolumeGeometry target = Turned(new GridSize(3, 4, 9), -0.2, new SpacingMm(1.9, 0.8, 0.4));
        float[] result = ObliqueResampler.Resample(source, 0, target, CancellationToken.None);
        for (int n = 0; n < result.Length; n++)
        {
            Vector3D place = source.Geometry.PatientToIndex.Apply(target.IndexToPatient.Apply(n % 9, n / 9 % 4, n / 36));
            Assert.Equal(Expected(source, place), result[n], 1e-3);
        }
    }

    [Fact]
    public void Resample_ParallelGrid_EqualsTheSeparableResampler()
    {
        short[] voxels = [.. Enumerable.Range(0, (int)Size.VoxelCount).Select(n => (short)(n * 37 % 101))];
        Volume source = new(Turned(Size, 0.3, new SpacingMm(2.5, 1.3, 0.7)), [voxels]);
        VolumeGeometry target = Turned(new GridSize(7, 6, 11), 0.3, new SpacingMm(1.1, 1.6, 0.5));
        float[] expected = VolumeResampler.Resample(
            source, 0, target, Interpolation.Linear, MedISeg.Imaging.Intensity.IntensityMap.Identity, CancellationToken.None);
        float[] result = ObliqueResampler.Resample(source, 0, target, CancellationToken.None);
        for (int n = 0; n < result.Length; n++) Assert.Equal(expected[n], result[n], 1e-3);
    }

    /// <summary>A grid turned about two axes.</summary>
    private static VolumeGeometry Turned(GridSize size, double angle, SpacingMm spacing)
    {
        (double sin, double cos) = Math.SinCos(angle);
        (double sin2, double cos2) = Math.SinCos(2 * angle);
        Affine first = new(new(cos, sin, 0), new(-sin, cos, 0), new(0, 0, 1), default), second = new(new(1, 0, 0), new(0, cos2, sin2), new(0, -sin2, cos2), default);
        return new VolumeGeometry(size, first * second * new Affine(new(spacing.I, 0, 0), new(0, spacing.J, 0), new(0, 0, spacing.K), default));
    }

    private static double Expected(Volume source, Vector3D place)
    {
        GridSize grid = source.Geometry.Grid;
        double x = Math.Clamp(place.X, 0, grid.Width - 1), y = Math.Clamp(place.Y, 0, grid.Height - 1), z = Math.Clamp(place.Z, 0, grid.Depth - 1);
        double sum = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    double weight = Math.Max(0, 1 - Math.Abs(i - x)) * Math.Max(0, 1 - Math.Abs(j - y)) * Math.Max(0, 1 - Math.Abs(k - z));
                    sum += weight * (source.Voxels<short>(0)[(int)grid.Offset(k, j, i)] * source.Slope + source.Intercept);
                }
        return sum;
    }
}
