using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Inference.Cascades;

/// <summary>A run of two stages: the first package proposes a box, the second works inside, and again in a wider one where it touches.</summary>
internal static class CascadeRun
{
    /// <summary>Runs one package on a block of the image (null: all of it) and hears its progress.</summary>
    public delegate SegmentationResult Stage(LoadedModel model, VoxelBox? block, SegmentationOptions? requested, IProgress<SegmentationProgress>? progress);

    private const int Stages = 2;

    /// <summary>Segments one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="model">The second stage; <see cref="LoadedModel.FirstStage"/> is set.</param>
    /// <param name="requested">Options of the request: they belong to the second stage; the first has its package's.</param>
    /// <param name="server">Options of the server, for both.</param>
    /// <param name="progress">Hears of both stages; null: nobody listens.</param>
    /// <param name="run">Runs one stage.</param>
    public static SegmentationResult Run(
        Volume image, LoadedModel model, SegmentationOptions? requested, SegmentationOptions? server, IProgress<SegmentationProgress>? progress, Stage run)
    {
        ModelManifest manifest = model.Manifest;
        // What is wrong with the request shall be said before the first stage has run.
        EffectiveOptions options = EffectiveOptions.Create(requested, manifest, server);
        MemoryEstimate estimate = MemoryEstimate.Create(model, image.Geometry, image.Channels, options, image.BytesPerVoxel, server);
        (VoxelBox? proposed, RunReport first) = Propose(model, options.SliceAxis, progress, run);
        StageTimes times = new();
        times.Add("first-stage.", first.TimingsMs);
        RunMemory memory = new(estimate.TotalBytes, first.Memory.AccumulatorBytes, ProcessMemory.PeakBytes);
        RunCascade cascade = new(first.Recipe, null, null, 0);
        if (proposed is not { } box)
        {
            LabelMap empty = LabelMap.Empty(image.Geometry, manifest.Classes.Max(c => c.Id));
            IReadOnlyList<UncertaintyMap> maps = new UncertaintyRun(manifest, options, image.Geometry).Maps;
            return new SegmentationResult(empty, first with
            {
                Recipe = RunRecipe.Create(model, options),
                TimingsMs = times.Milliseconds,
                Memory = memory,
                Merging = null,
                Uncertainty = maps.Count == 0 ? null : [.. maps.Select(map => RunUncertainty.Create(map, empty))],
                Segments = LabelMeasurements.Create(empty, manifest.Classes, options.Labels),
                Postprocessing = [],
                Warnings = [$"The first stage, {first.Recipe.Model}, found nothing to look at more closely; the result is empty."],
                Cascade = cascade,
            }) { Uncertainty = maps };
        }

        for (int widenings = 0; ; widenings++)
        {
            SegmentationResult result = run(model, box, requested, Named(progress, 2, manifest.Name));
            times.Add("", result.Report.TimingsMs);
            VoxelBox wider = CascadeBox.Widen(box, result.Labels, manifest.Cascade!.MarginMm);
            if (wider != box && widenings < manifest.Cascade.Widenings)
            {
                box = wider;
                continue;
            }
            IReadOnlyList<string> warnings = result.Report.Warnings;
            if (wider != box)
                warnings = [.. warnings, $"The result touches the box that the first stage, {first.Recipe.Model}, proposed, also after {widenings} widening(s); it may be cut off."];
            return result with
            {
                Report = result.Report with
                {
                    TimingsMs = times.Milliseconds,
                    Memory = memory with
                    {
                        AccumulatorBytes = Math.Max(memory.AccumulatorBytes, result.Report.Memory.AccumulatorBytes),
                        ProcessPeakBytes = result.Report.Memory.ProcessPeakBytes,
                    },
                    Warnings = warnings,
                    Cascade = cascade with
                    {
                        BoxStart = [box.Start.K, box.Start.J, box.Start.I],
                        BoxSize = [box.Size.Depth, box.Size.Height, box.Size.Width],
                        Widenings = widenings,
                    },
                },
            };
        }
    }

    /// <summary>Runs the first stage; a method of its own, so that its label map can go before the second runs.</summary>
    private static (VoxelBox? Box, RunReport Report) Propose(LoadedModel model, int sliceAxis, IProgress<SegmentationProgress>? progress, Stage run)
    {
        LoadedModel first = model.FirstStage!;
        SegmentationResult result = run(first, null, null, Named(progress, 1, first.Manifest.Name));
        return (CascadeBox.Propose(result.Labels, model.Manifest, sliceAxis), result.Report);
    }

    private static StageProgress? Named(IProgress<SegmentationProgress>? progress, int stage, string model) =>
        progress is null ? null : new StageProgress(progress, new RunStage(stage, Stages, model));

    private sealed class StageProgress(IProgress<SegmentationProgress> inner, RunStage stage) : IProgress<SegmentationProgress>
    {
        public void Report(SegmentationProgress value) => inner.Report(value with { Stage = stage });
    }

    /// <summary>Milliseconds a phase, the sum over repeated runs.</summary>
    private sealed class StageTimes
    {
        private readonly Dictionary<string, double> _milliseconds = [];

        public IReadOnlyDictionary<string, double> Milliseconds => _milliseconds;

        public void Add(string prefix, IReadOnlyDictionary<string, double> phases)
        {
            foreach ((string phase, double ms) in phases)
                _milliseconds[prefix + phase] = Math.Round(_milliseconds.GetValueOrDefault(prefix + phase) + ms, 3);
        }
    }
}
