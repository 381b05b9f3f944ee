using System.Globalization;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Pictures;

/// <summary>A picture for people: slices of an image with the outlines of its labels.</summary>
public static class ContourPicture
{
    private const int Margin = 16, TextScale = 2, LineHeight = PixelFont.Height * TextScale;

    private const double CtLow = -160, CtHigh = 240, AirBelow = -500;

    private static readonly Rgb Background = new(17, 20, 24), Ink = new(225, 228, 232), Faint = new(150, 156, 164),
        TruthInk = new(255, 255, 255);

    /// <summary>Writes a PNG: an axial, a coronal and a sagittal slice through the labels, or the one plane of a planar image.</summary>
    /// <param name="pngPath">File to write; an existing one is replaced.</param>
    /// <param name="image">The image; three channels or four are shown as colours, else the first channel as grey.</param>
    /// <param name="labels">Labels on the image's grid.</param>
    /// <param name="coloursHex">Colour of each label to draw, #rrggbb; labels that are missing here are not drawn.</param>
    /// <param name="options">Names, reference, window and sizes; null = the defaults.</param>
    /// <remarks>
    /// Radiological convention: the patient's right is at the left of the screen, sizes are true in mm. Slices follow the grid: an oblique
    /// grid is shown as it was scanned. Without a window, CT (air in the picture) is shown from -160 to 240, bytes in colour as they are,
    /// all else from the 1st to the 99th percentile of what is shown.
    /// </remarks>
    /// <exception cref="ArgumentException">The grids differ, a colour is misspelled, or an option is out of range.</exception>
    public static void Write(
        string pngPath, Volume image, LabelMap labels, IReadOnlyDictionary<int, string> coloursHex, ContourPictureOptions? options = null)
    {
        using FileStream stream = new(pngPath, FileMode.Create, FileAccess.Write);
        Write(stream, image, labels, coloursHex, options);
    }

    /// <summary>Writes the PNG to a stream.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="image">As for a file.</param>
    /// <param name="labels">As for a file.</param>
    /// <param name="coloursHex">As for a file.</param>
    /// <param name="options">As for a file.</param>
    /// <exception cref="ArgumentException">As for a file.</exception>
    public static void Write(
        Stream stream, Volume image, LabelMap labels, IReadOnlyDictionary<int, string> coloursHex, ContourPictureOptions? options = null)
    {
        Canvas canvas = Draw(image, labels, coloursHex, options ?? new ContourPictureOptions());
        RasterWriter.Write<byte>(stream, canvas.Pixels, new GridSize(1, canvas.Height, canvas.Width), 3);
    }

