using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Segmentations;

/// <summary>What an object says of one of its frames.</summary>
/// <param name="SegmentNumber">The segment it belongs to; null: a label map, or not stated.</param>
/// <param name="PositionMm">Centre of the first pixel in the patient (LPS); null: not stated, e.g. on a microscope slide.</param>
public readonly record struct SegmentationFrame(int? SegmentNumber, Vector3D? PositionMm);
