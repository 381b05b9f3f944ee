using System.Numerics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Finds the frames of an object: one for each segment and slice that have a voxel in common.</summary>
internal static class SegmentFrames
{
    /// <summary>One pass over the label map.</summary>
    /// <param name="labels">The label map.</param>
    /// <param name="segments">Their labels.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>By segment, then slice. A map of background alone gives one frame a segment, on the first slice: an object must have a frame.</returns>
    /// <exception cref="ArgumentException">A label that no segment describes, or that is not 1 to 65535.</exception>
    public static IReadOnlyList<SegmentFrame> Find(
        LabelMap labels, IReadOnlyList<SegmentDescription> segments, CancellationToken cancellationToken)
    {
        int[][] segmentsOf = SegmentLabels.SegmentsOf(segments);
        List<SegmentFrame>[] found = [.. segments.Select(_ => new List<SegmentFrame>())];
        GridSize grid = labels.Geometry.Grid;
        int plane = grid.Height * grid.Width;
        (int First, int End)[] places = new (int, int)[segmentsOf.Length], ofSegment = new (int, int)[segments.Count];
        for (int k = 0; k < grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(places);
            if (labels.IsWide) Mark<ushort>(labels.Words.Slice(k * plane, plane), places);
            else Mark<byte>(labels.Bytes.Slice(k * plane, plane), places);
            Array.Clear(ofSegment);
            for (int label = 1; label < places.Length; label++)
            {
                (int first, int end) = places[label];
                if (end == 0) continue;
                if (segmentsOf[label].Length == 0) throw SegmentLabels.Undescribed(label);
                foreach (int segment in segmentsOf[label])
                {
                    ref (int First, int End) place = ref ofSegment[segment];
                    place = place.End == 0 ? (first, end) : (Math.Min(place.First, first), Math.Max(place.End, end));
                }
            }
            for (int segment = 0; segment < segments.Count; segment++)
                if (ofSegment[segment] is { End: > 0 } place) found[segment].Add(new SegmentFrame(segment, k, place.First, place.End - place.First));
        }
        List<SegmentFrame> frames = [.. found.SelectMany(of => of)];
        return frames.Count > 0 ? frames : [.. segments.Select((_, segment) => new SegmentFrame(segment, 0))];
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
