using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation.Calibration;

/// <summary>Runs a package over cases and keeps the logits of some of their voxels, on the grid that the network sees.</summary>
internal sealed class LogitSampler
{
    /// <summary>Stream of the random numbers that choose voxels.</summary>
    private const int Stream = 31;

    private readonly LoadedModel _model;
    private readonly int _voxels;
    private readonly long _seed;
    private readonly Dictionary<int, ulong> _truthOf;

    /// <summary>Creates a sampler.</summary>
    /// <param name="model">The package, its scores logits at temperature 1.</param>
    /// <param name="voxels">Most voxels of a case, at least 1.</param>
    /// <param name="seed">Chooses them.</param>
    public LogitSampler(LoadedModel model, int voxels, long seed)
    {
        (_model, _voxels, _seed) = (model, voxels, seed);
        ModelManifest manifest = model.Manifest;
        IReadOnlyList<ModelRegion>? regions = manifest.PaintedRegions();
        _truthOf = manifest.Classes.Select((one, channel) => (one.Id, channel)).ToDictionary(
            one => one.Id,
            one => regions is null ? (ulong)one.channel : regions.Select((region, r) => region.Labels.Contains(one.Id) ? 1UL << r : 0).Aggregate(0UL, (all, bit) => all | bit));
    }

    /// <summary>Takes a case's voxels: all, or as many as asked, each as likely as the others.</summary>
    /// <param name="one">The case.</param>
    /// <param name="place">Its place, so that cases draw different voxels.</param>
    /// <param name="requested">Members, window; no views.</param>
    /// <param name="cancellationToken">Checked once a patch.</param>
    /// <exception cref="SegmentationException">As the pipeline's; <see cref="ErrorCode.InvalidVoxels"/>: the truth holds a label that is no class.</exception>
    public VoxelLogits Take(DatasetCase one, int place, SegmentationOptions requested, CancellationToken cancellationToken)
    {
        ModelManifest manifest = _model.Manifest;
        (Volume image, LabelMap truth) = one.Read();
        EffectiveOptions options = EffectiveOptions.Create(requested, manifest, null);
        PreparedImage prepared = Preprocessor.For(manifest, options.SliceAxis).Run(image, cancellationToken);
        LabelMap labels = Preprocessor.BringLabels(truth, prepared.Mapping);
        GridSize size = labels.Geometry.Grid;
        LogitSink sink = new(size, Choose((int)size.VoxelCount, place), manifest.ScoreChannels());
        PatchGrid grid = PatchGrid.Create(size, manifest.ScoreExtent(), options.Overlap, options.Positions);
        SlidingWindow.Run(
            prepared.Channels, grid, manifest.Margin(), AccumulatorPlan.Smallest(grid, manifest.ScoreChannels()), options.Blend, options.Padding,
            manifest.PaddingAcross(options.Padding), _model.Window, _model.CreatePredictor(options, 0), sink, null, cancellationToken);
        return new VoxelLogits(
            manifest.ScoreChannels(), sink.Values, [.. sink.Places.Select(voxel => TruthOf(one, labels.IsWide ? labels.Words[voxel] : labels.Bytes[voxel]))],
            manifest.PaintedRegions() is not null);
    }

    private ulong TruthOf(DatasetCase one, int label) => _truthOf.TryGetValue(label, out ulong truth) ? truth : throw one.Fault(
        ErrorCode.InvalidVoxels, $"the labels hold {label}, which is no class of the package; map it in the data options or take other labels");

    /// <summary>Distinct voxels in rising order.</summary>
    private int[] Choose(int count, int place)
    {
        SeededRandom random = new(_seed, place, Stream);
        List<int> chosen = new(Math.Min(count, _voxels));
        for (int voxel = 0; voxel < count && chosen.Count < _voxels; voxel++)
            if (random.NextInt(count - voxel) < _voxels - chosen.Count) chosen.Add(voxel);
        return [.. chosen];
    }
}
