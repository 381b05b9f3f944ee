using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Tests.Inference.Models;

namespace MedISeg.Tests.Inference;

public sealed class MemoryEstimateTests
{
    [Fact]
    public void Create_MoreSlicesAlongTheStreamingAxis_AddsOnlySourceModelAndLabelVoxels()
    {
        MemoryEstimate a = Estimate(384, 3), b = Estimate(768, 3);
        long voxels = 384L * 300 * 300;
        Assert.Equal(voxels * 4, b.SourceBytes - a.SourceBytes);
        Assert.Equal(voxels * 4, b.ModelImageBytes - a.ModelImageBytes);
        Assert.Equal(voxels, b.LabelBytes - a.LabelBytes);
        Assert.Equal(a.AccumulatorBytes, b.AccumulatorBytes);
        Assert.Equal(a.PatchBytes, b.PatchBytes);
        Assert.Equal(a.WayBackBytes, b.WayBackBytes);
    }

    [Fact]
    public void Create_ManyClasses_HoldsTheCarryAndNeverTheVolume()
    {
        // 104 classes on 273 x 273 x 400 with 128-voxel patches: a full accumulator of 11.5 GiB becomes less than 4.
        ModelManifest manifest = Manifests.ThreeD() with
        {
            Grid = Manifests.ThreeD().Grid with { Spacing = [1.5, 1.5, 1.5] },
            Network = Manifests.ThreeD().Network with { PatchSize = [128, 128, 128], ValidPadding = null },
            Classes = [.. Enumerable.Range(0, 104).Select(id => new ModelClass { Id = id, Name = $"c{id}" })],
        };
        VolumeGeometry source = VolumeGeometry.AxisAligned(new GridSize(600, 512, 512), new SpacingMm(1, 0.8, 0.8));
        MemoryEstimate estimate = MemoryEstimate.Create(manifest, source, 1, EffectiveOptions.Create(null, manifest, null), 2);
        Assert.InRange(estimate.AccumulatorBytes, 2L << 30, 4L << 30);
        Assert.InRange(estimate.TotalBytes, 3L << 30, 6L << 30);
    }

    [Fact]
    public void Create_MoreSlicesOfATwoDimensionalPackage_AddsOnlySourceModelAndLabelVoxels()
    {
        ModelManifest manifest = Manifests.TwoD() with { Slices = new ModelSlices { Neighbours = 1 } };
        MemoryEstimate[] estimates = [.. ((int[])[40, 400]).Select(depth => MemoryEstimate.Create(
            manifest, VolumeGeometry.AxisAligned(new GridSize(depth, 300, 200), new SpacingMm(5, 1, 1)), 1, EffectiveOptions.Create(null, manifest, null), 2))];
        long voxels = 360L * 300 * 200;
        Assert.Equal(voxels * (2 + 4 + 1), estimates[1].TotalBytes - estimates[0].TotalBytes);
        // A strip of 64 rows of one slice; a patch of three slices and its scores, twice where stages overlap, and scores of a second member.
        Assert.Equal(4L * 200 * 64 * 3, estimates[0].AccumulatorBytes);
        Assert.Equal(4L * 64 * 64 * (Math.Min(2, Environment.ProcessorCount) * (3 + 3) + 3), estimates[0].PatchBytes);
        Assert.Equal(10 * estimates[0].NetworkCalls, estimates[1].NetworkCalls);
    }

    [Fact]
    public void Create_Views_CostOnePatchMore()
    {
        // The scores of a second sample are there already, since two members are averaged.
        MemoryEstimate plain = Estimate(100, 3), views = Estimate(100, 3, """{"tta":{"views":["flip-i","flip-j"]}}""");
        Assert.Equal(64L * 64 * 64 * 4, views.PatchBytes - plain.PatchBytes);
        Assert.Equal(plain.AccumulatorBytes, views.AccumulatorBytes);
    }

