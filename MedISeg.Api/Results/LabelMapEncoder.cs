using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;

namespace MedISeg.Api.Results;

/// <summary>The label map as DICOM segmentation of one frame a slice.</summary>
internal sealed class LabelMapEncoder() : DicomObjectEncoder("seg-labelmap", static (stream, source, labels, cancellationToken) => SegmentationWriter.WriteLabelMap(
    stream, source.Series, labels, source.Describe("labelmap", 3000, "(label map)"), DicomTransferSyntax.ExplicitVRLittleEndian, cancellationToken));
