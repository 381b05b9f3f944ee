using CsCheck;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Tests.Inference.Models;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Tiling;

/// <summary>A pointwise network leaves no trace of the patches, whatever they are like.</summary>
public sealed class SlidingWindowPropertyTests
{
    private static readonly Gen<int[]> Sides = Gen.Int[1, 7].Array[3];
    private static readonly Gen<double[]> Overlaps = Gen.Double[0, 0.9].Array[3];
    private static readonly Gen<PatchPlacement> Placements = Gen.Enum<PatchPlacement>();
    private static readonly Gen<BlendKind> Blends = Gen.Enum<BlendKind>();

    [Fact]
    public void Run_AnySizesOfOneToThreePatches_CoversEveryVoxelOnceWithTheNetworksScore() =>
        Gen.Select(Sides, Gen.Double[0.3, 3].Array[3], Overlaps, Placements, Blends, Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[1, 3]))
            .Check(300, (sides, patches, overlap, placement, blend, rest) =>
            {
                (int axis, int threads, int batch) = rest;
                GridSize patch = new(sides[0], sides[1], sides[2]);
                GridSize image = new(Side(0), Side(1), Side(2));
                float[] values = [.. Enumerable.Range(0, (int)image.VoxelCount).Select(n => n * 0.5f - 20)];
                PatchGrid grid = PatchGrid.Create(image, patch, overlap, placement);
                ScoresPredictor predictor = new(1, 1, (input, _, scores) => input.CopyTo(scores));
                CollectingSink sink = new(image, 1);
                SlidingWindow.Run([values], grid, default, AccumulatorPlan.Along(grid, 1, axis), blend, PaddingKind.Reflect, PaddingKind.Reflect,
                    new WindowSettings(threads, batch), predictor, sink, null, CancellationToken.None);
                for (int n = 0; n < values.Length; n++) Assert.Equal(values[n], sink.Scores[n], 2e-4f * (1 + Math.Abs(values[n])));
                Assert.True(sink.IsComplete);

                int Side(int n) => Math.Max(1, (int)Math.Round(sides[n] * patches[n]));
            });

    [Fact]
    public void Run_AnySizesPatchesAndSpacing_EqualsANaiveFullVolumeReferenceOnTheImagesGrid()
    {
        long seen = 0, clearVoxels = 0;
        Gen.Select(Gen.Int[2, 12].Array[3], Gen.Int[1, 7].Array[3], Gen.Double[0.6, 1.8].Array[3], Overlaps, Gen.Select(Placements, Blends),
            Gen.Select(Gen.Int[0, 47], Gen.Int[1, 2], Gen.Int[1, 2])).Check(120, (sides, patch, spacing, overlap, way, rest) =>
        {
            (int order, int threads, int batch) = rest;
            AnalyticPackageOptions options = new() { Thresholds = [155, 168], Steepness = 0.4, Activation = ActivationKind.None };
            ModelManifest example = Manifests.ThreeD();
            ModelManifest manifest = example with
            {
                Grid = new ModelGrid { Orientation = "LPS", Spacing = spacing },
                Intensity = [],
                Network = new ModelNetwork { PatchSize = patch, Activation = ActivationKind.None },
                Members = [example.Members[0]],
            };
            ScoresPredictor predictor = new(1, 3, (input, size, scores) =>
            {
                int voxels = (int)size.VoxelCount;
                for (int n = 0; n < input.Length; n++)
                    for (int c = 0; c < 3; c++)
                        scores[n / voxels * 3 * voxels + c * voxels + n % voxels] = (float)(0.4 * (c * (double)input[n] - options.Thresholds.Take(c).Sum()));
            });
            using LoadedModel model = new(manifest, "", "cpu", [predictor], 0, new WindowSettings(threads, batch), [], 0);
            VolumeGeometry geometry = AxisOrientation.All().ElementAt(order).Apply(new VolumeGeometry(new GridSize(sides[0], sides[1], sides[2]),
                new Affine(new(0.9, 0.1, -0.05), new(-0.15, 1.3, 0.2), new(0.2, -0.3, 1.4), new(-2, 3, 1))));
            if (geometry.Grid.Depth == 1) return;
            Volume image = PositionImages.Image(geometry);
            SegmentationOptions request = new()
            {
                SlidingWindow = new SlidingWindowOptions { Overlap = overlap, Positions = way.Item1, Blend = way.Item2, Padding = PaddingKind.Edge },
            };
            int[] labels = PositionImages.Labels(new SegmentationPipeline().Run(image, model, request, null, null, CancellationToken.None).Labels);
            (int[] expected, bool[] clear) = NaiveReference.Segment(image, manifest, options);
            for (int n = 0; n < labels.Length; n++)
                if (clear[n]) Assert.Equal(expected[n], labels[n]);
            seen += labels.Length;
            clearVoxels += clear.Count(c => c);
        });
        Assert.True(clearVoxels > 0.95 * seen, "the reference must be clear almost everywhere");
    }
}
