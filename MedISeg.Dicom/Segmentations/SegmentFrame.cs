namespace MedISeg.Dicom.Segmentations;

/// <summary>A frame that is written: one segment on one source slice, or all of a label map's.</summary>
/// <param name="Segment">Place of the segment in the description, from 0; of no meaning in a label map.</param>
/// <param name="Slice">Source slice, from 0.</param>
/// <param name="First">First pixel of the slice, row by row, that may be the segment's; BINARY only.</param>
/// <param name="Count">Pixels from there behind which none is.</param>
internal readonly record struct SegmentFrame(int Segment, int Slice, int First = 0, int Count = 0);
