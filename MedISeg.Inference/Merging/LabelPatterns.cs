using System.Runtime.InteropServices;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Merging;

/// <summary>
/// The different combinations of the members' labels and how often each occurs: all that STAPLE needs, and far fewer than voxels, since members
/// disagree only near borders.
/// </summary>
internal sealed class LabelPatterns
{
    /// <summary>Most combinations that are kept.</summary>
    public const int Most = 1 << 20;

    /// <summary>Bytes of a combination for each member: a node of the tree with its links, and the label.</summary>
    public const int BytesPerMember = 48;

    private readonly Dictionary<(int Node, int Label), int> _tree = [];
    private readonly List<int> _labels = [];
    private readonly List<long> _counts = [];
    private readonly int _members;
    private int _nodes = 1;

    private LabelPatterns(int members) => _members = members;

    /// <summary>Number of combinations.</summary>
    public int Count => _counts.Count;

    /// <summary>Voxels of each combination.</summary>
    public ReadOnlySpan<long> Voxels => CollectionsMarshal.AsSpan(_counts);

    /// <summary>A label a member.</summary>
    public ReadOnlySpan<int> Labels(int pattern) => CollectionsMarshal.AsSpan(_labels).Slice(pattern * _members, _members);

    /// <summary>Counts the combinations of maps of one grid.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>: more than <see cref="Most"/>.</exception>
    public static LabelPatterns Of(IReadOnlyList<LabelMap> maps, CancellationToken cancellationToken)
    {
        LabelPatterns patterns = new(maps.Count);
        LabelRuns.ForEach(maps, (labels, from, to) => patterns._counts[patterns.Find(labels)] += to - from, cancellationToken);
        return patterns;
    }

    /// <summary>The number of a combination, from 0; a new one gets the next number.</summary>
    public int Find(ReadOnlySpan<int> labels)
    {
        int node = 0;
        for (int m = 0; m < _members - 1; m++)
        {
            ref int next = ref CollectionsMarshal.GetValueRefOrAddDefault(_tree, (node, labels[m]), out bool known);
            if (!known) next = _nodes++;
            node = next;
        }
        ref int pattern = ref CollectionsMarshal.GetValueRefOrAddDefault(_tree, (node, labels[^1]), out bool found);
        if (found) return pattern;
        if (_counts.Count == Most)
            throw new SegmentationException(ErrorCode.TooLarge,
                $"The members' labels occur in more than {Most} combinations, too many for ensemble.merge staple; use vote or mean.");
        pattern = _counts.Count;
        _counts.Add(0);
        _labels.AddRange(labels);
        return pattern;
    }
}
