using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Finds the frames of an object: one for each segment and slice that have a voxel in common.</summary>
internal static class SegmentFrames
{
    /// <summary>One pass over the label map.</summary>
    /// <param name="labels">The label map.</param>
    /// <param name="segments">Their labels are all different and 1 to 65535.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>By segment, then slice. A map of background alone gives one frame a segment, on the first slice: an object must have a frame.</returns>
    /// <exception cref="ArgumentException">A label that no segment describes, or two segments of one label.</exception>
    public static IReadOnlyList<SegmentFrame> Find(
        LabelMap labels, IReadOnlyList<SegmentDescription> segments, CancellationToken cancellationToken)
    {
        int[] segmentOf = SegmentOfLabel(segments);
        List<int>[] slices = [.. segments.Select(_ => new List<int>())];
        GridSize grid = labels.Geometry.Grid;
        int plane = grid.Height * grid.Width;
        bool[] seen = new bool[segmentOf.Length];
        for (int k = 0; k < grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(seen);
            if (labels.IsWide) Mark(labels.Words.Slice(k * plane, plane), seen);
            else Mark(labels.Bytes.Slice(k * plane, plane), seen);
            for (int label = 1; label < seen.Length; label++)
            {
                if (!seen[label]) continue;
                if (segmentOf[label] < 0) throw Undescribed(label);
                slices[segmentOf[label]].Add(k);
            }
        }
        List<SegmentFrame> frames = [];
        for (int segment = 0; segment < slices.Length; segment++)
            foreach (int slice in slices[segment]) frames.Add(new SegmentFrame(segment, slice));
        if (frames.Count == 0)
            for (int segment = 0; segment < slices.Length; segment++) frames.Add(new SegmentFrame(segment, 0));
        return frames;
    }

    /// <summary>What to throw where a label is no segment's.</summary>
    public static ArgumentException Undescribed(int label) => new($"No segment describes the label {label}.");

    /// <summary>Place of the segment of each label, 65536 entries; -1 where there is none.</summary>
    /// <exception cref="ArgumentException">Two segments of one label, or a label that is not 1 to 65535.</exception>
    public static int[] SegmentOfLabel(IReadOnlyList<SegmentDescription> segments)
    {
        int[] segmentOf = new int[ushort.MaxValue + 1];
        Array.Fill(segmentOf, -1);
        for (int n = 0; n < segments.Count; n++)
        {
            int label = segments[n].Label;
            if (label is < 1 or > ushort.MaxValue) throw new ArgumentException($"Label {label} is not 1 to 65535.", nameof(segments));
            if (segmentOf[label] >= 0) throw new ArgumentException($"Two segments have the label {label}.", nameof(segments));
            segmentOf[label] = n;
        }
        return segmentOf;
    }

    private static void Mark(ReadOnlySpan<byte> labels, bool[] seen)
    {
        foreach (byte label in labels) seen[label] = true;
    }

    private static void Mark(ReadOnlySpan<ushort> labels, bool[] seen)
    {
        foreach (ushort label in labels) seen[label] = true;
    }
}
