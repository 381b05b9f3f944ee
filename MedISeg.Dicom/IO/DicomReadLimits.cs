namespace MedISeg.Dicom.IO;

/// <summary>Bounds that a file cannot raise.</summary>
public sealed record DicomReadLimits
{
    /// <summary>Deepest nesting of sequences, from 1. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Most elements and items of a file. Default 2,000,000.</summary>
    public int MaxElements { get; init; } = 2_000_000;

    /// <summary>Most bytes that a deflated data set may have once inflated. Default 1 GiB.</summary>
    public long MaxInflatedBytes { get; init; } = 1L << 30;
}
