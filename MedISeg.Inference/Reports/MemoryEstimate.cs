using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Resampling;
using MedISeg.Inference.Merging;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.Uncertainty;
using MedISeg.Inference.WayBack;

namespace MedISeg.Inference.Reports;

/// <summary>Bytes that a run will need at its peak, worked out from the real patch positions before anything is allocated.</summary>
public sealed record MemoryEstimate
{
    /// <summary>.NET, ONNX Runtime and the network's weights in this process.</summary>
    public const long RuntimeBytes = 256L << 20;

    /// <summary>The image as stored, and its copy where the package crops or masks.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>The image on the model grid, single precision.</summary>
    public required long ModelImageBytes { get; init; }

    /// <summary>Planes that the resampler holds on the way to the model grid.</summary>
    public required long ResamplingBytes { get; init; }

    /// <summary>Label maps, one more than members where they vote, and what staple counts.</summary>
    public required long LabelBytes { get; init; }

    /// <summary>Sums of overlapping patches.</summary>
    public required long AccumulatorBytes { get; init; }

    /// <summary>Patches in and out, with views and members.</summary>
    public required long PatchBytes { get; init; }

    /// <summary>Bands and rows on the way back.</summary>
    public required long WayBackBytes { get; init; }

    /// <summary>Uncertainty maps, their way back, and what samples of a patch are compared by.</summary>
    public required long UncertaintyBytes { get; init; }

    /// <summary>Most that a post-processor can hold: components and holes of noise as if no two voxels in a row were alike. Sums and patches are
    /// gone by then.</summary>
    public required long PostprocessingBytes { get; init; }

    /// <summary>The network's activations.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>Voxels of one channel on the model grid.</summary>
    public required long ModelVoxels { get; init; }

    /// <summary>Network calls: patches times views, the identity among them, times members.</summary>
    public required long NetworkCalls { get; init; }

    /// <summary>All of it; post-processing takes the room that sums have left.</summary>
    public long TotalBytes =>
        RuntimeBytes + SourceBytes + ModelImageBytes + ResamplingBytes + LabelBytes + Math.Max(AccumulatorBytes, PostprocessingBytes) + PatchBytes + WayBackBytes
        + UncertaintyBytes + ActivationBytes;

    /// <summary>Estimates a run of a loaded package; of a cascade both stages: the box of the second is not known before the
    /// first has run, and may grow to the whole image, which therefore counts.</summary>
    /// <param name="model">The package.</param>
    /// <param name="source">Grid of the image.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="options">Options of the run.</param>
    /// <param name="bytesPerVoxel">Bytes of a stored voxel of one channel, 1 to 8: <see cref="Imaging.Volumes.Volume.BytesPerVoxel"/>.</param>
    /// <param name="server">Options of the server, which hold for a first stage too; null: none.</param>
    /// <inheritdoc cref="Create(ModelManifest, VolumeGeometry, int, EffectiveOptions, int, long)" path="/exception"/>
    public static MemoryEstimate Create(
        LoadedModel model, VolumeGeometry source, int channels, EffectiveOptions options, int bytesPerVoxel, SegmentationOptions? server = null)
    {
        MemoryEstimate own = Create(model.Manifest, source, channels, options, bytesPerVoxel, model.ActivationPeakBytes, model.Window);
        return model.FirstStage is not { } first ? own : own.After(
            Create(first, source, channels, EffectiveOptions.Create(null, first.Manifest, server), bytesPerVoxel, server),
            source.Grid.VoxelCount * channels * bytesPerVoxel, model.Manifest.Cascade!.Widenings);
    }

    /// <summary>One stage after another: of each part the larger, but the runtime keeps the activations of both.</summary>
    private MemoryEstimate After(MemoryEstimate first, long blockBytes, int widenings) => new()
    {
        SourceBytes = Math.Max(first.SourceBytes, SourceBytes + blockBytes),
        ModelImageBytes = Math.Max(first.ModelImageBytes, ModelImageBytes),
        ResamplingBytes = Math.Max(first.ResamplingBytes, ResamplingBytes),
        LabelBytes = Math.Max(first.LabelBytes, LabelBytes),
        AccumulatorBytes = Math.Max(first.AccumulatorBytes, AccumulatorBytes),
        PatchBytes = Math.Max(first.PatchBytes, PatchBytes),
        WayBackBytes = Math.Max(first.WayBackBytes, WayBackBytes),
        UncertaintyBytes = Math.Max(first.UncertaintyBytes, UncertaintyBytes),
        PostprocessingBytes = Math.Max(first.PostprocessingBytes, PostprocessingBytes),
        ActivationBytes = first.ActivationBytes + ActivationBytes,
        ModelVoxels = Math.Max(first.ModelVoxels, ModelVoxels),
        NetworkCalls = first.NetworkCalls + (1 + widenings) * NetworkCalls,
    };

