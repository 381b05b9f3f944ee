namespace MedISeg.Inference.Options;

/// <summary>How a 2-D package goes through a volume; 3-D packages and images of one plane do not heed it.</summary>
public sealed record SliceOptions
{
    /// <summary>Axis across the slices, in the package's orientation (as stored where it has none). Default k.</summary>
    public SliceAxis? Axis { get; init; }
}

/// <summary>Axis across slices; the other two are the slice's rows and columns, in the order (k, j, i).</summary>
public enum SliceAxis
{
    /// <summary>Slices of constant k.</summary>
    K,
    /// <summary>Slices of constant j.</summary>
    J,
    /// <summary>Slices of constant i.</summary>
    I,
}
