namespace MedISeg.Imaging.Morphology;

/// <summary>The two grid axes that lie in a slice.</summary>
public enum SlicePlane
{
    /// <summary>Slices of constant k, the stored planes.</summary>
    Ji,
    /// <summary>Slices of constant j.</summary>
    Ki,
    /// <summary>Slices of constant i.</summary>
    Kj,
}
