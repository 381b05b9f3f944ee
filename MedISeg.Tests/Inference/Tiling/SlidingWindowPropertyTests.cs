using CsCheck;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Tiling;

public sealed class SlidingWindowPropertyTests
{
    private static readonly Gen<(int Patch, int Image, double Overlap)> Axis =
        Gen.Int[1, 7].SelectMany(patch => Gen.Select(Gen.Const(patch), Gen.Int[1, 3 * patch], Gen.Double[0, 0.9]));

    [Fact]
    public void Run_PointwiseNetworkOnAnySizes_IsTheNetworkOfTheImage() =>
        Gen.Select(Gen.Select(Axis, Axis, Axis), Gen.Enum<PatchPlacement>(), Gen.Enum<BlendKind>(), Gen.Enum<PaddingKind>(), Gen.Int[0, 2], Gen.Int[0, 1])
            .Sample((axes, placement, blend, padding, streaming, margin) =>
            {
                (var k, var j, var i) = axes;
                GridSize image = new(k.Image, j.Image, i.Image), patch = new(k.Patch, j.Patch, i.Patch);
                PatchGrid grid = PatchGrid.Create(image, patch, [k.Overlap, j.Overlap, i.Overlap], placement);
                float[][] channels = [new float[image.VoxelCount], new float[image.VoxelCount]];
                for (int n = 0; n < channels[0].Length; n++) (channels[0][n], channels[1][n]) = (n * 0.01f, 5 - n * 0.02f);
                CollectingSink sink = new(image, 3);
                SlidingWindow.Run(
                    channels, grid, new VoxelIndex(margin, 0, 2 * margin), AccumulatorPlan.Along(grid, 3, streaming), blend, padding, padding,
                    new ScoresPredictor(2, 3, (values, size, scores) => Pointwise(values, size, patch, scores)), sink, null, CancellationToken.None);
                Assert.True(sink.IsComplete);
                for (int n = 0; n < channels[0].Length; n++)
                    for (int c = 0; c < 3; c++)
                        Assert.Equal(Score(channels[0][n], channels[1][n], c), sink.Scores[c * channels[0].Length + n], 1e-3f);
            }, seed: "0N0XIzNsQ0O2", iter: 300);

    private static float Score(float a, float b, int c) => c == 0 ? a : c == 1 ? b - a : 0.5f * a + 3 * b;

    /// <summary>The scores of the middle of each patch of the batch.</summary>
    private static void Pointwise(ReadOnlySpan<float> values, GridSize input, GridSize output, Span<float> scores)
    {
        int voxels = (int)input.VoxelCount, kept = (int)output.VoxelCount, marginK = (input.Depth - output.Depth) / 2, marginI = (input.Width - output.Width) / 2;
        for (int n = 0; n < values.Length / (2 * voxels); n++)
            for (int k = 0; k < output.Depth; k++)
                for (int j = 0; j < output.Height; j++)
                    for (int i = 0; i < output.Width; i++)
                    {
                        int from = 2 * n * voxels + (int)input.Offset(k + marginK, j, i + marginI), to = 3 * n * kept + (int)output.Offset(k, j, i);
                        for (int c = 0; c < 3; c++) scores[to + c * kept] = Score(values[from], values[from + voxels], c);
                    }
    }
}
