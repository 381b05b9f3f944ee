using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Merging;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Uncertainty;
using MedISeg.Tests.Inference.WayBack;

namespace MedISeg.Tests.Inference.Merging;

public sealed class MemberMergerTests
{
    private static readonly VolumeGeometry Grid = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(3, 2, 1));

    [Fact]
    public void Merge_VoteWithClassesOutOfOrder_GivesTiesToTheFirstClass()
    {
        // Class 7 comes before class 2: it is the lower one.
        LabelMap[] maps = [Map(n => n < 10 ? 7 : 0), Map(n => n < 10 ? 2 : n < 20 ? 7 : 0)];
        (LabelMap labels, RunMerging? report) = Merge(DecisionManifests.Softmax(0, 7, 2), maps, MergeKind.Vote, 1, 1);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => n < 10 ? 7 : 0), Labels(labels));
        Assert.Equal(("vote", 20L), (report!.Merge, report.DisputedVoxels));
        Assert.Null(report.Members);
        (labels, _) = Merge(DecisionManifests.Softmax(0, 7, 2), maps, MergeKind.Vote, 1, 2);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => n < 10 ? 2 : n < 20 ? 7 : 0), Labels(labels));
    }

    [Theory]
    [InlineData(MergeKind.Vote)]
    [InlineData(MergeKind.Staple)]
    public void Merge_Regions_AreDecidedEachByItselfThenPainted(MergeKind kind)
    {
        // Whole {1, 2} painted 1, core {2} painted 2. As labels the members say 1, 2 and 0 at voxel 4: as regions two have the whole.
        ModelManifest manifest = DecisionManifests.Create(ActivationKind.Sigmoid, ScoreDomain.Probabilities, 0.5, [0, 1, 2],
            [new ModelRegion { Labels = [1, 2], Paint = 1 }, new ModelRegion { Labels = [2], Paint = 2 }]);
        int[][] sets = [[0, 0, 3, 3, 1], [0, 1, 3, 3, 3], [0, 1, 3, 1, 0]];
        LabelMap[] maps = [.. sets.Select(set => Map(n => set[n % 5]))];
        (LabelMap labels, RunMerging? report) = Merge(manifest, maps, kind, 1, 1, 1);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => ((int[])[0, 1, 2, 2, 1])[n % 5]), Labels(labels));
        Assert.Equal(18, report!.DisputedVoxels);
        if (kind == MergeKind.Staple) Assert.Equal([1, 2], report.Members![2].Sensitivity.Keys);
    }

    [Fact]
    public void Merge_Staple_TellsHowFarMembersCanBeTrusted()
    {
        // Two members agree; the third misses half of class 300.
        LabelMap[] maps = [Wide(n => n < 12 ? 300 : 0), Wide(n => n < 12 ? 300 : 0), Wide(n => n < 6 ? 300 : 0)];
        (LabelMap labels, RunMerging? report) = Merge(DecisionManifests.Softmax(0, 300), maps, MergeKind.Staple, 1, 1, 1);
        Assert.True(labels.IsWide && report!.Converged == true && report.Rounds > 0);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => n < 12 ? 300 : 0), Labels(labels));
        Assert.Equal([0, 1, 2], report!.Members!.Select(m => m.Member));
        Assert.Equal([1, 1, 0.5], report.Members!.Select(m => Math.Round(m.Sensitivity[300], 3)));
    }

    [Fact]
    public void Merge_StapleOfEmptyMembersAndAClassThatNobodySays_SaysNothingOfIt()
    {
        LabelMap[] empty = [Map(_ => 0), Map(_ => 0)], some = [Map(n => n < 9 ? 1 : 0), Map(_ => 0), Map(n => n < 9 ? 1 : 0)];
        (LabelMap labels, RunMerging? report) = Merge(DecisionManifests.Softmax(0, 1, 2), empty, MergeKind.Staple, 1, 1);
        Assert.All(Labels(labels), label => Assert.Equal(0, label));
        Assert.All(report!.Members!, member => Assert.Empty(member.Sensitivity));
        (labels, report) = Merge(DecisionManifests.Softmax(0, 1, 2), some, MergeKind.Staple, 1, 1, 1);
        Assert.Equal(Labels(some[0]), Labels(labels));
        Assert.Equal([1, 0, 1], report!.Members!.Select(member => Math.Round(Assert.Single(member.Sensitivity).Value, 3)));
    }

    [Fact]
    public void Find_MoreCombinations_AreNumberedAsTheyAreMet()
    {
        LabelPatterns patterns = LabelPatterns.Of([Map(n => n % 3), Map(n => n % 5)], CancellationToken.None);
        Assert.Equal(15, patterns.Count);
        Assert.All(patterns.Voxels.ToArray(), count => Assert.Equal(2, count));
        Assert.Equal(4, patterns.Find([1, 4]));
        Assert.Equal([2, 3], patterns.Labels(8).ToArray());
    }

    private static (LabelMap Labels, RunMerging? Report) Merge(ModelManifest manifest, LabelMap[] maps, MergeKind kind, params double[] weights)
    {
        manifest = manifest with { Members = [.. weights.Select((_, m) => new ModelMember { File = $"{m}.onnx", Sha256 = "" })] };
        SegmentationOptions options = new() { Ensemble = new EnsembleOptions { Merge = kind, Weights = kind == MergeKind.Staple ? null : weights } };
        EffectiveOptions effective = EffectiveOptions.Create(options, manifest, null);
        return new MemberMerger(manifest, effective, new UncertaintyRun(manifest, effective, Grid)).Merge(maps, CancellationToken.None);
    }

    private static LabelMap Map(Func<int, int> label) => new(Grid, [.. Enumerable.Range(0, 30).Select(n => (byte)label(n))]);

    private static LabelMap Wide(Func<int, int> label) => new(Grid, [.. Enumerable.Range(0, 30).Select(n => (ushort)label(n))]);

    private static int[] Labels(LabelMap map) => PositionImages.Labels(map);
}
