namespace MedISeg.Imaging.Pictures;

/// <summary>How a slice lies on the screen. Axes are those of the grid turned towards LPS: 0 = k (up), 1 = j (backwards), 2 = i (to the
/// left side).</summary>
/// <param name="Name">Title.</param>
/// <param name="SliceAxis">Axis that the slice cuts.</param>
/// <param name="RowAxis">Axis down the screen.</param>
/// <param name="RowsReversed">Whether the row axis runs upwards: a head is drawn above its neck.</param>
/// <param name="ColumnAxis">Axis to the right of the screen.</param>
/// <param name="Letters">What is at the left, right, top and bottom of the screen, one letter each.</param>
internal sealed record PicturePlane(string Name, int SliceAxis, int RowAxis, bool RowsReversed, int ColumnAxis, string Letters)
{
    /// <summary>As radiologists look: from the feet, from the front, from the left; the patient's right is at the left of the
    /// screen.</summary>
    public static PicturePlane[] All { get; } =
    [
        new("AXIAL", 0, 1, false, 2, "RLAP"),
        new("CORONAL", 1, 0, true, 2, "RLSI"),
        new("SAGITTAL", 2, 0, true, 1, "APSI"),
    ];
}
