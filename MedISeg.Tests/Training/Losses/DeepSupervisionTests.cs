using MedISeg.Tests.Support;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Losses;

/// <summary>Coarse labels and losses of several outputs, in compat against the numbers of the paper's code: losses to 1e-5, labels equal.</summary>
[Collection(TrainingTests.Name)]
public sealed class DeepSupervisionTests
{
    private static readonly DeepSupervisionOptions Compat = new() { Mode = DefectMode.Compat };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Coarse_PlaneInCompat_IsThePapers(int level)
    {
        NpyFile expected = GoldenLosses.Read($"deepsup2d/gt{level}.npy");
        Assert.Equal(expected.ToBytes(), Coarse(GoldenLosses.Read("deepsup2d/label.npy").ToBytes(), [2, 64, 64], [64 >> level, 64 >> level], Compat));
    }

    /// <summary>At level 2 the paper's version of PyTorch puts four voxels one class lower: their eight neighbours agree, so that the mean is
    /// whole, but its weights summed to just below 1.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    [InlineData(3, 0)]
    public void Coarse_VolumeInCompat_IsThePapersButWhereTheMeanIsWhole(int level, int roundedDown)
    {
        int side = 32 >> level;
        byte[] labels = GoldenLosses.Read("deepsup3d/label.npy").ToBytes(), expected = GoldenLosses.Read($"deepsup3d/gt{level}.npy").ToBytes();
        byte[] actual = Coarse(labels, [1, 32, 32, 32], [side, side, side], Compat);
        Assert.Equal(GoldenLosses.Numbers("deepsup3d", "label_hist", $"gt{level}"), Histogram(expected));
        int[] apart = [.. Enumerable.Range(0, actual.Length).Where(n => actual[n] != expected[n])];
        Assert.Equal(roundedDown, apart.Length);
        Assert.All(apart, n =>
        {
            Assert.Equal(expected[n] + 1, actual[n]);
            Assert.All(Neighbours(n, side), place => Assert.Equal(actual[n], labels[place]));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Coarse_VolumeByNearest_HasTheHistogramOfAnotherProgram(int level)
    {
        int side = 32 >> level;
        byte[] actual = Coarse(GoldenLosses.Read("deepsup3d/label.npy").ToBytes(), [1, 32, 32, 32], [side, side, side], new DeepSupervisionOptions());
        Assert.Equal(GoldenLosses.Numbers("deepsup3d", "nearest_hist", $"gt{level}"), Histogram(actual));
    }

    [Theory]
    [InlineData(CoarseLabels.Nearest, 2, 3, 2)]
    [InlineData(CoarseLabels.Max, 2, 3, 2)]
    [InlineData(CoarseLabels.Nearest, 1, 4, 2)]
    [InlineData(CoarseLabels.Max, 1, 4, 2)]
    public void Coarse_UnequalSteps_TakesTheFirstVoxelOrTheHighestClassOfEachBlock(CoarseLabels labels, int stepK, int stepJ, int stepI)
    {
        int[] coarse = [2, 3, 5], step = [stepK, stepJ, stepI], full = [2 * stepK, 3 * stepJ, 5 * stepI];
        byte[] values = [.. Enumerable.Range(0, full[0] * full[1] * full[2]).Select(n => (byte)(n * 7 / 3 % 5 % 4))];
        List<byte> expected = [];
        for (int k = 0; k < coarse[0]; k++)
            for (int j = 0; j < coarse[1]; j++)
                for (int i = 0; i < coarse[2]; i++)
                {
                    byte[] block = [.. from a in Enumerable.Range(k * step[0], step[0])
                                       from b in Enumerable.Range(j * step[1], step[1])
                                       from c in Enumerable.Range(i * step[2], step[2])
                                       select values[(a * full[1] + b) * full[2] + c]];
                    expected.Add(labels == CoarseLabels.Max ? block.Max() : block[0]);
                }
        Assert.Equal(expected, Coarse(values, [1, full[0], full[1], full[2]], [2, 3, 5], new DeepSupervisionOptions { Labels = labels }));
    }

    [Theory]
    [InlineData(DefectMode.Fixed, false)]
    [InlineData(DefectMode.Compat, true)]
    public void Coarse_OnlyClassesZeroAndTwo_HasClassOneInCompatOnly(DefectMode mode, bool invented)
    {
        byte[] labels = [.. Enumerable.Range(0, 8 * 12 * 20).Select(n => (byte)(n % 20 > 12 && n / 20 % 12 > 4 ? 2 : 0))];
        byte[] coarse = Coarse(labels, [1, 8, 12, 20], [4, 6, 10], new DeepSupervisionOptions { Mode = mode });
        Assert.Equal(invented, coarse.Contains((byte)1));
        Assert.Contains((byte)2, coarse);
    }

    [Theory]
    [InlineData("deepsup2d", "ce", LossName.CrossEntropy)]
    [InlineData("deepsup2d", "wce_0.2_0.8", LossName.WeightedCrossEntropy)]
    [InlineData("deepsup2d", "dice", LossName.Dice)]
    [InlineData("deepsup2d", "iou_smooth1", LossName.Iou)]
    [InlineData("deepsup2d", "focal", LossName.Focal)]
    [InlineData("deepsup2d", "tversky", LossName.Tversky)]
    [InlineData("deepsup2d", "ohem", LossName.Ohem)]
    [InlineData("deepsup3d", "ce", LossName.CrossEntropy)]
    [InlineData("deepsup3d", "wce_0.1_0.5_1.0", LossName.WeightedCrossEntropy)]
    [InlineData("deepsup3d", "dice", LossName.Dice)]
    [InlineData("deepsup3d", "focal", LossName.Focal)]
    [InlineData("deepsup3d", "tversky", LossName.Tversky)]
    [InlineData("deepsup3d", "ohem", LossName.Ohem)]
    public void Run_FourOutputs_IsThePapersSumAndEachLevelItsValue(string folder, string key, LossName name)
    {
        NpyFile[] outputs = Outputs(folder);
        byte[] labels = GoldenLosses.Read($"{folder}/label.npy").ToBytes();
        double[] expected = GoldenLosses.Numbers(folder, "values", key);
        LossOptions loss = new()
        {
            Name = name, FalsePositives = 0.7, FalseNegatives = 0.3,
            Mode = name == LossName.Tversky ? DefectMode.Compat : DefectMode.Fixed,
        };
        // In 3-D the labels of level 2 differ in four voxels, see above: there the paper's own labels are taken.
        bool[] same = [true, true, folder == "deepsup2d", true];
        for (int level = 0; level < 4; level++)
        {
            double[] one = [0, 0, 0, 0];
            one[level] = 1;
            double actual = same[level]
                ? Run(outputs, labels, loss, Compat with { Weights = one })
                : Run([outputs[level]], GoldenLosses.Read($"{folder}/gt{level}.npy").ToBytes(), loss, null);
            Assert.Equal(expected[level], actual, 1e-5);
        }
        Assert.Equal(
            Enumerable.Range(0, 4).Where(level => same[level]).Sum(level => expected[level]),
            Run(outputs, labels, loss, Compat with { Weights = same.All(s => s) ? null : [1, 1, 0, 1] }), 4e-5);
        Assert.Equal(expected[0], Run(outputs, labels, loss, null), 1e-5);
    }

    [Fact]
    public void Run_PixelWceWithOutputsOfZeros_WeighsEachLevelByTheMapsNearestVoxels()
    {
        // Every voxel costs log 2: a level's loss is log 2 times the mean of the weights it took.
        NpyFile[] outputs = [new([1, 2, 4, 6], new float[48]), new([1, 2, 2, 3], new float[12])];
        byte[] labels = [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1];
        LossOptions loss = new() { Name = LossName.PixelCrossEntropy, PixelWindow = 3, PixelFactor = 3 };
        // Windows of three columns: a third of the voxels beside the border differs; coarse columns are 0, 2 and 4.
        double full = Math.Log(2) * (1 + 3.0 / 3 * 2 / 6), coarse = Math.Log(2) * (1 + 3.0 / 3 / 3);
        DeepSupervisionOptions deep = new() { Outputs = 2, Weights = [1, 0.5] };
        Assert.Equal(full + 0.5 * coarse, Run(outputs, labels, loss, deep), 1e-5);
    }

    private static NpyFile[] Outputs(string folder)
    {
        if (folder == "deepsup2d") return [.. Enumerable.Range(0, 4).Select(n => GoldenLosses.Read($"deepsup2d/out{n}.npy"))];
        float[] full = new float[3 * 32 * 32 * 32];
        HashFill.Fill("deepsup3d.out0", 2, 0, full);
        return [new NpyFile([1, 3, 32, 32, 32], full).Transpose(0, 1, 4, 2, 3), .. Enumerable.Range(1, 3).Select(n => GoldenLosses.Read($"deepsup3d/out{n}.npy"))];
    }

    private static double Run(NpyFile[] outputs, byte[] labels, LossOptions loss, DeepSupervisionOptions? deep) => TorchStep.Run(() =>
    {
        Tensor[] logits = [.. outputs.Select(o => tensor(o.ToFloats()).view([.. o.Shape.Select(side => (long)side)]))];
        Tensor classes = tensor(labels).to_type(ScalarType.Int64).view([logits[0].shape[0], .. logits[0].shape[2..]]);
        return (double)new DeepSupervision(new SegmentationLoss(loss, outputs[0].Shape[1]), deep).Run(logits, classes).Total.item<float>();
    });

    private static byte[] Coarse(byte[] labels, long[] shape, long[] sides, DeepSupervisionOptions options) => TorchStep.Run(() =>
        DeepSupervision.Coarse(tensor(labels).to_type(ScalarType.Int64).view(shape), sides, options).contiguous().data<long>().ToArray()
            .Select(label => (byte)label).ToArray());

    /// <summary>Places of the eight voxels around a coarse one, corners aligned.</summary>
    private static IEnumerable<int> Neighbours(int place, int side)
    {
        int[] index = [place / (side * side), place / side % side, place % side];
        int[][] both = [.. index.Select(i => i * 31 / (side - 1)).Select(first => new[] { first, Math.Min(first + 1, 31) })];
        return from k in both[0] from j in both[1] from i in both[2] select (k * 32 + j) * 32 + i;
    }

    private static double[] Histogram(byte[] labels) => [.. Enumerable.Range(0, 3).Select(c => (double)labels.Count(l => l == c))];
}