    /// <summary>Draws the picture.</summary>
    internal static Canvas Draw(Volume image, LabelMap labels, IReadOnlyDictionary<int, string> coloursHex, ContourPictureOptions options)
    {
        Check(image, labels, options);
        PictureSlicer slicer = new(image.Geometry);
        PicturePlane[] planes = image.IsPlanar ? [PicturePlane.All[slicer.AxisOf(0)]] : PicturePlane.All;
        (int label, Rgb colour)[] drawn =
            [.. coloursHex.Where(c => c.Key != 0).OrderBy(c => c.Key).Select(c => (c.Key, Rgb.Parse(c.Value)))];
        HashSet<int> counted = [.. drawn.Select(d => d.label)];
        CrossSections sections = new(labels, counted);
        CrossSections chosen = options.Truth is not null && (sections.IsEmpty || options.SlicesOfTruth) ? new CrossSections(options.Truth, counted) : sections;

        double longest = planes.Max(p => Math.Max(Mm(p.RowAxis), Mm(p.ColumnAxis)));
        double pixelsPerMm = options.PanelPixels * (image.IsPlanar ? 1.5 : 1) / longest;
        Panel[] panels = [.. planes.Select(p => new Panel(
            p, slicer.SliceOf(p.SliceAxis, chosen.Best(slicer.Stored(p.SliceAxis))), Pixels(p.RowAxis), Pixels(p.ColumnAxis)))];

        string[] reference = options.Truth is null ? [] : ["REFERENCE"];
        string[] legend = [.. drawn.Select(d => Entry(d.label, sections, labels, options)), .. reference];
        Rgb[] legendColours = [.. drawn.Select(d => d.colour), TruthInk];
        int top = Margin + (image.IsPlanar ? 0 : LineHeight + Margin / 2), tallest = panels.Max(p => p.Height);
        int width = Math.Max(panels.Sum(p => p.Width + Margin) + Margin, legend.Length == 0 ? 0 : Margin + legend.Max(LegendWidth));
        List<int[]> legendRows = Rows(legend, width);
        Canvas canvas = new(width, top + tallest + Margin + legendRows.Count * (LineHeight + Margin), Background);

        float[][][] slices = [.. panels.Select(p => Slices(image, slicer, p))];
        (double low, double high) = Window(image, slices, options);
        int left = Margin;
        for (int n = 0; n < panels.Length; n++)
        {
            Panel panel = panels[n];
            int y = top + (tallest - panel.Height) / 2;
            DrawImage(canvas, left, y, panel, slices[n], slicer, low, high);
            foreach ((int label, Rgb colour) in drawn)
            {
                if (options.Truth is not null)
                    DrawContour(canvas, left, y, panel, slicer.Mask(options.Truth, label, panel.Plane, panel.Slice), slicer, 1, TruthInk);
                DrawContour(canvas, left, y, panel, slicer.Mask(labels, label, panel.Plane, panel.Slice), slicer, options.LinePixels,
                    colour);
            }
            if (!image.IsPlanar) DrawLetters(canvas, left, y, top, panel, slicer);
            left += panel.Width + Margin;
        }
        DrawLegend(canvas, top + tallest + Margin, legend, legendColours, legendRows);
        return canvas;

        double Mm(int axis) => slicer.Extent(axis) * slicer.SpacingMm(axis);
        int Pixels(int axis) => Math.Max(1, (int)Math.Round(Mm(axis) * pixelsPerMm));
    }

    private static void Check(Volume image, LabelMap labels, ContourPictureOptions options)
    {
        foreach (LabelMap? map in (ReadOnlySpan<LabelMap?>)[labels, options.Truth])
            if (map is not null && !map.Geometry.Matches(image.Geometry, 0.01))
                throw new ArgumentException("The labels do not lie on the image's grid.", nameof(labels));
        if (options.WindowLow.HasValue != options.WindowHigh.HasValue || options.WindowLow >= options.WindowHigh)
            throw new ArgumentException("The window needs both ends, the low one below the high one.", nameof(options));
        if (options.PanelPixels is < 64 or > 4096 || !(options.LinePixels > 0))
            throw new ArgumentException("A panel has 64 to 4096 pixels and a line is wider than 0.", nameof(options));
    }

    private static float[][] Slices(Volume image, PictureSlicer slicer, Panel panel) =>
        [.. Enumerable.Range(0, image.Channels is 3 or 4 ? 3 : 1).Select(c => slicer.Image(image, c, panel.Plane, panel.Slice))];

    private static (double Low, double High) Window(Volume image, float[][][] slices, ContourPictureOptions options)
    {
        if (options is { WindowLow: { } low, WindowHigh: { } high }) return (low, high);
        if (slices[0].Length == 3 && image.VoxelType == typeof(byte)) return (0, byte.MaxValue);
        float[] sorted = [.. slices.SelectMany(panel => panel).SelectMany(channel => channel)];
        Array.Sort(sorted);
        double first = sorted[(int)((sorted.Length - 1) * 0.01)], last = sorted[(int)((sorted.Length - 1) * 0.99)];
        if (first < AirBelow) return (CtLow, CtHigh);
        // An empty or constant slice still has to be drawn.
        return last > first ? (first, last) : (first - 1, first + 1);
    }

