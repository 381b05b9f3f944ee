using System.Numerics;
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
        List<SegmentFrame>[] found = [.. segments.Select(_ => new List<SegmentFrame>())];
        GridSize grid = labels.Geometry.Grid;
        int plane = grid.Height * grid.Width;
        (int First, int End)[] places = new (int, int)[segmentOf.Length];
        for (int k = 0; k < grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(places);
            if (labels.IsWide) Mark<ushort>(labels.Words.Slice(k * plane, plane), places);
            else Mark<byte>(labels.Bytes.Slice(k * plane, plane), places);
            for (int label = 1; label < places.Length; label++)
            {
                (int first, int end) = places[label];
                if (end == 0) continue;
                int segment = segmentOf[label] >= 0 ? segmentOf[label] : throw Undescribed(label);
                found[segment].Add(new SegmentFrame(segment, k, first, end - first));
            }
        }
        List<SegmentFrame> frames = [.. found.SelectMany(of => of)];
        return frames.Count > 0 ? frames : [.. segments.Select((_, segment) => new SegmentFrame(segment, 0))];
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

    /// <summary>Widens the place of each label, run by run.</summary>
    private static void Mark<T>(ReadOnlySpan<T> labels, (int First, int End)[] places) where T : unmanaged, IBinaryInteger<T>
    {
        for (int from = 0; from < labels.Length;)
        {
            T label = labels[from];
            int length = labels[from..].IndexOfAnyExcept(label), end = length < 0 ? labels.Length : from + length;
            ref (int First, int End) place = ref places[int.CreateTruncating(label)];
            if (place.End == 0) place.First = from;
            place.End = end;
            from = end;
        }
    }
}
