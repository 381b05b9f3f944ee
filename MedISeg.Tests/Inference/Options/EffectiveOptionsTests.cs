using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Tests.Inference.Models;

namespace MedISeg.Tests.Inference.Options;

public sealed class EffectiveOptionsTests
{
    [Fact]
    public void Create_NothingSaid_TakesTheBuiltInDefaults()
    {
        EffectiveOptions options = EffectiveOptions.Create(null, Manifests.ThreeD(), null);
        Assert.Equal([0.5, 0.5, 0.5], options.Overlap);
        Assert.Equal((PatchPlacement.Even, BlendKind.Gaussian, PaddingKind.Constant), (options.Positions, options.Blend, options.Padding));
        Assert.Empty(options.Views);
        Assert.Equal([0, 1], options.Members);
        Assert.Equal([0.5, 0.5], options.Weights);
        Assert.Equal([1, 2], options.Labels);
        Assert.Equal((UidPolicy.New, GeometryPolicy.Reject, MismatchPolicy.Reject), (options.Uids, options.Geometry, options.ModalityMismatch));
    }

    [Fact]
    public void Create_ThreeLevels_MergesKeyByKeyAndReplacesLists()
    {
        SegmentationOptions request = OptionsReader.Parse("""{"slidingWindow":{"blend":"uniform"},"postprocessing":[]}""");
        SegmentationOptions package = OptionsReader.Parse(
            """{"slidingWindow":{"blend":"gaussian","overlap":[0.25]},"postprocessing":[{"op":"fill-holes","labels":[1]}],"uids":"stable"}""");
        SegmentationOptions server = OptionsReader.Parse("""{"slidingWindow":{"overlap":[0.75],"padding":"edge"},"uids":"new","modalityMismatch":"warn"}""");
        EffectiveOptions options = EffectiveOptions.Create(request, Manifests.ThreeD() with { Defaults = package }, server);
        Assert.Equal(BlendKind.Uniform, options.Blend);
        Assert.Equal([0.25, 0.25, 0.25], options.Overlap);
        Assert.Equal(PaddingKind.Edge, options.Padding);
        Assert.Empty(options.Postprocessing);
        Assert.Equal((UidPolicy.Stable, MismatchPolicy.Warn), (options.Uids, options.ModalityMismatch));
    }

