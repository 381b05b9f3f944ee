using MedISeg.Imaging.Resampling;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Contrast-limited adaptive histogram equalisation of one channel of 8-bit levels, 8 by 8 tiles.</summary>
/// <remarks>Source: K. Zuiderveld 1994, with OpenCV's conventions: a plane whose sides are no multiples of 8 is extended by mirroring below
/// and on the right; what a histogram has above its limit is spread evenly, the rest in steps. Checked against golden <c>aug2d</c>.</remarks>
internal static class Clahe
{
    private const int Tiles = 8;

    /// <summary>Equalises in place.</summary>
    /// <param name="levels">Row-major.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="limit">Largest count in a histogram, as a multiple of the mean count; above 0.</param>
    public static void Apply(Span<byte> levels, int height, int width, double limit)
    {
        bool fits = height % Tiles == 0 && width % Tiles == 0;
        int tileHeight = (fits ? height : height + Tiles - height % Tiles) / Tiles, tileWidth = (fits ? width : width + Tiles - width % Tiles) / Tiles;
        Span<byte> tables = stackalloc byte[Tiles * Tiles * 256];
        for (int tile = 0; tile < Tiles * Tiles; tile++)
            FillTable(levels, height, width, tile / Tiles * tileHeight, tile % Tiles * tileWidth, tileHeight, tileWidth, limit, tables.Slice(tile * 256, 256));
        for (int y = 0; y < height; y++)
        {
            (int y0, int y1, float v) = Neighbours(y, tileHeight);
            for (int x = 0; x < width; x++)
            {
                (int x0, int x1, float u) = Neighbours(x, tileWidth);
                int level = levels[y * width + x];
                float upper = tables[(y0 * Tiles + x0) * 256 + level] * (1 - u) + tables[(y0 * Tiles + x1) * 256 + level] * u;
                float lower = tables[(y1 * Tiles + x0) * 256 + level] * (1 - u) + tables[(y1 * Tiles + x1) * 256 + level] * u;
                levels[y * width + x] = (byte)Math.Clamp(MathF.Round(upper * (1 - v) + lower * v), 0, 255);
            }
        }
    }

    private static (int First, int Second, float Weight) Neighbours(int index, int side)
    {
        float place = index * (1f / side) - 0.5f;
        int first = (int)MathF.Floor(place);
        return (Math.Max(first, 0), Math.Min(first + 1, Tiles - 1), place - first);
    }

    private static void FillTable(
        ReadOnlySpan<byte> levels, int height, int width, int top, int left, int tileHeight, int tileWidth, double limit, Span<byte> table)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        for (int y = top; y < top + tileHeight; y++)
            for (int x = left; x < left + tileWidth; x++)
                counts[levels[CubicTaps.Mirror(y, height) * width + CubicTaps.Mirror(x, width)]]++;
        int area = tileHeight * tileWidth;
        Limit(counts, Math.Max(1, (int)(limit * area / 256)));
        float scale = 255f / area;
        int sum = 0;
        for (int n = 0; n < 256; n++)
        {
            sum += counts[n];
            table[n] = (byte)Math.Clamp(MathF.Round(sum * scale), 0, 255);
        }
    }

    private static void Limit(Span<int> counts, int limit)
    {
        int excess = 0;
        foreach (ref int count in counts)
        {
            if (count <= limit) continue;
            excess += count - limit;
            count = limit;
        }
        int each = excess / 256, rest = excess % 256;
        foreach (ref int count in counts) count += each;
        if (rest == 0) return;
        for (int n = 0, step = Math.Max(256 / rest, 1); n < 256 && rest > 0; n += step, rest--) counts[n]++;
    }
}
