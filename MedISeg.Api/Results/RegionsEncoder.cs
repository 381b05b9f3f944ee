using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Results;

/// <summary>The regions of the package as BINARY DICOM segmentation: segments that overlap, each the union of its labels.</summary>
internal sealed class RegionsEncoder() : DicomObjectEncoder("seg-regions", static (stream, source, labels, cancellationToken) => SegmentationWriter.Write(
    stream, source.Series, labels, source.Describe("regions", Place, "(regions)") with
    {
        Segments = source.Regions ?? throw new SegmentationException(
            ErrorCode.NotAcceptable, "The model's package has no regions, only classes; ask for application/dicom (?format=dcm)."),
    }, cancellationToken))
{
    /// <summary>Behind the maps.</summary>
    private const int Place = 10;
}
