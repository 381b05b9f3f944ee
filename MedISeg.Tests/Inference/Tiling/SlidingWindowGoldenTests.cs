using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.WayBack;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Tiling;

/// <summary>MedISeg's sliding window, from its own code: stride p // 2, last window pulled back, uniform weights, zero padding.</summary>
public sealed class SlidingWindowGoldenTests
{
    private static readonly string[] Flips = ["flip-j", "flip-i", "flip-k"];
    private static readonly string[] Turns = ["rot90-ji-1", "rot90-ji-2", "rot90-ji-3"];

    public static TheoryData<string, int, int[], string[]> Cases => new()
    {
        { "exact", 2, [4, 8, 8], [] },
        { "ragged", 3, [4, 8, 8], [] },
        { "pad", 2, [4, 8, 8], [] },
        { "tta", 3, [4, 8, 8], [.. Flips, .. Turns] },
        { "oddpatch", 2, [5, 9, 9], Flips },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_CompatSettings_EqualsMedISeg(string name, int classes, int[] patchSides, string[] views)
    {
        // Golden axes (y, x, z) are our (j, i, k).
        NpyFile input = NpyFile.Golden($"slide/{name}_in.npy").Transpose(2, 0, 1);
        NpyFile score = NpyFile.Golden($"slide/{name}_score.npy").Transpose(0, 3, 1, 2);
        NpyFile label = NpyFile.Golden($"slide/{name}_label.npy").Transpose(2, 0, 1);
        GridSize image = new(input.Shape[0], input.Shape[1], input.Shape[2]), patch = new(patchSides[0], patchSides[1], patchSides[2]);
        PatchGrid grid = PatchGrid.Create(image, patch, [0.5, 0.5, 0.5], PatchPlacement.Pullback);
        SamplePredictor predictor = new([new ScoresPredictor(1, classes, (v, size, s) => Network(v, size, classes, s))], [1],
            [SampleView.Identity, .. views.Select(view => new SampleView(PatchView.Find(view), null, 1))], default);

        for (int axis = 0; axis < 3; axis++)
        {
            CollectingSink sink = new(image, classes);
            SlidingWindow.Run([input.ToFloats()], grid, default, AccumulatorPlan.Along(grid, classes, axis), BlendKind.Uniform, PaddingKind.Constant,
                predictor, sink, null, CancellationToken.None);

            float[] expected = score.ToFloats();
            Assert.Equal(expected.Length, sink.Scores.Length);
            for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], sink.Scores[n], 1e-4f);
            Assert.Equal(label.ToBytes().Select(l => (int)l), Argmax(sink.Scores, classes));
        }
    }

    /// <summary>logit_c = (0.5 + c) * v * (c odd ? 1 : -1) + 0.03 * (c + 1) * y - 0.02 * c * x + 0.05 * (c - 1) * z, places in the window.</summary>
    private static void Network(ReadOnlySpan<float> v, GridSize size, int classes, Span<float> scores)
    {
        int voxels = (int)size.VoxelCount;
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
                for (int i = 0; i < size.Width; i++)
                {
                    int n = (int)size.Offset(k, j, i);
                    for (int c = 0; c < classes; c++)
                        scores[c * voxels + n] = (float)((0.5 + c) * v[n] * (c % 2 == 1 ? 1 : -1) + 0.03 * (c + 1) * j - 0.02 * c * i + 0.05 * (c - 1) * k);
                }
        Activation.Softmax(scores, classes);
    }

    private static int[] Argmax(float[] scores, int classes)
    {
        int voxels = scores.Length / classes;
        float[] best = new float[voxels];
        int[] labels = new int[voxels];
        scores.AsSpan(0, voxels).CopyTo(best);
        for (int c = 1; c < classes; c++) LabelDecision.TakeBetter(scores.AsSpan(c * voxels, voxels), c, best, labels);
        return labels;
    }
}
