using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Gives source planes, interpolated along j and i already, and keeps the last two: an interpolation along k needs no more.</summary>
internal sealed class PlaneSampler(Volume source, int channel, AxisTaps tapsJ, AxisTaps tapsI, IntensityMap intensity)
{
    private readonly float[][] _planes = [new float[tapsJ.Length * tapsI.Length], new float[tapsJ.Length * tapsI.Length]];
    private readonly int[] _heldPlanes = [-1, -1];
    private readonly float[][] _rows = [new float[tapsI.Length], new float[tapsI.Length]];
    private readonly int[] _heldRows = [-1, -1];
    private readonly float[] _source = new float[source.Geometry.Grid.Width];

    /// <summary>Plane k, shape [tapsJ.Length, tapsI.Length]; valid until the second next call.</summary>
    /// <param name="k">Source plane.</param>
    /// <param name="keep">Another plane that stays valid if it is held.</param>
    public ReadOnlySpan<float> Get(int k, int keep)
    {
        int slot = Slot(_heldPlanes, k, keep);
        if (_heldPlanes[slot] != k)
        {
            Compute(k, _planes[slot]);
            _heldPlanes[slot] = k;
        }
        return _planes[slot];
    }

    private void Compute(int k, float[] plane)
    {
        _heldRows.AsSpan().Fill(-1);
        for (int j = 0; j < tapsJ.Length; j++)
        {
            Span<float> result = plane.AsSpan(j * tapsI.Length, tapsI.Length);
            int lower = tapsJ.Lower[j], upper = tapsJ.Upper[j];
            float[] a = Row(k, lower, upper);
            if (lower == upper) a.CopyTo(result);
            else RowKernels.Lerp(a, Row(k, upper, lower), tapsJ.Weight[j], result);
        }
    }

    private float[] Row(int k, int j, int keep)
    {
        int slot = Slot(_heldRows, j, keep);
        if (_heldRows[slot] != j)
        {
            source.ReadRow(channel, k, j, 0, _source);
            intensity.Apply(_source);
            RowKernels.Sample(_source, tapsI, _rows[slot]);
            _heldRows[slot] = j;
        }
        return _rows[slot];
    }

    /// <summary>Which of two slots holds, or shall hold, a number; the slot of another number that is needed too is left alone.</summary>
    internal static int Slot(int[] held, int wanted, int keep)
    {
        if (held[0] == wanted) return 0;
        if (held[1] == wanted) return 1;
        return held[0] == keep ? 1 : 0;
    }
}
