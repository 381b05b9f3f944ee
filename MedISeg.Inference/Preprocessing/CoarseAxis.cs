using MedISeg.Imaging.Geometry;

namespace MedISeg.Inference.Preprocessing;

/// <summary>Finds the axis along which a grid is much coarser than along the others.</summary>
internal static class CoarseAxis
{
    /// <summary>Coarsest over finest spacing above which planes are resampled one by one.</summary>
    private const double Ratio = 3;

    /// <summary>Spacings that differ by less are one spacing: they come from headers in single precision.</summary>
    private const double EqualWithin = 1e-4;

    /// <summary>The axis (0 = k, 1 = j, 2 = i) that alone is more than 3 times as coarse as the finest; null: none.</summary>
    /// <remarks>Source: nnU-Net v2, ANISO_THRESHOLD; two equally coarse axes are none.</remarks>
    public static int? Of(SpacingMm spacing)
    {
        double[] mm = [spacing.K, spacing.J, spacing.I];
        double coarsest = mm.Max();
        if (coarsest <= Ratio * mm.Min() * (1 + EqualWithin)) return null;
        int[] axes = [.. Enumerable.Range(0, 3).Where(axis => mm[axis] >= coarsest * (1 - EqualWithin))];
        return axes.Length == 1 ? axes[0] : null;
    }
}
