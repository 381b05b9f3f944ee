namespace MedISeg.Training.Planning;

/// <summary>What a plan needs to know of a data set; docs/schemas/fingerprint.schema.json. Holds no names and no pictures.</summary>
internal sealed record DatasetFingerprint
{
    /// <summary>1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Whether all images are single planes.</summary>
    public required bool Planar { get; init; }

    /// <summary>Whether spacings are mm; false for pictures, whose pixels count as 1.</summary>
    public required bool Millimetres { get; init; }

    /// <summary>One a case.</summary>
    public required IReadOnlyList<CaseFingerprint> Cases { get; init; }

    /// <summary>Intensities of foreground voxels, one a channel.</summary>
    public required IReadOnlyList<ChannelFingerprint> Channels { get; init; }

    /// <summary>Labels that occur, in rising order.</summary>
    public required IReadOnlyList<LabelFingerprint> Labels { get; init; }
}

/// <summary>One case after the crop to what is not zero.</summary>
/// <param name="Shape">Voxels, (k, j, i) in LPS; planes as stored, k = 1.</param>
/// <param name="Spacing">mm, the same axes.</param>
/// <param name="RelativeSize">Voxels after the crop over voxels before it, in (0, 1].</param>
internal sealed record CaseFingerprint(IReadOnlyList<int> Shape, IReadOnlyList<double> Spacing, double RelativeSize);

/// <summary>Intensities of a channel over a sample of foreground voxels, an equal share of each case.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Median">Median.</param>
/// <param name="Std">Standard deviation.</param>
/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest.</param>
/// <param name="Percentile005">0.5 of 100 values are below.</param>
/// <param name="Percentile995">99.5 of 100 values are below.</param>
internal sealed record ChannelFingerprint(
    double Mean, double Median, double Std, double Min, double Max, double Percentile005, double Percentile995);

/// <summary>A label.</summary>
/// <param name="Id">Number in the label maps.</param>
/// <param name="Voxels">Voxels in all cases.</param>
/// <param name="Cases">Cases that have it.</param>
internal sealed record LabelFingerprint(int Id, long Voxels, int Cases);
