using MedISeg.Imaging.Pictures;

namespace MedISeg.Dicom.Segmentations;

/// <summary>What one segment is, for the object that is written.</summary>
public sealed record SegmentDescription
{
    /// <summary>Values of the label map, each 1 to 65535, whose voxels together it is. Segments that share one overlap, which label maps and
    /// overlays cannot show. The segment's number is its place in the list, from 1.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>Name, at most 64 characters; what is longer is cut.</summary>
    public required string Name { get; init; }

    /// <summary>Category, e.g. SCT 123037004 Anatomical Structure (the default).</summary>
    public DicomCode Category { get; init; } = DicomCode.AnatomicalStructure;

    /// <summary>Type, e.g. SCT 64033007 Kidney. Default: SCT 85756007 Tissue.</summary>
    public DicomCode Type { get; init; } = DicomCode.Tissue;

    /// <summary>Modifiers of the type, e.g. SCT 7771000 Left.</summary>
    public IReadOnlyList<DicomCode> Modifiers { get; init; } = [];

    /// <summary>Display colour; null: none is recommended.</summary>
    public Rgb? Colour { get; init; }

    /// <summary>Tracking UID, stable over runs of one recipe.</summary>
    public required string TrackingUid { get; init; }
}
