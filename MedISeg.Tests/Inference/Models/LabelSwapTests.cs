using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Tests.Inference.WayBack;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Models;

/// <summary>A network that calls the low columns of a patch class 9 and the high ones class 5, as it would left and right.</summary>
public sealed class LabelSwapTests
{
    private static readonly GridSize Grid = new(2, 3, 5);

    [Theory]
    [InlineData(false, true, "flip-i")]
    [InlineData(true, true, "flip-i")]
    [InlineData(false, true, "flip-kji")]
    [InlineData(false, false, "flip-i")]
    public void Run_MirroredView_IsAskedForTheOtherSide(bool regions, bool swaps, string view)
    {
        ModelManifest manifest = DecisionManifests.Create(
            regions ? ActivationKind.Sigmoid : ActivationKind.Softmax, ScoreDomain.Probabilities, 0.5, [0, 5, 300, 9],
            regions ? [new ModelRegion { Labels = [5], Paint = 5 }, new ModelRegion { Labels = [300], Paint = 300 }, new ModelRegion { Labels = [9], Paint = 9 }] : null) with
        {
            Members = [new ModelMember { File = "0.onnx", Sha256 = "" }],
            Views = new ModelViews { Allowed = [view], LabelSwap = swaps ? new Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> { [view] = [[9, 5]] } : null },
        };
        int[] ids = regions ? [5, 300, 9] : [0, 5, 300, 9];
        ScoresPredictor network = new(1, ids.Length, (_, size, scores) =>
        {
            scores.Clear();
            for (int n = 0; n < size.VoxelCount; n++) scores[(int)(Array.IndexOf(ids, n % 5 < 2 ? 9 : n % 5 > 2 ? 5 : 300) * size.VoxelCount) + n] = 1;
        });
        using LoadedModel model = new(manifest, "", "cpu", [network], 0, WindowSettings.Default, [], 0);
        Volume image = new(VolumeGeometry.AxisAligned(Grid, new SpacingMm(1, 1, 1)), [new float[30]]);
        SegmentationOptions request = new() { Tta = new TtaOptions { Views = [view], Weights = [1, 3] } };
        int[] labels = PositionImages.Labels(new SegmentationPipeline().Run(image, model, request, null, null, CancellationToken.None).Labels);
        // The view weighs more: where nothing is swapped, its sides win.
        (int low, int high) = swaps ? (9, 5) : (5, 9);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => n % 5 < 2 ? low : n % 5 > 2 ? high : 300), labels);
    }

    [Fact]
    public void Channels_ViewThatIsNotNamed_SwapsNothing()
    {
        ModelManifest manifest = DecisionManifests.Softmax(0, 1, 2, 3) with
        {
            Views = new ModelViews { Allowed = [], LabelSwap = new Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> { ["flip-i"] = [[1, 3]] } },
        };
        Assert.Null(LabelSwap.Channels(manifest, MedISeg.Inference.Prediction.PatchView.Find("flip-ji")));
        Assert.Equal([0, 3, 2, 1], LabelSwap.Channels(manifest, MedISeg.Inference.Prediction.PatchView.Find("flip-i"))!);
    }
}
