namespace MedISeg.Dicom.Segmentations;

/// <summary>Which segments the labels of a map belong to.</summary>
internal static class SegmentLabels
{
    private const int Count = ushort.MaxValue + 1;

    /// <summary>Places of the segments of each label, ascending; 65536 entries.</summary>
    /// <exception cref="ArgumentException">A segment has no label, or one that is not 1 to 65535.</exception>
    public static int[][] SegmentsOf(IReadOnlyList<SegmentDescription> segments)
    {
        int[][] found = new int[Count][];
        Array.Fill(found, []);
        for (int n = 0; n < segments.Count; n++)
        {
            if (segments[n].Labels.Count == 0) throw new ArgumentException($"Segment {n + 1} has no label.", nameof(segments));
            foreach (int label in segments[n].Labels.Distinct())
            {
                if (label is < 1 or > ushort.MaxValue) throw new ArgumentException($"Label {label} is not 1 to 65535.", nameof(segments));
                found[label] = [.. found[label], n];
            }
        }
        return found;
    }

    /// <summary>Place of the one segment of each label, 65536 entries; -1 where there is none.</summary>
    /// <exception cref="ArgumentException">Two segments share a label, or as <see cref="SegmentsOf"/>.</exception>
    public static int[] SegmentOf(IReadOnlyList<SegmentDescription> segments)
    {
        int[][] all = SegmentsOf(segments);
        int shared = Array.FindIndex(all, of => of.Length > 1);
        if (shared >= 0) throw new ArgumentException($"Two segments have the label {shared}.", nameof(segments));
        return [.. all.Select(of => of.Length == 0 ? -1 : of[0])];
    }

    /// <summary>Whether two segments share a label.</summary>
    public static bool Overlap(IReadOnlyList<SegmentDescription> segments) =>
        segments.SelectMany(segment => segment.Labels.Distinct()).GroupBy(label => label).Any(label => label.Count() > 1);

    /// <summary>What to throw where a label is no segment's.</summary>
    public static ArgumentException Undescribed(int label) => new($"No segment describes the label {label}.");
}
