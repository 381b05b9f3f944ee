using System.Numerics;

namespace MedISeg.Imaging.Morphology;

/// <summary>A set of labels as ranges without gaps, in the type of a map's voxels.</summary>
/// <param name="lows">First label of each range.</param>
/// <param name="spans">Last label of each range minus the first one.</param>
internal sealed class LabelRanges<T>(T[] lows, T[] spans) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>First label of each range, ascending.</summary>
    public ReadOnlySpan<T> Lows => lows;

    /// <summary>Last label of each range minus the first one.</summary>
    public ReadOnlySpan<T> Spans => spans;

    /// <summary>Gathers labels; one that the type cannot hold is in no voxel and left out.</summary>
    /// <param name="labels">Labels of at least 0, in any order.</param>
    public static LabelRanges<T> Of(IReadOnlyList<int> labels)
    {
        List<T> lows = [], spans = [];
        int most = int.CreateChecked(T.MaxValue), last = -2;
        foreach (int label in labels.Where(label => label <= most).Distinct().Order())
        {
            if (label == last + 1)
            {
                spans[^1]++;
            }
            else
            {
                lows.Add(T.CreateChecked(label));
                spans.Add(T.Zero);
            }
            last = label;
        }
        return new LabelRanges<T>([.. lows], [.. spans]);
    }
}
