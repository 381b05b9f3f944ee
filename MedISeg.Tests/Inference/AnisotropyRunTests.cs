using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

/// <summary>Grids that are much coarser along one axis.</summary>
public sealed class AnisotropyRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3.0, 1, 1, null)]
    [InlineData(3.1, 1, 1, 0)]
    [InlineData(0.5, 1, 1.6, 2)]
    [InlineData(0.24, 1.25, 1.25, null)]
    [InlineData(1, 3.30001, 3.3, null)]
    [InlineData(1, 3.5, 3.3, 1)]
    public void Of_Spacing_IsTheOneAxisBeyondThreeTimesTheFinest(double k, double j, double i, int? axis) =>
        Assert.Equal(axis, CoarseAxis.Of(new SpacingMm(k, j, i)));

    [Theory]
    [InlineData(2.0, 5.5, 1.3, 0)]
    [InlineData(4.4, 2.0, 1.3, 0)]
    [InlineData(4.4, 6.5, 1.3, 0)]
    [InlineData(4.4, 1.6, 6.5, 2)]
    public void Run_NearestBetweenPlanes_EqualsANaiveFullVolumeReference(double fromK, double toK, double toI, int coarseOfModel)
    {
        // The image, the model's grid or both are coarse, perhaps along different axes: nnU-Net looks at the grid that is resampled first.
        AnalyticPackageOptions options = new()
        {
            Thresholds = [110, 118], Steepness = 0.4, PatchSize = [4, 6, 6], Orientation = "LPS", Spacing = [toK, 1.6, toI],
            Change = manifest => manifest with { Grid = manifest.Grid with { Anisotropy = AnisotropyKind.Nearest } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        VolumeGeometry upright = new(new GridSize(10, 13, 17), new Affine(new(0.9, 0.1, -0.05), new(-0.15, 1.3, 0.2), new(0.1, -0.2, fromK), new(-12, 7, 31)));
        long different = 0, clearVoxels = 0;
        foreach (AxisOrientation order in AxisOrientation.All().Where((_, n) => n % 4 == 1))
        {
            Volume image = PositionImages.Image(order.Apply(upright));
            int coarse = order.Inverse().Source(0);
            int[] labels = PositionImages.Labels(new SegmentationPipeline().Run(image, model, null, null, null, CancellationToken.None).Labels);
            (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, options, 0, (coarse, coarseOfModel));
            (int[] linear, bool[] clearToo) = NaiveReference.Segment(image, model.Manifest, options);
            for (int n = 0; n < labels.Length; n++)
            {
                if (!clear[n]) continue;
                Assert.Equal(expected[n], labels[n]);
                clearVoxels++;
                if (clearToo[n] && linear[n] != expected[n]) different++;
            }
        }
        Assert.True(clearVoxels > 0.95 * 12 * 10 * 13 * 17, $"{clearVoxels}");
        Assert.True(different > 100, "interpolation between planes must give another result");
    }
}
