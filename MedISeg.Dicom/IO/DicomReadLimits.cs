namespace MedISeg.Dicom.IO;

/// <summary>Bounds that a file cannot raise.</summary>
public sealed record DicomReadLimits
{
    /// <summary>Deepest nesting of sequences, from 1. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Most elements and items of a file. Default 2,000,000.</summary>
    public int MaxElements { get; init; } = 2_000_000;

    /// <summary>Most elements and items of all files of which headers are kept at a time. Default 5,000,000.</summary>
    public int MaxHeaderElements { get; init; } = 5_000_000;

    /// <summary>Most bytes that a deflated data set may have once inflated. Default 1 GiB.</summary>
    public long MaxInflatedBytes { get; init; } = 1L << 30;

    /// <summary>Most bytes that a byte of a deflated data set may become, where it is more than 64 MiB in all. Default 100: images do not
    /// reach it, and a small upload must not take a large machine's memory.</summary>
    public int MaxInflation { get; init; } = 100;

    /// <summary>Most bytes that so many deflated ones may become.</summary>
    internal long InflatedBytesOf(long deflated) => Math.Min(MaxInflatedBytes, Math.Max(64L << 20, deflated * MaxInflation));
}
