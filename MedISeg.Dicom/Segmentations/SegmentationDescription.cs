using MedISeg.Imaging.Pictures;

namespace MedISeg.Dicom.Segmentations;

/// <summary>A code of a coding scheme.</summary>
/// <param name="Scheme">Coding scheme designator, e.g. SCT or DCM.</param>
/// <param name="Value">Code value.</param>
/// <param name="Meaning">What it means, at most 64 characters.</param>
public sealed record DicomCode(string Scheme, string Value, string Meaning);

/// <summary>What one segment is.</summary>
public sealed record SegmentDescription
{
    /// <summary>Its value in the label map; the segment's number is its place in the list, from 1.</summary>
    public required int Label { get; init; }

    /// <summary>Name, at most 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Category, e.g. SCT 123037004 Anatomical Structure.</summary>
    public required DicomCode Category { get; init; }

    /// <summary>Type, e.g. SCT 64033007 Kidney.</summary>
    public required DicomCode Type { get; init; }

    /// <summary>Modifiers of the type, e.g. SCT 7771000 Left.</summary>
    public IReadOnlyList<DicomCode> Modifiers { get; init; } = [];

    /// <summary>Display colour; null: none is recommended.</summary>
    public Rgb? Colour { get; init; }

    /// <summary>Tracking UID, stable over runs of one recipe.</summary>
    public required string TrackingUid { get; init; }
}

/// <summary>What a segmentation object says of itself.</summary>
public sealed record SegmentationDescription
{
    /// <summary>All segments, also those without a voxel; segment n is entry n - 1.</summary>
    public required IReadOnlyList<SegmentDescription> Segments { get; init; }

    /// <summary>Name of the algorithm: the model.</summary>
    public required string AlgorithmName { get; init; }

    /// <summary>Version of the algorithm: the model's version and hash.</summary>
    public required string AlgorithmVersion { get; init; }

    /// <summary>Version of this software.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Serial number of the device; any stable text of the installation.</summary>
    public string DeviceSerialNumber { get; init; } = "0";

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

    /// <summary>Date and time of creation.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