    [Fact]
    public void Create_Voters_KeepALabelMapEach()
    {
        // Two members: with vote their two maps and the merged one; averaged, one map and one more patch of scores.
        MemoryEstimate mean = Estimate(100, 3), vote = Estimate(100, 3, """{"ensemble":{"merge":"vote"}}"""), staple = Estimate(100, 3, """{"ensemble":{"merge":"staple"}}""");
        Assert.Equal(2 * 100L * 300 * 300, vote.LabelBytes - mean.LabelBytes);
        Assert.Equal(64L * 64 * 64 * 4 * 3, mean.PatchBytes - vote.PatchBytes);
        Assert.True(staple.LabelBytes > vote.LabelBytes);
        Assert.Equal(mean.NetworkCalls, vote.NetworkCalls);
    }

    [Fact]
    public void Create_UncertaintyMaps_CostAMapEachAndAChannelOfTheSums()
    {
        MemoryEstimate plain = Estimate(100, 3), entropy = Estimate(100, 3, """{"outputs":["labels","entropy"]}""");
        MemoryEstimate two = Estimate(100, 3, """{"outputs":["variance","disagreement"]}"""), vote = Estimate(100, 3, """{"outputs":["entropy"],"ensemble":{"merge":"vote"}}""");
        const long Map = 100L * 300 * 300 * 4;
        Assert.Equal(0, plain.UncertaintyBytes);
        Assert.InRange(entropy.UncertaintyBytes, Map + 1, Map + (64L << 20));
        Assert.Equal(plain.AccumulatorBytes, entropy.AccumulatorBytes);
        // Three classes and two values a voxel; of a patch sums of three classes thrice and four values.
        Assert.Equal(plain.AccumulatorBytes / 3 * 5, two.AccumulatorBytes);
        Assert.InRange(two.UncertaintyBytes, 2 * Map + 64L * 64 * 64 * 4 * 13, 2 * Map + 64L * 64 * 64 * 4 * 16 + (64L << 20));
        Assert.Equal(Map, vote.UncertaintyBytes);
        Assert.Equal(vote.TotalBytes - Map, Estimate(100, 3, """{"ensemble":{"merge":"vote"}}""").TotalBytes);
    }

    [Fact]
    public void Create_MorphologyAndSmoothing_CountTheLargerOfBoth()
    {
        const string Ball = """{"op":"morphology","labels":[1],"operation":"open","radiusMm":4}""", Smooth = """{"op":"smooth","labels":[1],"sigmaMm":2}""";
        MemoryEstimate plain = Estimate(100, 3), ball = Estimate(100, 3, $$"""{"postprocessing":[{{Ball}}]}"""), both = Estimate(100, 3, $$"""{"postprocessing":[{{Ball}},{{Smooth}}]}""");
        Assert.Equal(0, plain.PostprocessingBytes);
        // Sums have gone when post-processing begins.
        Assert.Equal(plain.TotalBytes - plain.AccumulatorBytes + Math.Max(plain.AccumulatorBytes, ball.PostprocessingBytes), ball.TotalBytes);
        // Slices of floats in reach of the ball, at least three of them.
        Assert.InRange(ball.PostprocessingBytes, 3L * 300 * 300 * 4, 300L << 20);
        // A copy of the labels besides.
        Assert.InRange(both.PostprocessingBytes, 100L * 300 * 300 + ball.PostprocessingBytes / 2, 600L << 20);
    }

