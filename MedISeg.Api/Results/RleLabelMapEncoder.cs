using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;

namespace MedISeg.Api.Results;

/// <summary>The label map as DICOM segmentation of one run length encoded frame a slice: the same object as <see cref="LabelMapEncoder"/>'s.</summary>
internal sealed class RleLabelMapEncoder() : DicomObjectEncoder("seg-labelmap-rle", static (stream, source, labels, cancellationToken) => SegmentationWriter.WriteLabelMap(
    stream, source.Series, labels, source.Describe("labelmap", 3000, "(label map)"), DicomTransferSyntax.RLELossless, cancellationToken));
