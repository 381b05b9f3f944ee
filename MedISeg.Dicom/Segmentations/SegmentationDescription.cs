namespace MedISeg.Dicom.Segmentations;

/// <summary>What a segmentation object says of itself. Text that is longer than its attribute may be is cut.</summary>
public sealed record SegmentationDescription
{
    /// <summary>All segments, also those without a voxel; segment n is entry n - 1. Each label that occurs is one's, or several segments'.</summary>
    public required IReadOnlyList<SegmentDescription> Segments { get; init; }

    /// <summary>Name of the algorithm: the model; at most 64 characters.</summary>
    public required string AlgorithmName { get; init; }

    /// <summary>Version of the algorithm: the model's version and hash; at most 64 characters.</summary>
    public required string AlgorithmVersion { get; init; }

    /// <summary>Settings of the algorithm, e.g. the options that were in force; at most 10,240 characters. Null: not stated.</summary>
    public string? AlgorithmParameters { get; init; }

    /// <summary>Version of this software, at most 64 characters.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Serial number of the device; any stable text of the installation.</summary>
    public string DeviceSerialNumber { get; init; } = "0";

    /// <summary>What UIDs that are made for the object begin with (<see cref="DicomUID.IsRoot"/>).</summary>
    public string UidRoot { get; init; } = DicomUID.UuidRoot;

    /// <summary>SOP instance UID.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>Series instance UID, new.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>Dimension organization UID.</summary>
    public required string DimensionOrganizationUid { get; init; }

    /// <summary>Series number.</summary>
    public int SeriesNumber { get; init; } = 300;

    /// <summary>Series description, at most 64 characters.</summary>
    public string SeriesDescription { get; init; } = "Segmentation";

    /// <summary>Content description, at most 64 characters.</summary>
    public string ContentDescription { get; init; } = "Not for diagnostic use";

    /// <summary>Date and time of creation; its local date and time are written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
