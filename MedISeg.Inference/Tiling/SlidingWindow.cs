using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Tiling;

/// <summary>Walks a predictor over an image patch by patch and streams the blended scores into a sink.</summary>
internal static class SlidingWindow
{
    /// <summary>Runs all patches, then completes the sink, with <see cref="WindowSettings.Default"/>.</summary>
    /// <inheritdoc cref="Run(IReadOnlyList{float[]}, PatchGrid, VoxelIndex, AccumulatorPlan, BlendKind, PaddingKind, PaddingKind, WindowSettings, IPatchPredictor, IBandSink, Action{long}?, CancellationToken)"/>
    public static long Run(
        IReadOnlyList<float[]> channels, PatchGrid grid, VoxelIndex margin, AccumulatorPlan plan, BlendKind blend, PaddingKind padding,
        IPatchPredictor predictor, IBandSink sink, Action<long>? patchDone, CancellationToken cancellationToken) =>
        Run(channels, grid, margin, plan, blend, padding, padding, WindowSettings.Default, predictor, sink, patchDone, cancellationToken);

    /// <summary>Runs all patches, then completes the sink.</summary>
    /// <param name="channels">One array a channel on the model grid, row-major (k, j, i), normalised.</param>
    /// <param name="grid">Positions of the patches' scores.</param>
    /// <param name="margin">Voxels that the scores lack on each side of the patch.</param>
    /// <param name="plan">Streaming axis.</param>
    /// <param name="blend">Weights over a patch.</param>
    /// <param name="padding">What lies outside the image.</param>
    /// <param name="paddingK">What lies before its first and behind its last plane.</param>
    /// <param name="settings">Threads and patches a call.</param>
    /// <param name="predictor">The network with its views and members; called on the calling thread.</param>
    /// <param name="sink">Receives bands, on one thread.</param>
    /// <param name="patchDone">Called on the calling thread after each network call with the number of patches done; null: nobody listens.</param>
    /// <param name="cancellationToken">Checked once a network call.</param>
    /// <returns>Bytes of the accumulator.</returns>
    public static long Run(
        IReadOnlyList<float[]> channels, PatchGrid grid, VoxelIndex margin, AccumulatorPlan plan, BlendKind blend, PaddingKind padding,
        PaddingKind paddingK, WindowSettings settings, IPatchPredictor predictor, IBandSink sink, Action<long>? patchDone, CancellationToken cancellationToken)
    {
        GridSize size = new(grid.Patch.Depth + 2 * margin.K, grid.Patch.Height + 2 * margin.J, grid.Patch.Width + 2 * margin.I);
        long inputFloats = channels.Count * size.VoxelCount, scoreFloats = predictor.Classes * grid.Patch.VoxelCount;
        int batch = settings.BatchOf(inputFloats, scoreFloats), sets = settings.Sets(inputFloats, scoreFloats);
        long calls = (grid.Count + batch - 1) / batch;
        PatchReader reader = new(channels, grid.Image, size, padding, paddingK);
        using PatchAccumulator accumulator = new(grid, plan, BlendWeights.Create(blend, grid.Patch), sink, settings.Threads);
        using LargeBuffer patches = new(sets * batch * inputFloats), scores = new(sets * batch * scoreFloats);
        // Disposed before the memory that it works on.
        using Companion companion = new(sets > 1);

        // While the network has one set, the other is added up and filled again.
        companion.Start(() => Gather(0));
        companion.Wait();
        for (long call = 0; call < calls; call++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long current = call;
            if (sets > 1)
                companion.Start(() =>
                {
                    if (current > 0) Accumulate(current - 1);
                    Gather(current + 1);
                });
            predictor.Predict(Part(patches, call, inputFloats), size, Part(scores, call, scoreFloats), cancellationToken);
            patchDone?.Invoke(Math.Min(grid.Count, (call + 1) * batch));
            companion.Wait();
            if (sets > 1) continue;
            Accumulate(call);
            Gather(call + 1);
        }
        companion.Start(() =>
        {
            if (sets > 1) Accumulate(calls - 1);
            sink.Complete();
        });
        companion.Wait();
        return accumulator.Bytes;

        Span<float> Part(LargeBuffer buffer, long call, long floats) =>
            buffer.Slice(call % sets * batch * floats, (int)(floats * Math.Min(batch, grid.Count - call * batch)));

        void Gather(long call)
        {
            for (long n = call * batch; n < Math.Min(grid.Count, (call + 1) * batch); n++)
            {
                PatchPosition position = PatchPosition.Of(n, grid, plan);
                VoxelIndex start = new(Start(position, 0) - margin.K, Start(position, 1) - margin.J, Start(position, 2) - margin.I);
                reader.Read(start, patches.Slice((call % sets * batch + n % batch) * inputFloats, (int)inputFloats));
            }
        }

        void Accumulate(long call)
        {
            for (long n = call * batch; n < Math.Min(grid.Count, (call + 1) * batch); n++)
            {
                PatchPosition position = PatchPosition.Of(n, grid, plan);
                accumulator.Add(scores, (call % sets * batch + n % batch) * scoreFloats, position);
                if (position.B == grid.Starts(plan.ThirdAxis).Count - 1) accumulator.FinishStrip(position.S, position.A);
            }
        }

        int Start(PatchPosition position, int axis) => grid.Starts(axis)[position.Along(axis, plan)];
    }
}
