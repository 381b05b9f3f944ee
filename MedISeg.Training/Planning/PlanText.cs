using System.Globalization;

namespace MedISeg.Training.Planning;

/// <summary>Numbers as a plan words them.</summary>
internal static class PlanText
{
    /// <summary>Sides in voxels, slowest axis first: 18 x 237 x 208.</summary>
    public static string Sides<T>(IEnumerable<T> sides) where T : IFormattable => string.Join(" x ", sides.Select(side => side.ToString(null, CultureInfo.InvariantCulture)));

    /// <summary>Spacing in mm, slowest axis first: 5 x 1.56 x 1.56 mm.</summary>
    public static string Spacing(IEnumerable<double> spacing) => string.Join(" x ", spacing.Select(Number)) + " mm";

    /// <summary>A spacing without its unit.</summary>
    public static string Number(double mm) => mm.ToString("0.###", CultureInfo.InvariantCulture);
}
