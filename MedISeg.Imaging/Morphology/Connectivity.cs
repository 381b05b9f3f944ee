namespace MedISeg.Imaging.Morphology;

/// <summary>Which voxels are neighbours: 6 (faces), 18 (and edges) or 26 (and corners); in a plane 4 (edges) or 8 (and corners).</summary>
/// <remarks>A planar map also takes the 3-D numbers: there 6 is 4, and 18 and 26 are 8. A 3-D map does not take 4 or 8.</remarks>
public static class Connectivity
{
    /// <summary>Whether a connectivity can be used.</summary>
    /// <param name="connectivity">Number of neighbours.</param>
    /// <param name="planar">Whether the map has one plane, or is treated slice by slice.</param>
    public static bool IsValid(int connectivity, bool planar) => connectivity is 6 or 18 or 26 || (planar && connectivity is 4 or 8);

    /// <summary>The connectivity of background where foreground has this one: a closed surface then separates inside from outside.</summary>
    /// <returns>6 for 18 and 26, 26 for 6, 4 for 8, 8 for 4.</returns>
    /// <exception cref="ArgumentException">Not a connectivity.</exception>
    public static int Complement(int connectivity) => connectivity switch
    {
        6 => 26,
        18 or 26 => 6,
        4 => 8,
        8 => 4,
        _ => throw Invalid(connectivity),
    };

    /// <summary>Whether neighbours may differ along two axes at once.</summary>
    internal static bool HasEdges(int connectivity) => connectivity is 18 or 26 or 8;

    internal static ArgumentException Invalid(int connectivity) =>
        new($"Connectivity must be 6, 18 or 26 (4 or 8 for a planar map); {connectivity} was given.", nameof(connectivity));
}
