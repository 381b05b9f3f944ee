using MedISeg.Dicom.Reports;

namespace MedISeg.Api.Results;

/// <summary>The volumes of the label map as DICOM structured report, which refers to the job's segmentation.</summary>
internal sealed class ReportObjectEncoder() : DicomObjectEncoder("sr", static (stream, source, labels, _) => MeasurementReportWriter.Write(
    stream, source.Series, labels, source.Describe("report", 2000, "(measurements)"), source.Description));
