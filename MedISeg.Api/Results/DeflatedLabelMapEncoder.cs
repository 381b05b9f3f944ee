using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;

namespace MedISeg.Api.Results;

/// <summary>The label map as DICOM segmentation of one deflated frame a slice: the same object as <see cref="LabelMapEncoder"/>'s.</summary>
internal sealed class DeflatedLabelMapEncoder() : DicomObjectEncoder("seg-labelmap-deflate", static (stream, source, labels, cancellationToken) => SegmentationWriter.WriteLabelMap(
    stream, source.Series, labels, source.Describe("labelmap", 3, "(label map)"), DicomTransferSyntax.DeflatedImageFrame, cancellationToken));
