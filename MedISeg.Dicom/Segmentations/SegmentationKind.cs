namespace MedISeg.Dicom.Segmentations;

/// <summary>How an object holds its segments.</summary>
public enum SegmentationKind
{
    /// <summary>One bit a pixel; a frame belongs to one segment.</summary>
    Binary,
    /// <summary>A fraction a pixel (probability or occupancy); a frame belongs to one segment.</summary>
    Fractional,
    /// <summary>A segment number a pixel.</summary>
    LabelMap,
}
