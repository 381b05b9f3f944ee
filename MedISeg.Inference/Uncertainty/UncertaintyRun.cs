using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.WayBack;

namespace MedISeg.Inference.Uncertainty;

/// <summary>
/// The maps of one run, of uncertainty and probability. Where members are averaged, a sample is a view of a member: values of the samples of a patch are blended
/// like scores and stream to the image's grid. Where members vote, a sample is a member's label map, and the maps follow from these.
/// </summary>
internal sealed class UncertaintyRun
{
    private readonly ScoreMeaning _meaning;
    private readonly OutputKind[] _kinds;
    private readonly int[] _asked;
    private readonly bool _samples;
    private readonly VolumeGeometry _source;
    private readonly float[][] _values;

    /// <summary>Allocates the maps that the options ask for; none where they ask for none.</summary>
    public UncertaintyRun(ModelManifest manifest, EffectiveOptions options, VolumeGeometry source)
    {
        _meaning = ScoreMeaning.Of(manifest);
        _kinds = [.. options.Maps];
        IReadOnlyList<int> labels = manifest.ChannelLabels();
        _asked = [.. Enumerable.Range(0, labels.Count).Where(channel => options.Labels.Contains(labels[channel]))];
        _samples = options.MergeBy == MergeKind.Mean;
        _source = source;
        _values = [.. _kinds.Select(_ => new float[checked((int)source.Grid.VoxelCount)])];
    }

    /// <summary>Score channels that the maps need beside those of the network: what is of the mean follows from the scores themselves.</summary>
    public static int ExtraChannels(EffectiveOptions options) => options.MergeBy == MergeKind.Mean ? options.Maps.Count(kind => !kind.IsOfMean()) : 0;

    /// <summary>Statistics of the samples of a patch; null where none are needed.</summary>
    public static SampleStatistics? Statistics(ModelManifest manifest, EffectiveOptions options) => ExtraChannels(options) == 0
        ? null
        : new SampleStatistics(ScoreMeaning.Of(manifest), [.. options.Maps.Where(kind => !kind.IsOfMean())]);

    /// <summary>The maps, once all is done.</summary>
    public IReadOnlyList<UncertaintyMap> Maps => [.. _kinds.Select((kind, n) => new UncertaintyMap(kind, new Volume(_source, [_values[n]])))];

    /// <summary>Whether members' label maps are needed.</summary>
    public bool TakesLabels => _kinds.Length > 0 && !_samples;

    /// <summary>A sink that passes the scores on and keeps what is theirs.</summary>
    /// <param name="labels">Takes the network's channels.</param>
    /// <param name="mapping">The grids.</param>
    /// <param name="package">The package's grid.</param>
    /// <param name="grid">Positions of patches.</param>
    /// <param name="plan">How bands arrive.</param>
    /// <param name="threads">Threads that interpolate, at least 1.</param>
    public IBandSink Beside(IBandSink labels, GridMapping mapping, ModelGrid package, PatchGrid grid, AccumulatorPlan plan, int threads)
    {
        if (!_samples || _kinds.Length == 0) return labels;
        ResamplingSink maps = ResamplingSink.ToMaps(
            GridMap.Between(mapping.Cropped, mapping.Model), mapping.CropStart, _source.Grid, _values,
            AccumulatorPlan.Along(grid, _kinds.Length, plan.StreamingAxis), threads, SourceLabels.NearestAxis(mapping, package));
        return new UncertaintySink(_meaning, _kinds, _asked, labels, maps);
    }

    /// <summary>Takes what members say over a run of voxels.</summary>
    /// <param name="votes">A label a member, or with regions a set, bit r for region r.</param>
    /// <param name="weights">A weight a member, sum 1.</param>
    /// <param name="from">First voxel.</param>
    /// <param name="to">Voxel after the last.</param>
    public void TakeLabels(ReadOnlySpan<int> votes, IReadOnlyList<double> weights, int from, int to)
    {
        double entropy = 0, variance = 0, disagreement = 0;
        if (_meaning.Regions)
            for (int r = 0; r < _meaning.Channels; r++)
            {
                double share = 0;
                for (int m = 0; m < votes.Length; m++) share += (votes[m] >> r & 1) * weights[m];
                entropy += (Term(share) + Term(1 - share)) / (_meaning.Channels * Math.Log(2));
                variance += share * (1 - share) / _meaning.Channels;
                disagreement += Math.Min(share, 1 - share) / _meaning.Channels;
            }
        else
        {
            disagreement = 1;
            for (int m = 0; m < votes.Length; m++)
            {
                if (votes[..m].Contains(votes[m])) continue;
                double share = 0;
                for (int other = m; other < votes.Length; other++)
                    if (votes[other] == votes[m]) share += weights[other];
                entropy += Term(share) / Math.Log(_meaning.Channels);
                variance += share * (1 - share) / _meaning.Channels;
                disagreement = Math.Min(disagreement, 1 - share);
            }
        }
        for (int n = 0; n < _kinds.Length; n++)
        {
            // A label is a certain sample: all of the entropy is what members know of each other.
            double value = _kinds[n] switch { OutputKind.Variance => variance, OutputKind.Disagreement => disagreement, _ => entropy };
            _values[n].AsSpan(from, to - from).Fill((float)Math.Max(0, value));
        }
    }

    private static double Term(double share) => share > 0 ? -share * Math.Log(share) : 0;
}