    /// <summary>Estimates a run. Crops are not known before the voxels are, so the whole image counts.</summary>
    /// <param name="manifest">The package.</param>
    /// <param name="source">Grid of the image.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="options">Options of the run.</param>
    /// <param name="bytesPerVoxel">Bytes of a stored voxel of one channel, 1 to 8: <see cref="Imaging.Volumes.Volume.BytesPerVoxel"/>.</param>
    /// <param name="activationPeakBytes">Measured at load; 0: not loaded yet.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">TooLarge: more voxels on the model grid than an array can hold;
    /// DimensionMismatch as <see cref="GridMapping.Create"/>.</exception>
    public static MemoryEstimate Create(
        ModelManifest manifest, VolumeGeometry source, int channels, EffectiveOptions options, int bytesPerVoxel, long activationPeakBytes = 0) =>
        Create(manifest, source, channels, options, bytesPerVoxel, activationPeakBytes, WindowSettings.Default);

    private static MemoryEstimate Create(
        ModelManifest manifest, VolumeGeometry source, int channels, EffectiveOptions options, int bytesPerVoxel, long activationPeakBytes,
        WindowSettings window)
    {
        GridMapping mapping = GridMapping.Whole(source, manifest.Grid, manifest.Dimensionality, options.SliceAxis);
        int extra = UncertaintyRun.ExtraChannels(options), classes = manifest.ScoreChannels() + extra;
        PatchGrid grid = PatchGrid.Create(mapping.Model.Grid, manifest.ScoreExtent(), options.Overlap, options.Positions);
        AccumulatorPlan plan = AccumulatorPlan.Smallest(grid, classes);

        long sourceVoxels = source.Grid.VoxelCount, modelVoxels = mapping.Model.Grid.VoxelCount;
        long stored = sourceVoxels * channels * bytesPerVoxel, copies = manifest.Grid.Crop == CropKind.None ? 0 : stored;
        int masked = manifest.Intensity.Count(step => step is ZScoreStep { Mask: "nonzero" });
        if (masked > 0) copies += sourceVoxels * sizeof(float) * (manifest.Inputs.Count + 1);
        long labelBytes = manifest.Classes.Max(c => c.Id) > byte.MaxValue ? 2 : 1;
        bool nearest = manifest.Grid.WayBack == WayBackKind.Labels;
        long input = manifest.PatchExtent().VoxelCount * manifest.Inputs.Count, output = grid.Patch.VoxelCount * classes;
        return new MemoryEstimate
        {
            SourceBytes = stored + copies,
            ModelImageBytes = modelVoxels * manifest.Inputs.Count * sizeof(float),
            ResamplingBytes = Resampling(mapping, manifest),
            LabelBytes = (sourceVoxels + (nearest ? modelVoxels + sourceVoxels : 0)) * labelBytes + Voters(manifest, options, sourceVoxels),
            AccumulatorBytes = plan.Bytes,
            PatchBytes = sizeof(float) * window.BatchOf(input, output) * (window.Sets(input, output) * (input + output) + Samples(options, input, output)),
            WayBackBytes = WayBack(mapping, grid, plan, nearest),
            UncertaintyBytes = Uncertainty(manifest, options, grid, plan, sourceVoxels, extra, window.BatchOf(input, output)),
            PostprocessingBytes = options.Postprocessing.Select(step => Postprocessing(step, Treated(step, mapping, manifest), labelBytes)).DefaultIfEmpty(0).Max(),
            ActivationBytes = activationPeakBytes,
            ModelVoxels = modelVoxels,
            NetworkCalls = grid.Count * (options.Views.Count + options.IntensityViews.Count + 1) * options.Members.Count,
        };
    }

    /// <summary>The map that a step sees: all of it, or a slice.</summary>
    private static VolumeGeometry Treated(PostprocessingStep step, GridMapping mapping, ModelManifest manifest) =>
        SlicePostprocessing.IsSliceWise(step, manifest, mapping.Source) ? SlicePostprocessing.Slice(mapping.Source, mapping.SliceAxisOfSource, 0) : mapping.Source;

    private static long Postprocessing(PostprocessingStep step, VolumeGeometry map, long labelBytes)
    {
        bool several = !step.Joint && step.Labels.Count > 1;
        // What changed is counted in components before and after, one region at a time.
        long region = ConnectedComponents.PeakBytes(map.Grid, several: false), components = ConnectedComponents.PeakBytes(map.Grid, several);
        return step switch
        {
            MorphologyStep ball => Math.Max(region, BallMorphology.PeakBytes(map.Grid, map.Spacing, ball.RadiusMm)),
            SmoothStep smooth => Math.Max(region, LabelSmoothing.PeakBytes(map.Grid, map.Spacing, smooth.SigmaMm, labelBytes)),
            FillHolesStep fill => HoleFilling.PeakBytes(map.Grid, step.Joint ? step.Labels.Count : 1, FillHoles.PlaneOf(fill), labelBytes),
            ConditionalComponentsStep contact => components + ComponentContact.PeakBytes(map.Grid, map.Spacing, several, contact.DistanceMm),
            _ => components,
        };
    }

