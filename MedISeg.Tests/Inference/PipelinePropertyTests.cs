using CsCheck;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

public sealed class PipelinePropertyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_AnySizesOverlapAndPlacementWithResampleBack_EqualsANaiveFullVolumeReference()
    {
        AnalyticPackageOptions options = new()
        {
            Thresholds = [150, 172], Steepness = 0.4, PatchSize = [3, 5, 4], Orientation = "LPS", Spacing = [2.1, 1.7, 1.2],
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Gen<double> overlaps = Gen.Double[0, 0.8];
        // One to three patches on the model's grid, or less than one.
        Gen.Select(Gen.Select(Gen.Int[2, 8], Gen.Int[1, 18], Gen.Int[1, 15]), Gen.Int[0, 47], Gen.Select(overlaps, overlaps, overlaps),
            Gen.Enum<PatchPlacement>(), Gen.Enum<BlendKind>(), Gen.Enum<PaddingKind>()).Sample((size, order, overlap, placement, blend, padding) =>
            {
                VolumeGeometry geometry = new(
                    new GridSize(size.Item1, size.Item2, size.Item3), new Affine(new(0.9, 0.1, -0.05), new(-0.15, 1.3, 0.2), new(0.2, -0.3, 2.6), new(-3, 1, 2)));
                Volume image = PositionImages.Image(AxisOrientation.All().ElementAt(order).Apply(geometry));
                // A plane is no volume.
                if (image.IsPlanar) return;
                int[] labels = PositionImages.Labels(new SegmentationPipeline().Run(image, model, new SegmentationOptions
                {
                    SlidingWindow = new SlidingWindowOptions { Overlap = [overlap.Item1, overlap.Item2, overlap.Item3], Positions = placement, Blend = blend, Padding = padding },
                }, null, null, CancellationToken.None).Labels);
                (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, options);
                for (int n = 0; n < labels.Length; n++)
                    if (clear[n]) Assert.Equal(expected[n], labels[n]);
            }, seed: "0N0XIzNsQ0O3", iter: 60, threads: 1);
    }
}
