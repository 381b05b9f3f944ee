using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;

namespace MedISeg.Inference.Tiling;

/// <summary>Cuts patches out of an image and extends the image where a patch reaches outside.</summary>
internal sealed class PatchReader
{
    private readonly IReadOnlyList<float[]> _channels;
    private readonly GridSize _image;
    private readonly GridSize _patch;
    private readonly PaddingKind _padding, _paddingK;

    /// <summary>Creates a reader.</summary>
    /// <param name="channels">One array a channel, row-major (k, j, i).</param>
    /// <param name="image">Extent of the image.</param>
    /// <param name="patch">Extent of a patch.</param>
    /// <param name="padding">What lies outside the image.</param>
    /// <param name="paddingK">What lies before its first and behind its last plane; null: the same.</param>
    public PatchReader(IReadOnlyList<float[]> channels, GridSize image, GridSize patch, PaddingKind padding, PaddingKind? paddingK = null)
    {
        _channels = channels;
        _image = image;
        _patch = patch;
        _padding = padding;
        _paddingK = paddingK ?? padding;
    }

    /// <summary>Reads a patch.</summary>
    /// <param name="start">First voxel of the patch on the image; may lie outside.</param>
    /// <param name="patch">Receives shape [channels, k, j, i].</param>
    public void Read(VoxelIndex start, Span<float> patch)
    {
        Span<int> columns = stackalloc int[_patch.Width <= 1024 ? _patch.Width : 0];
        if (columns.Length == 0) columns = new int[_patch.Width];
        for (int i = 0; i < columns.Length; i++) columns[i] = Source(start.I + i, _image.Width, _padding);
        bool inside = start.I >= 0 && start.I + _patch.Width <= _image.Width;

        int at = 0;
        foreach (float[] channel in _channels)
            for (int k = 0; k < _patch.Depth; k++)
            {
                int fromK = Source(start.K + k, _image.Depth, _paddingK);
                for (int j = 0; j < _patch.Height; j++, at += _patch.Width)
                {
                    int fromJ = Source(start.J + j, _image.Height, _padding);
                    Span<float> row = patch.Slice(at, _patch.Width);
                    if (fromK < 0 || fromJ < 0)
                    {
                        row.Clear();
                        continue;
                    }
                    int line = (int)_image.Offset(fromK, fromJ, 0);
                    if (inside) channel.AsSpan(line + start.I, row.Length).CopyTo(row);
                    else
                        for (int i = 0; i < row.Length; i++) row[i] = columns[i] < 0 ? 0 : channel[line + columns[i]];
                }
            }
    }

    /// <summary>The voxel whose value stands at a place of an axis; -1 for the constant 0.</summary>
    private static int Source(int place, int length, PaddingKind padding)
    {
        if (place >= 0 && place < length) return place;
        switch (padding)
        {
            case PaddingKind.Constant:
                return -1;
            case PaddingKind.Edge:
                return Math.Clamp(place, 0, length - 1);
            default:
                if (length == 1) return 0;
                int period = 2 * (length - 1), within = ((place % period) + period) % period;
                return within < length ? within : period - within;
        }
    }
}
