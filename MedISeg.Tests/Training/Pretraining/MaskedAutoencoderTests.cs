using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Training.Networks;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Pretraining;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Pretraining;

/// <summary>A transformer of 2 x 3 blocks of 4 x 4 pixels, two channels: masking and loss against loops.</summary>
[Collection(TrainingTests.Name)]
public sealed class MaskedAutoencoderTests
{
    private const int Block = 4, Down = 2, Across = 3, Channels = 2, Tokens = Down * Across, Pixels = Block * Block * Channels;
    private static readonly long[][] Orders = [[4, 0, 5, 2, 1, 3], [1, 3, 0, 5, 4, 2]];
    private static readonly VisionTransformer Encoder = new(Channels, Block, (Down, Across), 8, 2, 2, 0);

    [Fact]
    public void SeenUnshuffled_TwoImages_ComeBackToTheirPlaces() => TorchStep.Run(() =>
    {
        float[] values = [.. Enumerable.Range(0, 2 * Tokens * 3).Select(n => (float)n)];
        Tensor seen = MaskedAutoencoder.Seen(NetworkRuns.Image(values, [2, Tokens, 3]), Orders, 2);
        float[] kept = seen.contiguous().data<float>().ToArray();
        Assert.Equal([12, 13, 14, 0, 1, 2, 21, 22, 23, 27, 28, 29], kept);
        Tensor back = MaskedAutoencoder.Unshuffled(seen, zeros(2, Tokens - 2, 3) - 1, Orders);
        float[] all = back.contiguous().data<float>().ToArray();
        for (int image = 0; image < 2; image++)
            for (int token = 0; token < Tokens; token++)
                for (int c = 0; c < 3; c++)
                {
                    int n = (image * Tokens + token) * 3 + c;
                    Assert.Equal(Orders[image].Take(2).Contains(token) ? values[n] : -1, all[n]);
                }
    });

