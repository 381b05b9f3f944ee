namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Brings a subsampled component to the size of the frame. Halved extents are interpolated with a triangle (three quarters of the nearer
/// sample, a quarter of the further), as libjpeg 6b and with it DCMTK and GDCM do; newer libjpegs scale within the cosine transform instead,
/// which differs at edges. Other ratios repeat samples.</summary>
internal static class JpegUpsampling
{
    /// <summary>Narrower planes are repeated, not interpolated.</summary>
    private const int LeastWidth = 3;

    /// <summary>Computes one row of the frame.</summary>
    /// <param name="plane">Shape [rows, stride]: the component as it is stored; columns from <paramref name="width"/> on are not used.</param>
    /// <param name="stride">Samples from row to row.</param>
    /// <param name="width">Columns of the component.</param>
    /// <param name="height">Rows of the component.</param>
    /// <param name="across">Columns of the frame a column of the component: 1 to 4.</param>
    /// <param name="down">Rows of the frame a row of the component: 1 to 4.</param>
    /// <param name="y">Row of the frame.</param>
    /// <param name="row">Takes at most width x across samples.</param>
    internal static void Row(ReadOnlySpan<ushort> plane, int stride, int width, int height, int across, int down, int y, Span<ushort> row)
    {
        ReadOnlySpan<ushort> near = plane.Slice(y / down * stride, width);
        bool isSmooth = across == 2 && down <= 2 && width >= LeastWidth;
        if (across == 1)
        {
            near[..row.Length].CopyTo(row);
        }
        else if (!isSmooth)
        {
            for (int x = 0; x < row.Length; x++) row[x] = near[x / across];
        }
        else if (down == 1)
        {
            Halved(near, row);
        }
        else
        {
            int further = Math.Clamp(y / 2 + (y % 2 == 0 ? -1 : 1), 0, height - 1);
            Quartered(near, plane.Slice(further * stride, width), row);
        }
    }

    /// <summary>Doubles a row; halves are rounded down to the left and up to the right of a sample.</summary>
    private static void Halved(ReadOnlySpan<ushort> from, Span<ushort> row)
    {
        for (int x = 0; x < row.Length; x++)
        {
            int near = x / 2, further = Math.Clamp(near + (x % 2 == 0 ? -1 : 1), 0, from.Length - 1);
            row[x] = (ushort)((3 * from[near] + from[further] + 1 + x % 2) >> 2);
        }
    }

    /// <summary>Doubles a row that lies between two; halves are rounded up to the left and down to the right of a sample.</summary>
    private static void Quartered(ReadOnlySpan<ushort> near, ReadOnlySpan<ushort> further, Span<ushort> row)
    {
        for (int x = 0; x < row.Length; x++)
        {
            int i = x / 2, j = Math.Clamp(i + (x % 2 == 0 ? -1 : 1), 0, near.Length - 1);
            row[x] = (ushort)((3 * (3 * near[i] + further[i]) + 3 * near[j] + further[j] + 8 - x % 2) >> 4);
        }
    }
}
