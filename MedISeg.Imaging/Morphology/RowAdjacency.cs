namespace MedISeg.Imaging.Morphology;

/// <summary>How far apart along i runs of two rows may lie as neighbours: 0 = they overlap, 1 = corners may touch, below 0 = never.</summary>
/// <param name="Above">Rows (k, j) and (k, j - 1).</param>
/// <param name="Behind">Rows (k, j) and (k - 1, j).</param>
/// <param name="Diagonal">Rows (k, j) and (k - 1, j - 1) or (k - 1, j + 1).</param>
internal readonly record struct RowAdjacency(int Above, int Behind, int Diagonal)
{
    private const int Never = -1;

    /// <summary>Neighbours in three dimensions, or in the plane where there is only one.</summary>
    /// <exception cref="ArgumentException">Not a connectivity of such a map.</exception>
    public static RowAdjacency Of(int connectivity, bool planar)
    {
        if (!Connectivity.IsValid(connectivity, planar)) throw Connectivity.Invalid(connectivity);
        return connectivity switch
        {
            4 or 6 => new RowAdjacency(0, 0, Never),
            18 => new RowAdjacency(1, 1, 0),
            _ => new RowAdjacency(1, 1, 1),
        };
    }

    /// <summary>Neighbours within slices only.</summary>
    /// <exception cref="ArgumentException">Not a connectivity, or the slices do not hold rows along i.</exception>
    public static RowAdjacency InSlices(int connectivity, SlicePlane plane)
    {
        if (!Connectivity.IsValid(connectivity, planar: true)) throw Connectivity.Invalid(connectivity);
        int apart = Connectivity.HasEdges(connectivity) ? 1 : 0;
        return plane switch
        {
            SlicePlane.Ji => new RowAdjacency(apart, Never, Never),
            SlicePlane.Ki => new RowAdjacency(Never, apart, Never),
            _ => throw new ArgumentException("Slices must hold rows along i.", nameof(plane)),
        };
    }
}
