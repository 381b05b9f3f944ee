using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Tiling;

/// <summary>Walks a predictor over an image patch by patch and streams the blended scores into a sink.</summary>
internal static class SlidingWindow
{
    /// <summary>Runs all patches, then completes the sink.</summary>
    /// <param name="channels">One array a channel on the model grid, row-major (k, j, i), normalised.</param>
    /// <param name="grid">Positions of the patches' scores.</param>
    /// <param name="margin">Voxels that the scores lack on each side of the patch.</param>
    /// <param name="plan">Streaming axis.</param>
    /// <param name="blend">Weights over a patch.</param>
    /// <param name="padding">What lies outside the image.</param>
    /// <param name="paddingK">What lies before its first and behind its last plane.</param>
    /// <param name="predictor">The network with its views and members.</param>
    /// <param name="sink">Receives bands.</param>
    /// <param name="patchDone">Called after each patch with the number done; null: nobody listens.</param>
    /// <param name="cancellationToken">Checked once a patch.</param>
    /// <returns>Bytes of the accumulator.</returns>
    public static long Run(
        IReadOnlyList<float[]> channels, PatchGrid grid, VoxelIndex margin, AccumulatorPlan plan, BlendKind blend, PaddingKind padding, PaddingKind paddingK,
        IPatchPredictor predictor, IBandSink sink, Action<long>? patchDone, CancellationToken cancellationToken)
    {
        GridSize scoresSize = grid.Patch;
        GridSize input = new(scoresSize.Depth + 2 * margin.K, scoresSize.Height + 2 * margin.J, scoresSize.Width + 2 * margin.I);
        PatchReader reader = new(channels, grid.Image, input, padding, paddingK);
        PatchAccumulator accumulator = new(grid, plan, BlendWeights.Create(blend, scoresSize), sink);
        float[] patch = GC.AllocateUninitializedArray<float>(checked((int)(channels.Count * input.VoxelCount)));
        float[] scores = GC.AllocateUninitializedArray<float>(checked((int)(predictor.Classes * scoresSize.VoxelCount)));

        long done = 0;
        Span<int> start = stackalloc int[3];
        for (int s = 0; s < grid.Starts(plan.StreamingAxis).Count; s++)
            for (int a = 0; a < grid.Starts(plan.SecondAxis).Count; a++)
            {
                for (int b = 0; b < grid.Starts(plan.ThirdAxis).Count; b++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    start[plan.StreamingAxis] = grid.Starts(plan.StreamingAxis)[s];
                    start[plan.SecondAxis] = grid.Starts(plan.SecondAxis)[a];
                    start[plan.ThirdAxis] = grid.Starts(plan.ThirdAxis)[b];
                    reader.Read(new VoxelIndex(start[0] - margin.K, start[1] - margin.J, start[2] - margin.I), patch);
                    predictor.Predict(patch, input, scores, cancellationToken);
                    accumulator.Add(scores, s, a, b);
                    patchDone?.Invoke(++done);
                }
                accumulator.FinishStrip(s, a);
            }
        sink.Complete();
        return accumulator.Bytes;
    }
}