    [Fact]
    public void Create_Components_CountRunsOfTheWorstNoise()
    {
        const long Voxels = 100L * 300 * 300, Mask = 2L * 100 * 300 * 5 * 8 + (100 * 300 + 1) * 4;
        static long Bytes(string step) => Estimate(100, 3, $$"""{"postprocessing":[{{step}}]}""").PostprocessingBytes;
        // A run has two ends, a component and, where it is one of its own, a size and a choice; with several labels keys of both.
        Assert.Equal(Mask + Voxels / 2 * 17, Bytes("""{"op":"keep-largest-component","labels":[1]}"""));
        Assert.Equal(Mask + Voxels / 2 * 17, Bytes("""{"op":"keep-largest-component","labels":[1,2],"joint":true}"""));
        Assert.Equal(Mask + Voxels * 21, Bytes("""{"op":"remove-small-components","labels":[1,2],"minVolumeVoxels":5}"""));
        // Closed and open gaps, and each row's rented ends and whether it had any. Open or filled; jointly a number and faces of both labels.
        const long Gaps = 2 * Mask + 100 * 300 * (2 * 8 + 1);
        Assert.Equal(Gaps + Voxels / 2 * 18, Bytes("""{"op":"fill-holes","labels":[1,2]}"""));
        Assert.Equal(Gaps + Voxels / 2 * 30, Bytes("""{"op":"fill-holes","labels":[1,2],"joint":true}"""));
        Assert.InRange(Bytes("""{"op":"conditional-components","labels":[1],"of":[2],"when":"touching","distanceMm":5}"""), Mask * 5 + Voxels / 2 * 19, 200L << 20);
    }

    [Fact]
    public void Create_TwoDimensionalPackageOnAVolume_CountsComponentsOfASlice()
    {
        ModelManifest manifest = Manifests.TwoD() with { Slices = new ModelSlices { Neighbours = 1 } };
        long[] bytes = [.. ((string[])["8", "26"]).Select(connectivity => MemoryEstimate.Create(
            manifest, VolumeGeometry.AxisAligned(new GridSize(40, 300, 200), new SpacingMm(5, 1, 1)), 1,
            EffectiveOptions.Create(
                OptionsReader.Parse($$"""{"postprocessing":[{"op":"keep-largest-component","labels":[1],"connectivity":{{connectivity}}}]}"""), manifest, null), 2).PostprocessingBytes)];
        Assert.InRange(bytes[0], 300 * 100 * 17, 300 * 100 * 18);
        Assert.InRange(bytes[1], 40 * 300 * 100 * 17, 40 * 300 * 100 * 18);
    }

    [Fact]
    public void Create_SeparatePlanes_CountPlanesOfEachThread()
    {
        ModelManifest manifest = Manifests.ThreeD() with { Grid = Manifests.ThreeD().Grid with { Anisotropy = AnisotropyKind.Nearest, Spacing = [5, 1, 1] } };
        VolumeGeometry source = VolumeGeometry.AxisAligned(new GridSize(40, 300, 200), new SpacingMm(5, 0.5, 0.5));
        MemoryEstimate estimate = MemoryEstimate.Create(manifest, source, 1, EffectiveOptions.Create(null, manifest, null), 2);
        Assert.Equal(2L * Environment.ProcessorCount * (4 * 150 * 100 + 3 * 300 * 200) * 4, estimate.ResamplingBytes);
    }

    [Fact]
    public void Create_StoredVoxels_CountWithTheirOwnSize()
    {
        ModelManifest manifest = Manifests.ThreeD();
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(20, 30, 50), new SpacingMm(3, 3, 3));
        MemoryEstimate[] estimates = [.. ((Array[])[new byte[30000], new double[30000]]).Select(voxels =>
        {
            Volume image = new(grid, [voxels]);
            return MemoryEstimate.Create(manifest, image.Geometry, 1, EffectiveOptions.Create(null, manifest, null), image.BytesPerVoxel);
        })];
        Assert.Equal([30000L, 8 * 30000L], estimates.Select(e => e.SourceBytes));
        Assert.Equal(7 * 30000L, estimates[1].TotalBytes - estimates[0].TotalBytes);
    }

    private static MemoryEstimate Estimate(int depth, double spacing, string options = "{}")
    {
        ModelManifest manifest = Manifests.ThreeD();
        VolumeGeometry source = VolumeGeometry.AxisAligned(new GridSize(depth, 300, 300), new SpacingMm(spacing, spacing, spacing));
        return MemoryEstimate.Create(manifest, source, 1, EffectiveOptions.Create(OptionsReader.Parse(options), manifest, null), 4);
    }
}
