namespace MedISeg.Imaging.Pictures;

/// <summary>A slice spread over the pixels of a panel.</summary>
internal static class PictureField
{
    /// <summary>Linear interpolation between voxel centres; where a pixel spans several voxels, the mean over them.</summary>
    /// <param name="slice">Row-major.</param>
    /// <param name="rows">Rows of the slice.</param>
    /// <param name="columns">Columns of the slice.</param>
    /// <param name="height">Rows of the panel.</param>
    /// <param name="width">Columns of the panel.</param>
    public static float[] Spread(ReadOnlySpan<float> slice, int rows, int columns, int height, int width)
    {
        int down = (int)Math.Ceiling((double)rows / height), across = (int)Math.Ceiling((double)columns / width);
        float[] field = new float[height * width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                double sum = 0;
                for (int v = 0; v < down; v++)
                    for (int u = 0; u < across; u++)
                        sum += Linear(slice, rows, columns, (y + (v + 0.5) / down) * rows / height - 0.5,
                            (x + (u + 0.5) / across) * columns / width - 0.5);
                field[y * width + x] = (float)(sum / (down * across));
            }
        return field;
    }

    /// <summary>How strongly each pixel shows the line where a spread mask is one half.</summary>
    /// <param name="mask">Spread mask, 0..1.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="linePixels">Width of the line.</param>
    /// <returns>0 = not, 1 = fully.</returns>
    public static float[] Contour(ReadOnlySpan<float> mask, int height, int width, double linePixels)
    {
        // Neighbours on both sides of one half have a point of the line between them; such points lie at most a pixel apart.
        float[] alpha = new float[mask.Length];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                float here = mask[y * width + x];
                if (x + 1 < width && Crosses(here, mask[y * width + x + 1], out double along))
                    Dot(alpha, height, width, y, x + along, linePixels);
                if (y + 1 < height && Crosses(here, mask[(y + 1) * width + x], out along))
                    Dot(alpha, height, width, y + along, x, linePixels);
            }
        return alpha;
    }

    private static bool Crosses(float from, float to, out double along)
    {
        along = (0.5 - from) / (to - from);
        return from < 0.5f != to < 0.5f;
    }

    private static void Dot(float[] alpha, int height, int width, double row, double column, double diameter)
    {
        double reach = diameter / 2 + 0.5;
        for (int y = Math.Max(0, (int)Math.Ceiling(row - reach)); y <= Math.Min(height - 1, (int)(row + reach)); y++)
            for (int x = Math.Max(0, (int)Math.Ceiling(column - reach)); x <= Math.Min(width - 1, (int)(column + reach)); x++)
            {
                double away = Math.Sqrt((y - row) * (y - row) + (x - column) * (x - column));
                alpha[y * width + x] = Math.Max(alpha[y * width + x], (float)Math.Clamp(reach - away, 0, 1));
            }
    }

    private static double Linear(ReadOnlySpan<float> slice, int rows, int columns, double row, double column)
    {
        row = Math.Clamp(row, 0, rows - 1);
        column = Math.Clamp(column, 0, columns - 1);
        int r = Math.Min((int)row, Math.Max(rows - 2, 0)), c = Math.Min((int)column, Math.Max(columns - 2, 0));
        int below = Math.Min(r + 1, rows - 1), right = Math.Min(c + 1, columns - 1);
        double fr = row - r, fc = column - c;
        double top = slice[r * columns + c] * (1 - fc) + slice[r * columns + right] * fc;
        double bottom = slice[below * columns + c] * (1 - fc) + slice[below * columns + right] * fc;
        return top * (1 - fr) + bottom * fr;
    }
}
