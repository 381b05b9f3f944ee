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
    /// <param name="segments">Their labels are all different and 1 to 65535.</param>
    /// <param name="mostPoints">Most points of all contours.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>One list a segment, by slice.</returns>
    /// <exception cref="ArgumentException">A label that no segment describes, or two segments of one label.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>; <see cref="ErrorCode.InvalidGeometry"/>.</exception>
    public static IReadOnlyList<RoiContour>[] Find(
        DicomSeries source, LabelMap labels, IReadOnlyList<SegmentDescription> segments, int mostPoints, CancellationToken cancellationToken)
    {
        int[] segmentOf = SegmentFrames.SegmentOfLabel(segments);
        List<RoiContour>[] contours = [.. segments.Select(_ => new List<RoiContour>())];
        GridSize grid = labels.Geometry.Grid;
        int points = 0;
        for (int k = 0; k < grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SliceGeometry slice = SliceGeometry.Read(source.Slices[k]);
            foreach ((int label, Box box) in Boxes(labels, k))
            {
                if (segmentOf[label] < 0) throw SegmentFrames.Undescribed(label);
                foreach ((int Row, int Column)[] line in new ContourTracer(Mask(labels, k, label, box), box.Rows, box.Columns).Trace())
                {
                    points += line.Length;
                    if (points > mostPoints)
                        throw new SegmentationException(ErrorCode.TooLarge,
                            $"The structure set would have over {mostPoints} points; ask for a segmentation object, which holds any shape.");
                    contours[segmentOf[label]].Add(new RoiContour(k, line.Length, Text(line, box, slice)));
                }
            }
        }
        return contours;
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
                boxes[label] = boxes.TryGetValue(label, out Box box)
                    ? new Box(box.Top, Math.Min(box.Left, from), j, Math.Max(box.RightEnd, i))
                    : new Box(j, from, j, i);
            }
        return boxes;
    }

    private static bool[] Mask(LabelMap labels, int k, int label, Box box)
    {
        bool[] mask = new bool[box.Rows * box.Columns];
        for (int j = 0, n = 0; j < box.Rows; j++)
            for (int i = 0; i < box.Columns; i++, n++) mask[n] = labels[k, box.Top + j, box.Left + i] == label;
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
    }
}