    [Fact]
    public void Create_ViewsOverPreset_ClearEachOther()
    {
        SegmentationOptions preset = OptionsReader.Parse("""{"tta":{"preset":"flips"}}"""), views = OptionsReader.Parse("""{"tta":{"views":["flip-i"]}}""");
        Assert.Equal(["flip-i"], Views(EffectiveOptions.Create(views, Manifests.ThreeD(), preset)));
        Assert.Equal(["flip-k", "flip-j", "flip-i"], Views(EffectiveOptions.Create(preset, Manifests.ThreeD(), views)));
        Assert.Empty(Views(EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"views":[]}}"""), Manifests.ThreeD(), preset)));
    }

    [Fact]
    public void Create_MembersOverWeights_ClearThem()
    {
        SegmentationOptions server = OptionsReader.Parse("""{"ensemble":{"weights":[3,1]}}""");
        Assert.Equal([0.75, 0.25], EffectiveOptions.Create(null, Manifests.ThreeD(), server).Weights);
        EffectiveOptions one = EffectiveOptions.Create(OptionsReader.Parse("""{"ensemble":{"members":["1"]}}"""), Manifests.ThreeD(), server);
        Assert.Equal([1], one.Members);
        Assert.Equal([1.0], one.Weights);
    }

    [Fact]
    public void Create_StapleOverWeights_ClearsThem()
    {
        SegmentationOptions server = OptionsReader.Parse("""{"ensemble":{"weights":[3,1],"merge":"vote"}}""");
        EffectiveOptions vote = EffectiveOptions.Create(null, Manifests.ThreeD(), server);
        Assert.Equal((MergeKind.Vote, 0.75), (vote.MergeBy, vote.Weights[0]));
        EffectiveOptions staple = EffectiveOptions.Create(OptionsReader.Parse("""{"ensemble":{"merge":"staple"}}"""), Manifests.ThreeD(), server);
        Assert.Equal([0.5, 0.5], staple.Weights);
        Assert.Null(staple.Options.Ensemble!.Weights);
    }

    [Fact]
    public void Create_ViewWeights_BelongToTheViewsThatTheyWereWrittenFor()
    {
        SegmentationOptions server = OptionsReader.Parse("""{"tta":{"views":["flip-i"],"weights":[3,1]}}""");
        Assert.Equal([0.75, 0.25], EffectiveOptions.Create(null, Manifests.ThreeD(), server).ViewWeights);
        EffectiveOptions other = EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"weights":[1,4]}}"""), Manifests.ThreeD(), server);
        Assert.Equal([0.2, 0.8], other.ViewWeights);
        Assert.Equal(["flip-i"], Views(other));
        EffectiveOptions views = EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"views":["flip-j"]}}"""), Manifests.ThreeD(), server);
        Assert.Equal([0.5, 0.5], views.ViewWeights);
        Assert.Equal([0.5, 0.5], views.Options.Tta!.Weights!);
        EffectiveOptions intensity = EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"intensity":["noise","gamma-0.8"]}}"""), Manifests.ThreeD(), server);
        Assert.Equal(["flip-i"], Views(intensity));
        Assert.Equal(["noise", "gamma-0.8"], intensity.IntensityViews.Select(view => view.Name));
        Assert.Equal([0.25, 0.25, 0.25, 0.25], intensity.ViewWeights);
        Assert.Equal(["noise", "gamma-0.8"], intensity.Options.Tta!.Intensity!);
    }

    [Fact]
    public void Create_VoteOnTooManyRegions_IsRefused()
    {
        ModelManifest manifest = Manifests.ThreeD();
        manifest = manifest with
        {
            Classes = [.. Enumerable.Range(0, 18).Select(id => new ModelClass { Id = id, Name = $"c{id}" })],
            Network = manifest.Network with { Activation = ActivationKind.Sigmoid },
        };
        SegmentationOptions vote = OptionsReader.Parse("""{"ensemble":{"merge":"vote"}}""");
        SegmentationException e = Assert.Throws<SegmentationException>(() => EffectiveOptions.Create(vote, manifest, null));
        Assert.Equal("ensemble.merge must be mean for a package of more than 16 regions.", e.Message);
        manifest = manifest with { Classes = [.. manifest.Classes.Take(17)] };
        Assert.Equal(MergeKind.Vote, EffectiveOptions.Create(vote, manifest, null).MergeBy);
    }

    [Fact]
    public void Create_Presets_ExpandToTheirViews()
    {
        ModelManifest square = Manifests.ThreeD() with
        {
            Views = new ModelViews { Allowed = ["flip-k", "flip-j", "flip-i", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3"] },
        };
        Assert.Equal(["flip-j", "flip-i", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3"],
            Views(EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"preset":"mediseg2d"}}"""), square, null)));
        Assert.Equal(["flip-j", "flip-i", "flip-k", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3"],
            Views(EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"preset":"mediseg3d"}}"""), square, null)));
    }

    [Fact]
    public void Create_TwoDimensionalPackage_TakesOverlapAsRowsAndColumns() =>
        Assert.Equal([0, 0.25, 0.75], EffectiveOptions.Create(OptionsReader.Parse("""{"slidingWindow":{"overlap":[0.25,0.75]}}"""), Manifests.TwoD(), null).Overlap);

    [Fact]
    public void Create_HugeWeights_AreScaledToSumOne() =>
        Assert.Equal([0.5, 0.5], EffectiveOptions.Create(OptionsReader.Parse("""{"ensemble":{"weights":[1e308,1e308]}}"""), Manifests.ThreeD(), null).Options.Ensemble!.Weights!);

    [Theory]
    [InlineData("""{"slidingWindow":{"overlap":[0.5,0.5]}}""", "slidingWindow.overlap", "1 or 3 values")]
    [InlineData("""{"slidingWindow":{"skipEmpty":true}}""", "slidingWindow.skipEmpty", "must be false")]
    [InlineData("""{"tta":{"views":["flip-i"],"preset":"flips"}}""", "tta.preset", "excludes tta.views")]
    [InlineData("""{"ensemble":{"members":["2"]}}""", "ensemble.members[0]", "must be one of 0, 1; 2 was given")]
    [InlineData("""{"ensemble":{"weights":[1]}}""", "ensemble.weights", "one value a member, 2; 1 were given")]
    [InlineData("""{"ensemble":{"merge":"staple","weights":[1,2]}}""", "ensemble.weights", "must be null with merge staple")]
    [InlineData("""{"tta":{"views":["flip-i"],"weights":[1]}}""", "tta.weights", "one value a view, the identity among them, 2; 1 were given")]
    [InlineData("""{"tta":{"intensity":["noise"],"weights":[1]}}""", "tta.weights", "one value a view, the identity among them, 2; 1 were given")]
    [InlineData("""{"labels":["liver"]}""", "labels[0]", "must be one of kidney, tumour; liver was given")]
    [InlineData("""{"labels":["background"]}""", "labels[0]", "must be one of kidney, tumour")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes","labels":[3]}]}""", "postprocessing[0].labels[0]", "class ids 1, 2; 3 was given")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes","labels":[1],"connectivity":8}]}""", "postprocessing[0].connectivity", "6, 18, 26 in 3-D; 8 was given")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes","labels":[1],"plane":"ji","connectivity":6}]}""", "postprocessing[0].connectivity", "4, 8 in 2-D")]
    [InlineData("""{"postprocessing":[{"op":"remove-small-components","labels":[1]}]}""", "postprocessing[0]", "exactly one of minVolumeMm3 and minVolumeVoxels")]
    [InlineData("""{"postprocessing":[{"op":"remove-small-components","labels":[1],"minVolumeMm3":1,"minVolumeVoxels":1}]}""", "postprocessing[0]", "exactly one")]
    [InlineData("""{"postprocessing":[{"op":"keep-largest-component","labels":[1],"minVolumeMm3":1,"minVolumeVoxels":1}]}""", "postprocessing[0]", "at most one")]
    [InlineData("""{"postprocessing":[{"op":"keep-largest-component","labels":[1],"to":9}]}""", "postprocessing[0].to", "0 or one of the package's class ids 1, 2")]
    public void Create_ValueThatDoesNotFitThePackage_IsInvalid(string json, string key, string message)
    {
        SegmentationException e = Assert.Throws<SegmentationException>(() => EffectiveOptions.Create(OptionsReader.Parse(json), Manifests.ThreeD(), null));
        Assert.Equal(ErrorCode.InvalidOption, e.Code);
        KeyError error = Assert.Single(e.Errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ForbiddenView_NamesTheAllowedOnes()
    {
        SegmentationException e = Assert.Throws<SegmentationException>(
            () => EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"views":["flip-i","rot90-ji-1"]}}"""), Manifests.ThreeD(), null));
        Assert.Equal(ErrorCode.ViewNotAllowed, e.Code);
        Assert.Equal("tta.views[1]", Assert.Single(e.Errors).Key);
        Assert.Contains("it allows flip-k, flip-j, flip-i", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_DepthViewOrPlaneOnTwoDimensionalPackage_IsRefused()
    {
        Assert.Equal(ErrorCode.ViewNotAllowed, Assert.Throws<SegmentationException>(
            () => EffectiveOptions.Create(OptionsReader.Parse("""{"tta":{"preset":"mediseg3d"}}"""), Manifests.TwoD(), null)).Code);
        SegmentationException e = Assert.Throws<SegmentationException>(() => EffectiveOptions.Create(
            OptionsReader.Parse("""{"postprocessing":[{"op":"fill-holes","labels":[1],"plane":"kj"}]}"""), Manifests.TwoD(), null));
        Assert.Equal("postprocessing[0].plane", Assert.Single(e.Errors).Key);
    }

    [Fact]
    public void Create_SliceAxis_IsTheRequestsThePackagesOrK()
    {
        ModelManifest package = Manifests.TwoD() with { Defaults = OptionsReader.Parse("""{"slices":{"axis":"j"}}""") };
        Assert.Equal(0, EffectiveOptions.Create(null, Manifests.TwoD(), null).SliceAxis);
        Assert.Equal(1, EffectiveOptions.Create(OptionsReader.Parse("""{"slices":{"axis":null}}"""), package, null).SliceAxis);
        EffectiveOptions asked = EffectiveOptions.Create(OptionsReader.Parse("""{"slices":{"axis":"i"}}"""), package, null);
        Assert.Equal((2, SliceAxis.I), (asked.SliceAxis, asked.Options.Slices!.Axis));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(26)]
    public void Create_ConnectivityOfVolumesOnTwoDimensionalPackage_IsTaken(int connectivity) => Assert.Equal(connectivity, EffectiveOptions.Create(
        OptionsReader.Parse($$"""{"postprocessing":[{"op":"fill-holes","labels":[1],"connectivity":{{connectivity}}}]}"""), Manifests.TwoD(), null)
        .Postprocessing[0].Connectivity);

    [Fact]
    public void Create_SeveralFaults_CollectsAll()
    {
        SegmentationException e = Assert.Throws<SegmentationException>(() => EffectiveOptions.Create(OptionsReader.Parse(
            """{"slidingWindow":{"overlap":[0,0]},"tta":{"views":["flip-kj"]},"labels":["x"]}"""), Manifests.ThreeD(), null));
        Assert.Equal(ErrorCode.InvalidOption, e.Code);
        Assert.Equal(["slidingWindow.overlap", "tta.views[0]", "labels[0]"], e.Errors.Select(x => x.Key));
    }

    private static IEnumerable<string> Views(EffectiveOptions options) => options.Views.Select(view => view.Name);
}
