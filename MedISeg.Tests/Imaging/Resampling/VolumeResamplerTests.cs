using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Resampling;

[Trait("Category", "Kernel")]
public sealed class VolumeResamplerTests
{
    private static readonly VolumeGeometry Source = TestGeometry.Oblique(new GridSize(4, 5, 7));

    [Theory]
    [InlineData(Interpolation.Nearest)]
    [InlineData(Interpolation.Linear)]
    [InlineData(Interpolation.Cubic)]
    public void Resample_SameGridInEveryOrder_MovesVoxelsOnly(Interpolation interpolation)
    {
        Volume source = Noise(Source);
        float tolerance = interpolation == Interpolation.Cubic ? 0.01f : 0;
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry target = order.Apply(Source);
            float[] values = Resample(source, target, interpolation);
            ForVoxels(target.Grid, (k, j, i, n) =>
            {
                Vector3D old = Source.PatientToIndex.Apply(target.IndexToPatient.Apply(i, j, k));
                short expected = source.Voxels<short>(0)[(int)Source.Grid.Offset((int)Math.Round(old.Z), (int)Math.Round(old.Y), (int)Math.Round(old.X))];
                Assert.Equal(expected * 2.0 - 100, values[n], tolerance);
            });
        }
    }

    [Theory]
    [InlineData(9, 3, 5)]
    [InlineData(3, 4, 5)]
    [InlineData(4, 3, 7)]
    [InlineData(2, 5, 9)]
    public void Resample_LinearOtherSpacingInEveryOrder_EqualsNaive(int depth, int height, int width)
    {
        Volume source = Noise(Source);
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry target = order.Apply(Source.WithGrid(new GridSize(depth, height, width)));
            float[] values = Resample(source, target, Interpolation.Linear);
            ForVoxels(target.Grid, (k, j, i, n) =>
            {
                Vector3D p = Source.PatientToIndex.Apply(target.IndexToPatient.Apply(i, j, k));
                Assert.Equal(NaiveLinear(source, p), values[n], 0.01);
            });
        }
    }

    [Fact]
    public void Resample_BlockReachingOutside_RepeatsTheNearestVoxel()
    {
        Volume source = Noise(Source);
        VolumeGeometry target = Source.Block(new VoxelIndex(-2, 1, -3), new GridSize(8, 2, 12));
        foreach (Interpolation interpolation in (Interpolation[])[Interpolation.Nearest, Interpolation.Linear])
        {
            float[] values = Resample(source, target, interpolation);
            ForVoxels(target.Grid, (k, j, i, n) =>
            {
                int offset = (int)Source.Grid.Offset(Math.Clamp(k - 2, 0, 3), j + 1, Math.Clamp(i - 3, 0, 6));
                Assert.Equal(source.Voxels<short>(0)[offset] * 2f - 100, values[n]);
            });
        }
    }

    [Theory]
    [InlineData(Interpolation.Linear, 2, 16)]
    [InlineData(Interpolation.Cubic, 8, 30)]
    public void Resample_CoordinateRampThereAndBackInEveryOrder_KeepsMillimetres(Interpolation interpolation, int margin, int depth)
    {
        VolumeGeometry upright = TestGeometry.Oblique(new GridSize(depth, depth + 3, depth + 6));
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry stored = order.Apply(upright);
            VolumeGeometry model = AxisOrientation.Towards(stored, "LPS").Apply(stored).WithSpacing(new SpacingMm(1.4, 1.3, 0.9));
            List<int> insideModel = Interior(model, stored, margin), insideStored = Interior(stored, model, margin + 2);
            for (int coordinate = 0; coordinate < 3; coordinate++)
            {
                Volume ramp = new(stored, [TestGeometry.Ramp(stored, coordinate)]);
                float[] there = VolumeResampler.Resample(ramp, 0, model, interpolation, IntensityMap.Identity, CancellationToken.None);
                AssertClose(TestGeometry.Ramp(model, coordinate), there, insideModel);
                float[] back = VolumeResampler.Resample(new Volume(model, [there]), 0, stored, interpolation, IntensityMap.Identity, CancellationToken.None);
                AssertClose(ramp.ToFloats(0), back, insideStored);
            }
        }
    }

    [Fact]
    public void Resample_IntensityBeforeInterpolation_ClipsFirst()
    {
        VolumeGeometry two = VolumeGeometry.AxisAligned(new GridSize(1, 1, 2), new SpacingMm(1, 1, 1));
        Volume source = new(two, [new float[] { 0, 100 }]);
        float[] values = VolumeResampler.Resample(
            source, 0, two.WithGrid(new GridSize(1, 1, 1)), Interpolation.Linear, IntensityMap.Identity.ThenClip(-5, 40), CancellationToken.None);
        Assert.Equal([20f], values);
    }

    [Fact]
    public void Resample_CubicStep_OvershootsOnlyWhereUnclipped()
    {
        VolumeGeometry line = VolumeGeometry.AxisAligned(new GridSize(1, 1, 6), new SpacingMm(1, 1, 1));
        Volume source = new(line, [new byte[] { 0, 0, 0, 10, 10, 10 }]);
        VolumeGeometry target = line.WithGrid(new GridSize(1, 1, 13));
        float[] clipped = VolumeResampler.Resample(source, 0, target, Interpolation.Cubic, IntensityMap.Identity, CancellationToken.None);
        float[] free = VolumeResampler.Resample(source, 0, target, Interpolation.CubicUnclipped, IntensityMap.Identity, CancellationToken.None);
        Assert.True(free.Max() > 10.3f && free.Min() < -0.3f);
        for (int n = 0; n < free.Length; n++) Assert.Equal(Math.Clamp(free[n], 0, 10), clipped[n], 1e-6);
    }

    [Theory]
    [InlineData(Interpolation.Linear)]
    [InlineData(Interpolation.Cubic)]
    public void Resample_AnyNumberOfThreads_GivesTheSameBits(Interpolation interpolation)
    {
        VolumeGeometry geometry = TestGeometry.Oblique(new GridSize(13, 11, 17));
        VolumeGeometry target = new AxisOrientation(2, true, 0, false, 1, true).Apply(geometry.WithGrid(new GridSize(29, 23, 9)));
        Volume source = Noise(geometry);
        float[] one = VolumeResampler.Resample(source, 0, target, interpolation, IntensityMap.Identity, 1, CancellationToken.None);
        foreach (int threads in (int[])[2, 3, 7])
            Assert.Equal(one, VolumeResampler.Resample(source, 0, target, interpolation, IntensityMap.Identity, threads, CancellationToken.None));
    }

    [Fact]
    public void Resample_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(() => VolumeResampler.Resample(
        Noise(Source), 0, Source, Interpolation.Linear, IntensityMap.Identity, new CancellationToken(true)));

    [Fact]
    public void Resample_UnknownChannel_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        VolumeResampler.Resample(Noise(Source), 1, Source, Interpolation.Linear, IntensityMap.Identity, CancellationToken.None));

    [Fact]
    public void Nearest_LabelMapInEveryOrder_KeepsLabelsAtTheirPlace()
    {
        byte[] labels = [.. Enumerable.Range(0, (int)Source.Grid.VoxelCount).Select(n => (byte)(n % 251))];
        LabelMap bytes = new(Source, labels), words = new(Source, [.. labels.Select(label => (ushort)(label + 300))]);
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry target = order.Apply(Source.WithGrid(new GridSize(7, 9, 4)));
            LabelMap moved = LabelResampler.Nearest(bytes, target), wide = LabelResampler.Nearest(words, target);
            Assert.Same(target, moved.Geometry);
            Assert.Equal(moved.Bytes.ToArray(), LabelResampler.Nearest(bytes, target, threads: 1).Bytes.ToArray());
            Assert.Equal(wide.Words.ToArray(), LabelResampler.Nearest(words, target, threads: 3).Words.ToArray());
            ForVoxels(target.Grid, (k, j, i, n) =>
            {
                Vector3D p = Source.PatientToIndex.Apply(target.IndexToPatient.Apply(i, j, k));
                int expected = bytes[Near(p.Z, 4), Near(p.Y, 5), Near(p.X, 7)];
                Assert.Equal(expected, moved.Bytes[n]);
                Assert.Equal(expected + 300, wide.Words[n]);
            });
        }
    }

    private static int Near(double position, int length) => Math.Clamp((int)Math.Floor(position + 0.5 + 1e-6), 0, length - 1);

    private static Volume Noise(VolumeGeometry geometry)
    {
        Random random = new(7);
        short[] voxels = new short[geometry.Grid.VoxelCount];
        for (int n = 0; n < voxels.Length; n++) voxels[n] = (short)random.Next(-1000, 1000);
        return new Volume(geometry, [voxels], slope: 2);
    }

    private static float[] Resample(Volume source, VolumeGeometry target, Interpolation interpolation) =>
        VolumeResampler.Resample(source, 0, target, interpolation, IntensityMap.Identity.ThenAffine(1, -100), CancellationToken.None);

    private static double NaiveLinear(Volume source, Vector3D p)
    {
        GridSize grid = source.Geometry.Grid;
        double k = Math.Clamp(p.Z, 0, grid.Depth - 1), j = Math.Clamp(p.Y, 0, grid.Height - 1), i = Math.Clamp(p.X, 0, grid.Width - 1);
        double sum = 0;
        for (int corner = 0; corner < 8; corner++)
        {
            int ck = (int)k + (corner >> 2), cj = (int)j + (corner >> 1 & 1), ci = (int)i + (corner & 1);
            double weight = (1 - Math.Abs(k - ck)) * (1 - Math.Abs(j - cj)) * (1 - Math.Abs(i - ci));
            if (weight > 1e-9) sum += weight * (source.Voxels<short>(0)[(int)grid.Offset(ck, cj, ci)] * 2.0 - 100);
        }
        return sum;
    }

    /// <summary>Voxels that lie at least a margin of voxels inside another grid.</summary>
    private static List<int> Interior(VolumeGeometry geometry, VolumeGeometry other, int margin)
    {
        List<int> inside = [];
        ForVoxels(geometry.Grid, (k, j, i, n) =>
        {
            Vector3D p = other.PatientToIndex.Apply(geometry.IndexToPatient.Apply(i, j, k));
            if (p.X >= margin && p.Y >= margin && p.Z >= margin && p.X <= other.Grid.Width - 1 - margin
                && p.Y <= other.Grid.Height - 1 - margin && p.Z <= other.Grid.Depth - 1 - margin) inside.Add(n);
        });
        Assert.True(inside.Count > 300, $"{inside.Count} voxels to compare");
        return inside;
    }

    private static void AssertClose(float[] expectedMm, float[] actualMm, List<int> voxels)
    {
        foreach (int n in voxels)
            if (!(Math.Abs(expectedMm[n] - actualMm[n]) <= 1e-3)) Assert.Equal(expectedMm[n], actualMm[n], 1e-3);
    }

    private static void ForVoxels(GridSize grid, Action<int, int, int, int> body)
    {
        int n = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++) body(k, j, i, n++);
    }
}
