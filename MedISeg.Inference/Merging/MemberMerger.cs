using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Uncertainty;
using MedISeg.Inference.WayBack;

namespace MedISeg.Inference.Merging;

/// <summary>Makes one label map of the members' label maps by vote or staple. Regions of a package are decided each by itself, then painted in their order.</summary>
internal sealed class MemberMerger
{
    private readonly EffectiveOptions _options;
    private readonly IReadOnlyList<ModelRegion>? _regions;
    private readonly int[] _labels, _placeOf;
    private readonly UncertaintyRun _uncertainty;

    /// <summary>Creates a merger.</summary>
    /// <param name="manifest">The package.</param>
    /// <param name="options">Says how members are merged, and their weights.</param>
    /// <param name="uncertainty">Takes what members say.</param>
    public MemberMerger(ModelManifest manifest, EffectiveOptions options, UncertaintyRun uncertainty)
    {
        _uncertainty = uncertainty;
        _options = options;
        _regions = manifest.PaintedRegions();
        _labels = [.. manifest.ChannelLabels()];
        _placeOf = new int[_labels.Max() + 1];
        for (int place = 0; place < _labels.Length; place++) _placeOf[_labels[place]] = place;
    }

    /// <summary>Merges.</summary>
    /// <param name="maps">A map a member on one grid, of the labels of <see cref="LabelDecision.OfVoter"/>; where members are averaged, the one map there is.</param>
    /// <param name="cancellationToken">Checked now and then.</param>
    /// <returns>The label map, and what happened; no report where there was nothing to merge.</returns>
    /// <exception cref="Imaging.Errors.SegmentationException">TooLarge as <see cref="LabelPatterns.Of(IReadOnlyList{LabelMap}, CancellationToken)"/>.</exception>
    public (LabelMap Labels, RunMerging? Report) Merge(IReadOnlyList<LabelMap> maps, CancellationToken cancellationToken) => _options.MergeBy switch
    {
        MergeKind.Mean => (maps[0], null),
        MergeKind.Vote => Vote(maps, cancellationToken),
        _ => Staple(maps, cancellationToken),
    };

    private (LabelMap, RunMerging) Vote(IReadOnlyList<LabelMap> maps, CancellationToken cancellationToken)
    {
        MajorityVote vote = new(_options.Weights);
        int[] places = new int[maps.Count];
        return Write(maps, labels =>
        {
            if (_regions is not null) return Paint(vote.Regions(labels, _regions.Count));
            Places(labels, places);
            return _labels[vote.Class(places)];
        }, new RunMerging { Merge = "vote", DisputedVoxels = 0 }, cancellationToken);
    }

    private (LabelMap, RunMerging) Staple(IReadOnlyList<LabelMap> maps, CancellationToken cancellationToken)
    {
        LabelPatterns patterns = LabelPatterns.Of(maps, cancellationToken);
        int members = maps.Count;
        int[] votes = new int[patterns.Count * members], winners = new int[patterns.Count];
        long[] counts = patterns.Voxels.ToArray();
        List<Staple> estimates = [];
        // One estimate of all classes, or one a region of present or not.
        for (int r = 0; r < (_regions?.Count ?? 1); r++)
        {
            for (int p = 0; p < patterns.Count; p++)
                if (_regions is null) Places(patterns.Labels(p), votes.AsSpan(p * members, members));
                else
                    for (int m = 0; m < members; m++) votes[p * members + m] = patterns.Labels(p)[m] >> r & 1;
            Staple estimate = Merging.Staple.Run(votes, counts, members, _regions is null ? _labels.Length : 2, cancellationToken);
            for (int p = 0; p < patterns.Count; p++) winners[p] |= estimate.Winners[p] << r;
            estimates.Add(estimate);
        }
        RunMerging report = new()
        {
            Merge = "staple",
            DisputedVoxels = 0,
            Rounds = estimates.Max(estimate => estimate.Rounds),
            Converged = estimates.All(estimate => estimate.Converged),
            Members = [.. _options.Members.Select((place, m) => new MemberTrust(place, Sensitivity(estimates, m)))],
        };
        return Write(maps, labels =>
        {
            int winner = winners[patterns.Find(labels)];
            return _regions is null ? _labels[winner] : Paint(winner);
        }, report, cancellationToken);
    }

    private (LabelMap, RunMerging) Write(IReadOnlyList<LabelMap> maps, Func<int[], int> decide, RunMerging report, CancellationToken cancellationToken)
    {
        LabelMap merged = LabelMap.Empty(maps[0].Geometry, _labels.Max());
        long disputed = 0;
        long[][] volumes = [.. maps.Select(_ => new long[_labels.Length])];
        LabelRuns.ForEach(maps, (labels, from, to) =>
        {
            if (labels.AsSpan().ContainsAnyExcept(labels[0]))
            {
                disputed += to - from;
                if (_uncertainty.TakesLabels) _uncertainty.TakeLabels(labels, _options.Weights, from, to);
            }
            for (int m = 0; m < labels.Length; m++) Count(volumes[m], labels[m], to - from);
            int label = decide(labels);
            if (label != 0) LabelRuns.Fill(merged, label, from, to);
        }, cancellationToken);
        return (merged, report with
        {
            DisputedVoxels = disputed,
            Volumes = _options.Outputs.Contains(OutputKind.VolumeVariation) ? Variation(volumes, merged.Geometry.VoxelVolumeMm3) : null,
        });
    }

    /// <summary>Counts the voxels of a class, or of every region of a set.</summary>
    private void Count(long[] volumes, int label, long voxels)
    {
        if (_regions is null) volumes[_placeOf[label]] += voxels;
        else
            for (int r = 0; r < volumes.Length; r++) volumes[r] += (label >> r & 1) * voxels;
    }

    private List<VolumeVariation> Variation(long[][] volumes, double voxelMm3)
    {
        List<VolumeVariation> variations = [];
        for (int place = 0; place < _labels.Length; place++)
        {
            if (_regions is null && _labels[place] == 0) continue;
            double mean = 0, square = 0;
            for (int m = 0; m < volumes.Length; m++) mean += _options.Weights[m] * volumes[m][place];
            for (int m = 0; m < volumes.Length; m++) square += _options.Weights[m] * Math.Pow(volumes[m][place] - mean, 2);
            double deviation = Math.Sqrt(square);
            variations.Add(new VolumeVariation(_labels[place], mean * voxelMm3 / 1000, deviation * voxelMm3 / 1000, mean > 0 ? deviation / mean : null));
        }
        return variations;
    }

    private void Places(ReadOnlySpan<int> labels, Span<int> places)
    {
        for (int m = 0; m < labels.Length; m++) places[m] = _placeOf[labels[m]];
    }

    /// <summary>The label of a set of regions: later regions are painted over earlier ones.</summary>
    private int Paint(int set)
    {
        int label = 0;
        for (int r = 0; r < _regions!.Count; r++)
            if ((set >> r & 1) != 0) label = _regions[r].Paint;
        return label;
    }

    private Dictionary<int, double> Sensitivity(List<Staple> estimates, int member)
    {
        Dictionary<int, double> shares = [];
        for (int place = 0; place < _labels.Length; place++)
        {
            // One estimate a region, of absent (0) and present (1), or one of all classes.
            (Staple estimate, int c) = _regions is null ? (estimates[0], place) : (estimates[place], 1);
            if ((_regions is null && _labels[place] == 0) || !estimate.IsSaid(c)) continue;
            shares[_labels[place]] = Math.Round(estimate.Trust(member, c, c), 6);
        }
        return shares;
    }
}
