using System.Diagnostics;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Cascades;
using MedISeg.Inference.Merging;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.Uncertainty;
using MedISeg.Inference.WayBack;

namespace MedISeg.Inference;

/// <summary>The way of the data, step by step. Holds no state: one instance serves any number of runs at a time.</summary>
public sealed class SegmentationPipeline
{
    private readonly Postprocessors _postprocessors;

    /// <summary>Creates a pipeline.</summary>
    /// <param name="postprocessors">Post-processors by name; null: those of this version.</param>
    public SegmentationPipeline(Postprocessors? postprocessors = null) => _postprocessors = postprocessors ?? Postprocessors.Default;

    /// <summary>Segments one image.</summary>
    /// <param name="image">The image; not changed.</param>
    /// <param name="model">The package; stays the caller's.</param>
    /// <param name="requested">Options of the request; null: none.</param>
    /// <param name="server">Options of the server; null: none.</param>
    /// <param name="progress">Hears of each phase and each patch, on the calling thread; null: nobody listens.</param>
    /// <param name="cancellationToken">Checked at least once a patch; a network call under way is stopped too.</param>
    /// <returns>Labels on exactly the image's grid, and what the run did.</returns>
    /// <exception cref="SegmentationException">InvalidOption, ViewNotAllowed, DimensionMismatch, ChannelMismatch, InvalidVoxels, TooLarge,
    /// ModelFailed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public SegmentationResult Run(
        Volume image, LoadedModel model, SegmentationOptions? requested, SegmentationOptions? server,
        IProgress<SegmentationProgress>? progress, CancellationToken cancellationToken) => model.FirstStage is null
        ? RunStage(image, null, model, requested, server, progress, cancellationToken)
        : CascadeRun.Run(image, model, requested, server, progress,
            (stage, block, options, listener) => RunStage(image, block, stage, options, server, listener, cancellationToken));

    /// <summary>One package on the image or a block of it; labels lie on the image's grid in any case.</summary>
    private SegmentationResult RunStage(
        Volume image, VoxelBox? block, LoadedModel model, SegmentationOptions? requested, SegmentationOptions? server,
        IProgress<SegmentationProgress>? progress, CancellationToken cancellationToken)
    {
        ModelManifest manifest = model.Manifest;
        PhaseClock clock = new();

        // 1. Options: request over package over server; the memory that this will take.
        EffectiveOptions options = EffectiveOptions.Create(requested, manifest, server);
        MemoryEstimate estimate = MemoryEstimate.Create(model, image.Geometry, image.Channels, options, image.BytesPerVoxel);

        // 2. Orient, crop, normalise, resample.
        progress?.Report(new SegmentationProgress(SegmentationPhase.Preprocessing, 0, 0));
        PreparedImage prepared = Preprocessor.For(manifest, options.SliceAxis).Run(image, block, cancellationToken);
        GridMapping mapping = prepared.Mapping;
        QuarterTurns.Check(options.Views, mapping.Model.Spacing, manifest.Grid.Spacing is not null || manifest.Grid.Size is not null);
        clock.End("preprocessing");

        // 3. Patch positions and the axis along which finished scores leave.
        PatchGrid grid = PatchGrid.Create(mapping.Model.Grid, manifest.ScoreExtent(), options.Overlap, options.Positions);
        AccumulatorPlan plan = AccumulatorPlan.Smallest(grid, manifest.ScoreChannels() + UncertaintyRun.ExtraChannels(options));
        AccumulatorPlan labelPlan = AccumulatorPlan.Along(grid, manifest.ScoreChannels(), plan.StreamingAxis);
        UncertaintyRun uncertainty = new(manifest, options, mapping.Source);

        // Members that vote take steps 4 to 7 one after another; where they are averaged, once for all.
        bool vote = options.MergeBy != MergeKind.Mean;
        LabelDecision decision = vote ? LabelDecision.OfVoter(manifest) : LabelDecision.For(manifest);
        LabelMap[] votes = new LabelMap[vote ? options.Members.Count : 1];
        long patches = grid.Count * votes.Length, accumulatorBytes = 0, skipped = 0;
        TimeSpan wayBackTime = TimeSpan.Zero;
        progress?.Report(new SegmentationProgress(SegmentationPhase.Predicting, 0, patches));
        for (int m = 0; m < votes.Length; m++)
        {
            // 4. The network, its members and its views.
            IPatchPredictor predictor = model.CreatePredictor(options, m);
            EmptyPatchPredictor? spared = options.SkipEmpty ? new EmptyPatchPredictor(predictor, prepared.Channels, manifest) : null;

            // 5. The way back takes bands as they leave; a patch never waits for the volume.
            SourceLabels wayBack = new(mapping, manifest.Grid, labelPlan, decision, model.Window.Threads);
            TimedSink sink = new(uncertainty.Beside(wayBack.Sink, mapping, manifest.Grid, grid, plan, model.Window.Threads));

            // 6. All patches.
            long before = grid.Count * m;
            accumulatorBytes = SlidingWindow.Run(
                prepared.Channels, grid, manifest.Margin(), plan, options.Blend, options.Padding, manifest.PaddingAcross(options.Padding), model.Window,
                spared ?? predictor, sink,
                done => progress?.Report(new SegmentationProgress(SegmentationPhase.Predicting, before + done, patches)), cancellationToken);

            skipped = spared?.Skipped ?? 0;

            // 7. What is left of the way back: nothing, or the nearest voxel's label.
            if (m == votes.Length - 1) progress?.Report(new SegmentationProgress(SegmentationPhase.Resampling, patches, patches));
            long started = Stopwatch.GetTimestamp();
            votes[m] = wayBack.Finish();
            wayBackTime += sink.Elapsed + Stopwatch.GetElapsedTime(started);
        }
        clock.End("predicting", wayBackTime);
        (LabelMap labels, RunMerging? merging) = new MemberMerger(manifest, options, uncertainty).Merge(votes, cancellationToken);
        clock.End("resampling", -wayBackTime);

        // 8. Post-processors in the asked order, then only the classes that were asked for.
        progress?.Report(new SegmentationProgress(SegmentationPhase.Postprocessing, patches, patches));
        IReadOnlyList<PostprocessingChange> changes = manifest.Dimensionality == 2 && !image.IsPlanar
            ? SlicePostprocessing.Apply(_postprocessors, labels, options.Postprocessing, mapping.SliceAxisOfSource, cancellationToken)
            : _postprocessors.Apply(labels, options.Postprocessing, cancellationToken);
        LabelSelection.Keep(labels, options.Labels);
        clock.End("postprocessing");

        // 9. Measurements and report.
        IReadOnlyList<SegmentMeasurement> segments = LabelMeasurements.Create(labels, manifest.Classes, options.Labels);
        IReadOnlyList<UncertaintyMap> maps = uncertainty.Maps;
        clock.End("measuring");
        RunReport report = new()
        {
            Recipe = RunRecipe.Create(model, options),
            TimingsMs = clock.Milliseconds,
            Memory = new RunMemory(estimate.TotalBytes, accumulatorBytes, ProcessMemory.PeakBytes),
            Grids = RunGrids.Create(mapping, manifest, grid, plan, skipped),
            Merging = merging,
            Uncertainty = maps.Count == 0 ? null : [.. maps.Select(map => RunUncertainty.Create(map, labels))],
            Segments = segments,
            Postprocessing = changes,
            Warnings = RunWarnings.Create(segments, merging, mapping, manifest),
        };
        model.EndRun();
        return new SegmentationResult(labels, report) { Uncertainty = maps };
    }
}
