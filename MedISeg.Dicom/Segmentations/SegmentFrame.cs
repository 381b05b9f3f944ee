namespace MedISeg.Dicom.Segmentations;

/// <summary>A frame that is written: one segment on one source slice, or all of a label map's.</summary>
/// <param name="Segment">Place of the segment in the description, from 0; of no meaning in a label map.</param>
/// <param name="Slice">Source slice, from 0.</param>
internal readonly record struct SegmentFrame(int Segment, int Slice);
