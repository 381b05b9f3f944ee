using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Inference.Prediction;

/// <summary>Quarter turns need equal spacing in their plane; a package that takes images as stored can tell only once the image is there.</summary>
internal static class QuarterTurns
{
    private const double LargestRatio = 1.01;

    /// <summary>Checks views against the grid that the network will see.</summary>
    /// <param name="views">Views of the run.</param>
    /// <param name="spacing">Spacing on the model grid.</param>
    /// <param name="fixedSpacing">Whether the package sets the spacing, so that it was checked when the package was read, or stretches images
    /// to its voxels, so that spacings mean nothing to the network.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ViewNotAllowed"/>: spacings that differ by more than 1 %.</exception>
    public static void Check(IReadOnlyList<PatchView> views, SpacingMm spacing, bool fixedSpacing)
    {
        if (fixedSpacing) return;
        foreach (PatchView view in views)
        {
            if (view.Plane is not (int first, int second)) continue;
            double a = spacing[first], b = spacing[second];
            if (Math.Max(a, b) / Math.Min(a, b) > LargestRatio)
                throw new SegmentationException(ErrorCode.ViewNotAllowed, string.Create(CultureInfo.InvariantCulture,
                    $"tta.views holds {view.Name}, which needs equal spacing in its plane; this image has {a:0.###} and {b:0.###} mm. Leave the view out."));
        }
    }
}