    /// <summary>A turned patch where there are views, and scores where there are several samples, views times averaged members.</summary>
    private static long Samples(EffectiveOptions options, long input, long output) =>
        options.Views.Count + options.IntensityViews.Count > 0 ? input + output : options is { MergeBy: MergeKind.Mean, Members.Count: > 1 } ? output : 0;

    /// <summary>A label map a member beside the merged one, and the combinations that staple keeps.</summary>
    private static long Voters(ModelManifest manifest, EffectiveOptions options, long voxels)
    {
        if (options.MergeBy == MergeKind.Mean) return 0;
        long combinations = options.MergeBy == MergeKind.Staple ? Math.Min(voxels, LabelPatterns.Most) * LabelPatterns.BytesPerMember : 0;
        return options.Members.Count * (voxels * (LabelDecision.OfVoter(manifest).Largest > byte.MaxValue ? 2 : 1) + combinations);
    }

    /// <summary>A map each on the image's grid; where they stream, their bands and a copy of the scores, and the statistics of the patches of a call.</summary>
    private static long Uncertainty(
        ModelManifest manifest, EffectiveOptions options, PatchGrid grid, AccumulatorPlan plan, long sourceVoxels, int extra, int batch)
    {
        int maps = options.Maps.Count(), channels = manifest.ScoreChannels();
        if (maps == 0) return 0;
        long bytes = maps * sourceVoxels * sizeof(float);
        if (options.MergeBy != MergeKind.Mean) return bytes;
        long band = Band(grid, plan), values = WayBack(grid, AccumulatorPlan.Along(grid, maps, plan.StreamingAxis));
        // Scores of a sample turned back, and in a batch the scores of all patches one behind the other.
        long statistics = extra == 0 ? 0 : batch * grid.Patch.VoxelCount * (SampleStatistics.FloatsPerVoxel(channels) + channels * (batch > 1 ? 2 : 1)) * sizeof(float);
        return bytes + band + values + statistics;
    }

    /// <summary>The band handed over, and where grids differ what <see cref="WayBack(PatchGrid, AccumulatorPlan)"/> says.</summary>
    private static long WayBack(GridMapping mapping, PatchGrid grid, AccumulatorPlan plan, bool nearest) =>
        nearest || GridMap.Between(mapping.Cropped, mapping.Model).IsIdentity ? Band(grid, plan) + 2 * Band(grid, plan) / plan.Classes : WayBack(grid, plan);

    /// <summary>The band handed over, the block around it, one slice, and the newest slice and lines.</summary>
    private static long WayBack(PatchGrid grid, AccumulatorPlan plan)
    {
        long row = plan.Classes * (long)grid.Image[plan.ThirdAxis] * sizeof(float), strip = Longest(grid, plan.SecondAxis);
        return Band(grid, plan) + row * ((strip + 1) * (Thickness(grid, plan) + 2) + grid.Image[plan.SecondAxis] + 2 * (Longest(grid, plan.StreamingAxis) + 1));
    }

    private static long Band(PatchGrid grid, AccumulatorPlan plan) =>
        plan.Classes * (long)grid.Image[plan.ThirdAxis] * sizeof(float) * Longest(grid, plan.SecondAxis) * Thickness(grid, plan);

    private static long Thickness(PatchGrid grid, AccumulatorPlan plan) => PatchAccumulator.BandThickness(
        plan.Classes, Longest(grid, plan.SecondAxis), grid.Image[plan.ThirdAxis], Longest(grid, plan.StreamingAxis));

    /// <summary>Source planes with the model's rows and columns: two a range of slices, and with cubic splines all of them once; or planes one by one.</summary>
    private static long Resampling(GridMapping mapping, ModelManifest manifest)
    {
        if (manifest.Dimensionality == 3 && mapping.PlaneAxis(manifest.Grid.Anisotropy, back: false) is { } across)
            return SeparateResampler.PeakBytes(mapping.Cropped, mapping.Model, across);
        GridMap map = GridMap.Between(mapping.Model, mapping.Cropped);
        long plane = sizeof(float);
        for (int axis = 1; axis < 3; axis++) plane *= Math.Max(map.Source[axis], map.Target[map.TargetAxisOf(axis)]);
        return plane * (2L * IndexRanges.PerThread * Environment.ProcessorCount + (manifest.Grid.Interpolation == InterpolationKind.Cubic ? map.Source.Depth : 0));
    }

    private static long Longest(PatchGrid grid, int axis) =>
        Enumerable.Range(0, grid.Starts(axis).Count).Max(n => grid.Finished(axis, n).To - grid.Finished(axis, n).From);
}
