using System.Globalization;
using System.Text;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Structures;

/// <summary>The contours of every segment in the patient.</summary>
internal static class RoiContours
{
    /// <summary>Most points of an object: some 150 MB of text.</summary>
    public const int MostPoints = 5_000_000;

    /// <summary>Traces all labels of all slices.</summary>
    /// <param name="source">One slice a plane of the label map.</param>
    /// <param name="labels">The label map.</param>
    /// <param name="segments">Their labels.</param>
    /// <param name="mostPoints">Most points of all contours.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>One list a segment, by slice.</returns>
    /// <exception cref="ArgumentException">A label that no segment describes, or that is not 1 to 65535.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>; <see cref="ErrorCode.InvalidGeometry"/>.</exception>
    public static IReadOnlyList<RoiContour>[] Find(
        DicomSeries source, LabelMap labels, IReadOnlyList<SegmentDescription> segments, int mostPoints, CancellationToken cancellationToken)
    {
        int[][] segmentsOf = SegmentLabels.SegmentsOf(segments);
        List<RoiContour>[] contours = [.. segments.Select(_ => new List<RoiContour>())];
        GridSize grid = labels.Geometry.Grid;
        int points = 0;
        for (int k = 0; k < grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SliceGeometry slice = SliceGeometry.Read(source.Slices[k]);
            foreach ((int segment, Box box) in SegmentBoxes(labels, k, segmentsOf))
            {
                foreach ((int Row, int Column)[] line in new ContourTracer(Mask(labels, k, segments[segment].Labels, box), box.Rows, box.Columns).Trace())
                {
                    points += line.Length;
                    if (points > mostPoints)
                        throw new SegmentationException(ErrorCode.TooLarge,
                            $"The structure set would have over {mostPoints} points; ask for a segmentation object, which holds any shape.");
                    contours[segment].Add(new RoiContour(k, line.Length, Text(line, box, slice)));
                }
            }
        }
        return contours;
    }

    /// <summary>The segments that a plane has, ascending, and where they are.</summary>
    private static SortedDictionary<int, Box> SegmentBoxes(LabelMap labels, int k, int[][] segmentsOf)
    {
        SortedDictionary<int, Box> boxes = [];
        foreach ((int label, Box box) in Boxes(labels, k))
        {
            if (segmentsOf[label].Length == 0) throw SegmentLabels.Undescribed(label);
            foreach (int segment in segmentsOf[label]) boxes[segment] = boxes.TryGetValue(segment, out Box known) ? known.With(box) : box;
        }
        return boxes;
    }

    /// <summary>The labels of a plane but background, ascending, and where they are.</summary>
    private static SortedDictionary<int, Box> Boxes(LabelMap labels, int k)
    {
        GridSize grid = labels.Geometry.Grid;
        SortedDictionary<int, Box> boxes = [];
        for (int j = 0; j < grid.Height; j++)
            for (int i = 0; i < grid.Width; i++)
            {
                int label = labels[k, j, i], from = i;
                if (label == 0) continue;
                while (i + 1 < grid.Width && labels[k, j, i + 1] == label) i++;
                Box run = new(j, from, j, i);
                boxes[label] = boxes.TryGetValue(label, out Box box) ? box.With(run) : run;
            }
        return boxes;
    }

    private static bool[] Mask(LabelMap labels, int k, IReadOnlyList<int> wanted, Box box)
    {
        bool[] mask = new bool[box.Rows * box.Columns];
        for (int j = 0, n = 0; j < box.Rows; j++)
            for (int i = 0; i < box.Columns; i++, n++) mask[n] = wanted.Contains(labels[k, box.Top + j, box.Left + i]);
        return mask;
    }

    /// <summary>Places of corners, to 0.0001 mm.</summary>
    private static byte[] Text((int Row, int Column)[] line, Box box, SliceGeometry slice)
    {
        StringBuilder text = new(line.Length * 30);
        foreach ((int row, int column) in line)
        {
            // A pixel's corner is half a pixel before its centre.
            Vector3D place = slice.Position + slice.Row * ((box.Left + column - 0.5) * slice.SpacingI) + slice.Column * ((box.Top + row - 0.5) * slice.SpacingJ);
            if (text.Length > 0) text.Append('\\');
            text.Append(CultureInfo.InvariantCulture, $"{place.X:0.####}\\{place.Y:0.####}\\{place.Z:0.####}");
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>A part of a plane: first and last row and column.</summary>
    private readonly record struct Box(int Top, int Left, int Bottom, int RightEnd)
    {
        public int Rows => Bottom - Top + 1;

        public int Columns => RightEnd - Left + 1;

        public Box With(Box other) => new(
            Math.Min(Top, other.Top), Math.Min(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Max(RightEnd, other.RightEnd));
    }
}
