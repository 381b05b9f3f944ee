using MedISeg.Dicom.Structures;

namespace MedISeg.Api.Results;

/// <summary>The label map as RT structure set.</summary>
internal sealed class StructureSetEncoder() : DicomObjectEncoder("rtstruct", static (stream, source, labels, cancellationToken) => StructureSetWriter.Write(
    stream, source.Series, labels, source.Describe("structures", 1000, "(contours)"), cancellationToken));
