using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Overlays;

/// <summary>Paints labels over an image: their edges in full colour, what lies inside shining through.</summary>
/// <param name="image">One grey channel, or three of red, green and blue; borrowed.</param>
/// <param name="labels">On the image's grid; borrowed.</param>
/// <param name="segments">Give the colours.</param>
internal sealed class OverlayPainter(Volume image, LabelMap labels, IReadOnlyList<SegmentDescription> segments)
{
    /// <summary>One part of a label's colour to so many of the image.</summary>
    private const int ImageParts = 3;

    /// <summary>For segments that name no colour, by their place.</summary>
    private static readonly Rgb[] Palette =
        [new(230, 60, 60), new(60, 180, 75), new(70, 130, 255), new(255, 200, 40), new(240, 100, 230), new(60, 220, 220), new(245, 130, 48), new(170, 110, 255)];

    private readonly int[] _segmentOf = SegmentLabels.SegmentOf(segments);
    private readonly float[][] _rows = [.. Enumerable.Range(0, image.Channels).Select(_ => new float[image.Geometry.Grid.Width])];

    /// <summary>Paints a plane.</summary>
    /// <param name="k">Plane, from 0.</param>
    /// <param name="window">Of grey values; of colours the whole range.</param>
    /// <returns>Red, green and blue of each pixel, row by row; a new array.</returns>
    /// <exception cref="ArgumentException">A label that no segment describes.</exception>
    public byte[] Paint(int k, GreyWindow window)
    {
        GridSize grid = image.Geometry.Grid;
        byte[] pixels = new byte[grid.Height * grid.Width * 3];
        int at = 0;
        for (int j = 0; j < grid.Height; j++)
        {
            for (int c = 0; c < _rows.Length; c++) image.ReadRow(c, k, j, 0, _rows[c]);
            for (int i = 0; i < grid.Width; i++)
            {
                byte red = window.Of(_rows[0][i]), green = red, blue = red;
                if (_rows.Length == 3) (green, blue) = (window.Of(_rows[1][i]), window.Of(_rows[2][i]));
                int label = labels[k, j, i];
                if (label > 0)
                {
                    Rgb colour = Colour(label);
                    int parts = IsEdge(k, j, i, label) ? 0 : ImageParts;
                    (red, green, blue) = (Mix(red, colour.R, parts), Mix(green, colour.G, parts), Mix(blue, colour.B, parts));
                }
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (red, green, blue);
                at += 3;
            }
        }
        return pixels;
    }

    private static byte Mix(byte image, byte colour, int parts) => (byte)((image * parts + colour) / (parts + 1));

    private Rgb Colour(int label)
    {
        int segment = _segmentOf[label];
        if (segment < 0) throw SegmentLabels.Undescribed(label);
        return segments[segment].Colour ?? Palette[segment % Palette.Length];
    }

    /// <summary>Whether one of the four pixels around has another label, or there is none.</summary>
    private bool IsEdge(int k, int j, int i, int label)
    {
        GridSize grid = image.Geometry.Grid;
        return j == 0 || i == 0 || j == grid.Height - 1 || i == grid.Width - 1 || labels[k, j - 1, i] != label || labels[k, j + 1, i] != label
            || labels[k, j, i - 1] != label || labels[k, j, i + 1] != label;
    }
}