    [Fact]
    public void Blocks_AsymmetricImage_HoldTheirRowsColumnsAndChannels() => TorchStep.Run(() =>
    {
        float[] image = Image();
        float[] blocks = MaskedAutoencoder.Blocks(NetworkRuns.Image(image, Shape), Block).contiguous().data<float>().ToArray();
        for (int n = 0; n < blocks.Length; n++) Assert.Equal(image[Place(n / (Tokens * Pixels), n / Pixels % Tokens, n % Pixels)], blocks[n]);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_TwoImages_IsTheMeanOverHiddenPixels(bool normalised) => TorchStep.Run(() =>
    {
        MaskedAutoencoder model = Model(normalised);
        using NetworkWeights weights = Filled(model);
        float[] image = Image();
        TorchOps ops = new(weights, training: true);
        float[] drawn = model.Restore(ops, NetworkRuns.Image(image, Shape), Orders).contiguous().data<float>().ToArray();
        Assert.Equal(2, model.Visible);
        double expected = 0;
        for (int n = 0; n < 2; n++)
            for (int token = 0; token < Tokens; token++)
            {
                if (Orders[n].Take(2).Contains(token)) continue;
                double[] truth = [.. Enumerable.Range(0, Pixels).Select(p => (double)image[Place(n, token, p)])];
                double mean = truth.Average(), variance = truth.Sum(v => (v - mean) * (v - mean)) / (Pixels - 1);
                for (int p = 0; p < Pixels; p++)
                {
                    double wanted = normalised ? (truth[p] - mean) / Math.Sqrt(variance + 1e-6) : truth[p];
                    expected += Math.Pow(drawn[(n * Tokens + token) * Pixels + p] - wanted, 2) / (2 * 4 * Pixels);
                }
            }
        Assert.Equal(expected, model.Loss(ops, NetworkRuns.Image(image, Shape), Orders).item<float>(), 4);
    });

    [Fact]
    public void Restore_OtherPixelsInHiddenBlocks_DrawsTheSame() => TorchStep.Run(() =>
    {
        MaskedAutoencoder model = Model(normalised: true);
        using NetworkWeights weights = Filled(model);
        TorchOps ops = new(weights, training: true);
        float[] image = Image(), hidden = Image(), seen = Image();
        for (int p = 0; p < Pixels; p++) hidden[Place(0, 2, p)] += 3;
        seen[Place(0, 4, 0)] += 3;
        float[] Draw(float[] values) => model.Restore(ops, NetworkRuns.Image(values, Shape), Orders).contiguous().data<float>().ToArray();
        float[] drawn = Draw(image);
        Assert.Equal(drawn, Draw(hidden));
        float[] other = Draw(seen);
        Assert.True(drawn.Zip(other, (a, b) => Math.Abs(a - b)).Max() > 1e-3);
        // The other image of the batch does not notice.
        Assert.Equal(drawn[(Tokens * Pixels)..], other[(Tokens * Pixels)..]);
    });

    [Fact]
    public void DrawOrder_ManyDraws_ShowEachBlockEquallyOften()
    {
        MaskedAutoencoder model = Model(normalised: true);
        SeededRandom random = new(1, 0, 0);
        int[] seen = new int[Tokens];
        for (int n = 0; n < 3000; n++)
        {
            long[] order = model.DrawOrder(ref random);
            Assert.Equal([0, 1, 2, 3, 4, 5], order.Order());
            foreach (long token in order[..model.Visible]) seen[token]++;
        }
        Assert.All(seen, count => Assert.InRange(count, 900, 1100));
    }

    [Fact]
    public void Fill_PositionCode_HoldsColumnsThenRows()
    {
        float[] code = new float[Tokens * 8];
        PositionCode.Fill(Down, Across, 8, code);
        // Token (1, 2): column 2, row 1; frequencies 1 and 1/100.
        double[] expected = [Math.Sin(2), Math.Sin(0.02), Math.Cos(2), Math.Cos(0.02), Math.Sin(1), Math.Sin(0.01), Math.Cos(1), Math.Cos(0.01)];
        for (int n = 0; n < 8; n++) Assert.Equal(expected[n], code[5 * 8 + n], 1e-6);
    }

    [Fact]
    public void Loss_StepsOnPatches_Falls()
    {
        PretrainOptions options = new()
        {
            BatchSize = 4, Optimiser = new OptimiserOptions { LearningRate = 0.02 },
            Masking = new MaskingOptions { DecoderWidth = 8, DecoderDepth = 1, DecoderHeads = 2, NormalisedPixels = false },
        };
        using MaskingTask task = new(options, new VisionTransformer(1, Block, (Down, Across), 8, 1, 2, 0), new GridSize(1, Down * Block, Across * Block));
        using NetworkWeights weights = new(task.Parameters, trainable: true);
        weights.Initialise(1);
        task.Begin(weights);
        Assert.Contains(weights.Values(task.Transferred.Single(p => p.Role == ParameterRole.Position)).ToArray(), value => value != 0);
        WeightUpdater updater = new(weights, options.Optimiser);
        TorchOps ops = new(weights, training: true);
        // Bright and dark halves, at every height another brightness.
        GridSize grid = new(3, 14, 17);
        float[] values = [.. Enumerable.Range(0, (int)grid.VoxelCount).Select(n => (n % 17 < 8 ? 0.2f : 0.8f) + 0.01f * (n / 17 % 14))];
        using TrainingCase image = new(VolumeGeometry.AxisAligned(grid, new SpacingMm(2, 2, 2)), [values], new byte[values.Length], 1);
        List<double> losses = [];
        for (int step = 0; step < 60; step++)
        {
            task.Fill([image], step);
            losses.Add(TorchStep.Run(() =>
            {
                Tensor loss = task.Loss(ops);
                loss.backward();
                updater.Apply(step + 1, 0.02);
                return (double)loss.item<float>();
            }));
        }
        Assert.True(losses[^10..].Average() < 0.5 * losses[..5].Average(), string.Join(" ", losses));
    }

    [Theory]
    [InlineData(1e-20, 2)]
    [InlineData(0.999, 1)]
    public void Visible_AnyShare_IsSomeBlocksAndNotAll(double share, int visible)
    {
        VisionTransformer encoder = new(1, Block, (1, 3), 8, 1, 2, 0);
        Assert.Equal(visible, new MaskedAutoencoder(encoder, new MaskingOptions { Share = share, DecoderWidth = 8, DecoderDepth = 1, DecoderHeads = 2 }).Visible);
    }

    [Fact]
    public void Create_OneBlock_IsRefused() => Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(
        () => new MaskedAutoencoder(new VisionTransformer(1, Block, (1, 1), 8, 1, 2, 0), new MaskingOptions())).Code);

    private static long[] Shape => [2, Channels, Down * Block, Across * Block];

    private static MaskedAutoencoder Model(bool normalised) =>
        new(Encoder, new MaskingOptions { Share = 0.6, DecoderWidth = 8, DecoderDepth = 2, DecoderHeads = 2, NormalisedPixels = normalised });

    private static NetworkWeights Filled(MaskedAutoencoder model)
    {
        NetworkWeights weights = new(model.Parameters, trainable: true);
        weights.FillByHash();
        return weights;
    }

    private static float[] Image() => [.. Enumerable.Range(0, 2 * Channels * Tokens * Block * Block).Select(n => HashFill.At("mae", n))];

    /// <summary>Where a pixel of a block lies in the batch [image, channel, row, column].</summary>
    private static int Place(int image, int token, int pixel)
    {
        int channel = pixel % Channels, column = pixel / Channels % Block, row = pixel / Channels / Block;
        return ((image * Channels + channel) * Down * Block + token / Across * Block + row) * Across * Block + token % Across * Block + column;
    }
}
