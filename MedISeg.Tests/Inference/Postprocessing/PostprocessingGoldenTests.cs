using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Postprocessing;

/// <summary>Against the paper's code: Golden/post2d (4-connected) and post3d (6-connected; its axes are (y, x, z)).</summary>
public sealed class PostprocessingGoldenTests
{
    [Theory]
    [InlineData("in", "abl", null)]
    [InlineData("in", "abl_min40", 40L)]
    [InlineData("tie_in", "tie_abl", null)]
    public void Apply_LargestInPlane_EqualsThePaper(string from, string to, long? minimum) => Check(
        TestLabels.Golden($"post2d/{from}.npy"), TestLabels.Golden($"post2d/{to}.npy"),
        new KeepLargestComponentStep { Labels = [1], Connectivity = 4, Ties = TieRule.Keep, MinVolumeVoxels = minimum });

    [Theory]
    [InlineData("rsa10", 10)]
    [InlineData("rsa120", 120)]
    public void Apply_SmallInPlane_EqualsThePaper(string to, long minimum) => Check(
        TestLabels.Golden("post2d/in.npy"), TestLabels.Golden($"post2d/{to}.npy"),
        new RemoveSmallComponentsStep { Labels = [1], Connectivity = 4, MinVolumeVoxels = minimum });

    [Theory]
    [InlineData("abl_1", false, 1)]
    [InlineData("abl_2", false, 2)]
    [InlineData("abl_1_2", false, 1, 2)]
    [InlineData("abl_joint12", true, 1, 2)]
    public void Apply_LargestInVolume_EqualsThePaper(string to, bool joint, params int[] labels) => Check(
        Volume("in"), Volume(to), new KeepLargestComponentStep { Labels = labels, Joint = joint, Connectivity = 6, Ties = TieRule.Keep });

    [Theory]
    [InlineData("rsa_1000_80", 1000, 80)]
    [InlineData("rsa_100_10", 100, 10)]
    public void Apply_SmallOfTwoLabelsInVolume_EqualsThePaper(string to, long first, long second) => Check(
        Volume("in"), Volume(to),
        new RemoveSmallComponentsStep { Labels = [1], Connectivity = 6, MinVolumeVoxels = first },
        new RemoveSmallComponentsStep { Labels = [2], Connectivity = 6, MinVolumeVoxels = second });

    [Fact]
    public void Apply_SmallJointRegionInVolume_EqualsThePaper() => Check(
        Volume("in"), Volume("rsa_joint12_50"),
        new RemoveSmallComponentsStep { Labels = [1, 2], Joint = true, Connectivity = 6, MinVolumeVoxels = 50 });

    private static LabelMap Volume(string name) => TestLabels.Golden($"post3d/{name}.npy", 2, 0, 1);

    private static void Check(LabelMap map, LabelMap expected, params PostprocessingStep[] steps)
    {
        byte[] before = map.Bytes.ToArray();
        long changed = Postprocessors.Default.Apply(map, steps, CancellationToken.None).Sum(change => change.VoxelsChanged);
        Assert.Equal(expected.Bytes.ToArray(), map.Bytes.ToArray());
        Assert.Equal(before.Zip(map.Bytes.ToArray()).Count(pair => pair.First != pair.Second), changed);
    }
}