    private static void DrawImage(Canvas canvas, int left, int top, Panel panel, float[][] slices, PictureSlicer slicer, double low,
        double high)
    {
        float[][] fields = [.. slices.Select(s => Spread(s, slicer, panel))];
        for (int y = 0; y < panel.Height; y++)
            for (int x = 0; x < panel.Width; x++)
            {
                int n = y * panel.Width + x;
                byte r = Grey(fields[0][n]);
                Rgb colour = fields.Length == 3 ? new Rgb(r, Grey(fields[1][n]), Grey(fields[2][n])) : new Rgb(r, r, r);
                canvas.Blend(left + x, top + y, colour, 1);
            }

        byte Grey(double value) => (byte)(Math.Clamp((value - low) / (high - low), 0, 1) * byte.MaxValue + 0.5);
    }

    private static void DrawContour(Canvas canvas, int left, int top, Panel panel, float[] mask, PictureSlicer slicer, double linePixels,
        Rgb colour)
    {
        if (!mask.Contains(1)) return;
        float[] alpha = PictureField.Contour(Spread(mask, slicer, panel), panel.Height, panel.Width, linePixels);
        for (int y = 0; y < panel.Height; y++)
            for (int x = 0; x < panel.Width; x++)
                canvas.Blend(left + x, top + y, colour, alpha[y * panel.Width + x]);
    }

    private static float[] Spread(float[] slice, PictureSlicer slicer, Panel panel) =>
        PictureField.Spread(slice, slicer.Extent(panel.Plane.RowAxis), slicer.Extent(panel.Plane.ColumnAxis), panel.Height, panel.Width);

    private static void DrawLetters(Canvas canvas, int left, int y, int top, Panel panel, PictureSlicer slicer)
    {
        string title = string.Create(CultureInfo.InvariantCulture,
            $"{panel.Plane.Name} {panel.Slice + 1}/{slicer.Extent(panel.Plane.SliceAxis)}");
        canvas.Text(left, top - LineHeight - Margin / 2, title, Faint, TextScale);
        string letters = panel.Plane.Letters;
        int letter = PixelFont.Width * TextScale, inset = 6;
        canvas.Text(left + inset, y + (panel.Height - LineHeight) / 2, letters[..1], Ink, TextScale);
        canvas.Text(left + panel.Width - letter - inset, y + (panel.Height - LineHeight) / 2, letters[1..2], Ink, TextScale);
        canvas.Text(left + (panel.Width - letter) / 2, y + inset, letters[2..3], Ink, TextScale);
        canvas.Text(left + (panel.Width - letter) / 2, y + panel.Height - LineHeight - inset, letters[3..4], Ink, TextScale);
    }

    private static string Entry(int label, CrossSections sections, LabelMap labels, ContourPictureOptions options)
    {
        string name = options.Names.TryGetValue(label, out string? known) ? known : $"LABEL {label}";
        if (labels.Geometry.Grid.Depth == 1) return name;
        return string.Create(CultureInfo.InvariantCulture,
            $"{name} {sections.Voxels(label) * labels.Geometry.VoxelVolumeMm3 / 1000:0.0} ML");
    }

    private static int LegendWidth(string entry) => LineHeight + Margin / 2 + PixelFont.Measure(entry) * TextScale + 2 * Margin;

    private static List<int[]> Rows(string[] legend, int width)
    {
        List<int[]> rows = [];
        List<int> row = [];
        int used = Margin;
        for (int n = 0; n < legend.Length; n++)
        {
            if (row.Count > 0 && used + LegendWidth(legend[n]) > width)
            {
                rows.Add([.. row]);
                row.Clear();
                used = Margin;
            }
            row.Add(n);
            used += LegendWidth(legend[n]);
        }
        if (row.Count > 0) rows.Add([.. row]);
        return rows;
    }

    private static void DrawLegend(Canvas canvas, int top, string[] legend, Rgb[] colours, List<int[]> rows)
    {
        for (int r = 0; r < rows.Count; r++)
        {
            int x = Margin, y = top + r * (LineHeight + Margin);
            foreach (int n in rows[r])
            {
                canvas.Fill(x, y, LineHeight, LineHeight, colours[n]);
                canvas.Text(x + LineHeight + Margin / 2, y, legend[n], Ink, TextScale);
                x += LegendWidth(legend[n]);
            }
        }
    }

    private sealed record Panel(PicturePlane Plane, int Slice, int Height, int Width);
}
