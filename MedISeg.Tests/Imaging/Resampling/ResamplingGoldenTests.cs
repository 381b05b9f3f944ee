using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Resampling;

/// <summary>Against scipy (Golden/resampling) and against the paper's code (Golden/prep3d).</summary>
[Trait("Category", "Kernel")]
public sealed class ResamplingGoldenTests
{
    [Theory]
    [InlineData("mixed", Interpolation.Linear)]
    [InlineData("down", Interpolation.Linear)]
    [InlineData("single", Interpolation.Linear)]
    [InlineData("mixed", Interpolation.CubicUnclipped)]
    [InlineData("down", Interpolation.CubicUnclipped)]
    [InlineData("single", Interpolation.CubicUnclipped)]
    public void Resample_OtherGrid_EqualsScipy(string name, Interpolation interpolation)
    {
        NpyFile source = NpyFile.Golden("resampling/source.npy");
        NpyFile expected = NpyFile.Golden($"resampling/{(interpolation == Interpolation.Linear ? "linear" : "cubic")}_{name}.npy");
        VolumeGeometry geometry = TestGeometry.Oblique(Size(source));
        AssertClose(expected, Resample(source, geometry, geometry.WithGrid(Size(expected)), interpolation), 2e-3);
    }

    [Fact]
    public void Resample_NearestShiftedAndFlipped_EqualsScipy()
    {
        NpyFile source = NpyFile.Golden("resampling/source.npy"), expected = NpyFile.Golden("resampling/nearest_shifted.npy");
        VolumeGeometry geometry = TestGeometry.Oblique(Size(source));
        VolumeGeometry target = new(Size(expected), geometry.IndexToPatient * new Affine(new(1.1, 0, 0), new(0, -0.9, 0), new(0, 0, 0.8), new(0.2, 7.6, 0.3)));
        Assert.Equal(expected.As<float>(), Resample(source, geometry, target, Interpolation.Nearest));
    }

    [Theory]
    [InlineData("lits_01", "lits_resampled_yxz_img", 2.5, 0.8, 0.8, 1, 1, 1)]
    [InlineData("kits_zscore", "kits_resampled_yxz_img", 3, 0.78, 0.78, 3.22, 1.62, 1.62)]
    public void Resample_CubicToYxz_EqualsThePapersCode(
        string name, string result, double fromK, double fromJ, double fromI, double toK, double toJ, double toI)
    {
        NpyFile source = NpyFile.Golden($"prep3d/{name}.npy"), expected = NpyFile.Golden($"prep3d/{result}.npy");
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(Size(source), new SpacingMm(fromK, fromJ, fromI));
        VolumeGeometry target = new AxisOrientation(1, false, 2, false, 0, false).Apply(geometry.WithSpacing(new SpacingMm(toK, toJ, toI)));
        Assert.Equal(Size(expected), target.Grid);
        AssertClose(expected, Resample(source, geometry, target, Interpolation.Cubic), 1e-5);
    }

    [Theory]
    [InlineData(0, Interpolation.Nearest)]
    [InlineData(1, Interpolation.Nearest)]
    [InlineData(2, Interpolation.Nearest)]
    [InlineData(0, Interpolation.Linear)]
    [InlineData(1, Interpolation.Linear)]
    [InlineData(2, Interpolation.Linear)]
    public void Resample_PlaneByPlaneInEveryOrder_EqualsScipy(int axis, Interpolation across)
    {
        NpyFile source = NpyFile.Golden("resampling/source.npy");
        NpyFile expected = NpyFile.Golden($"resampling/separate_{(across == Interpolation.Nearest ? "nearest" : "linear")}_{"kji"[axis]}.npy");
        VolumeGeometry geometry = TestGeometry.Oblique(Size(source)), target = geometry.WithGrid(Size(expected));
        Volume image = new(geometry, [new float[source.As<float>().Length], source.As<float>()]);
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            // In another order of the target's axes the same values stand elsewhere.
            int targetAxis = Enumerable.Range(0, 3).First(a => order.Source(a) == axis);
            float[] turned = SeparateResampler.Resample(
                image, 1, order.Apply(target), targetAxis, Interpolation.CubicUnclipped, across, IntensityMap.Identity, CancellationToken.None);
            float[] values = new float[turned.Length];
            ViewTransform.Apply(turned, order.Apply(target.Grid), order.Inverse(), values, add: false);
            AssertClose(expected, values, 2e-3);
        }
    }

    [Fact]
    public void Resample_PlanesJoinedByACurve_IsAnArgumentError()
    {
        VolumeGeometry geometry = TestGeometry.Oblique(new GridSize(2, 3, 5));
        Assert.Throws<ArgumentException>(() => SeparateResampler.Resample(
            new Volume(geometry, [new short[30]]), 0, geometry, 0, Interpolation.Cubic, Interpolation.Cubic, IntensityMap.Identity, CancellationToken.None));
    }

    private static GridSize Size(NpyFile file) => new(file.Shape[0], file.Shape[1], file.Shape[2]);

    private static float[] Resample(NpyFile source, VolumeGeometry geometry, VolumeGeometry target, Interpolation interpolation) =>
        VolumeResampler.Resample(new Volume(geometry, [source.As<float>()]), 0, target, interpolation, IntensityMap.Identity, CancellationToken.None);

    private static void AssertClose(NpyFile expected, float[] actual, double tolerance)
    {
        float[] values = expected.As<float>();
        Assert.Equal(values.Length, actual.Length);
        for (int n = 0; n < values.Length; n++) Assert.Equal(values[n], actual[n], tolerance);
    }
}
