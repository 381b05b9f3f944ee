using System.Text.Json;
using MedISeg.Dicom;
using MedISeg.Dicom.Reports;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Reports;

public sealed class MeasurementReportTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(5, 6, 11));

    [Theory]
    [InlineData("even")]
    [InlineData("multi-frame")]
    public async Task Write_ReadByPydicom_HasVolumesAndReferencesOfTheSegmentation(string kind)
    {
        string python = await ExternalTool.RequirePydicomAsync();
        LabelMap labels = SegmentationCases.Pattern(Geometry, 1000, 300);
        using TempFolder folder = new();
        string path = Save(folder, Source(kind), labels, 1000, 300, 301);

        string output = await ExternalTool.OutputAsync(python, RepositoryRoot.Of("MedISeg.Tests", "Tools", "sr_volumes.py"), path);

        JsonElement[] groups = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        SegmentSummary[] truth = SegmentSummary.Of(labels, 1000, 300, 301);
        SegmentationDescription segmentation = SegmentationCases.Description(1000, 300, 301);
        Assert.Equal(3, groups.Length);
        for (int n = 0; n < 3; n++)
        {
            JsonElement group = groups[n];
            SegmentDescription segment = segmentation.Segments[n];
            Assert.Equal((segment.Name, segment.TrackingUid, $"{segment.Type.Scheme} {segment.Type.Value}"),
                (group.GetProperty("name").GetString(), group.GetProperty("tracking").GetString(), group.GetProperty("finding").GetString()));
            Assert.Equal((segmentation.SopInstanceUid, n + 1, SyntheticSeries.SeriesUid),
                (group.GetProperty("instance").GetString(), group.GetProperty("segment").GetInt32(), group.GetProperty("series").GetString()));
            // 0.7 x 1.1 x 2.5 mm.
            Assert.Equal(truth[n].Voxels * 0.001925, group.GetProperty("volume").GetDouble(), 1e-6);
            Assert.Equal("ml", group.GetProperty("unit").GetString());
            Assert.Equal(kind == "even" ? 5 : 1, group.GetProperty("images").GetInt32());
        }
        Assert.Equal("SCT 7771000", groups[0].GetProperty("side").GetString());
        Assert.Equal(0, groups[2].GetProperty("volume").GetDouble());
        Assert.True(truth[0].Voxels > 50);
    }

    [Theory]
    [InlineData("even")]
    [InlineData("multi-frame")]
    public async Task Validators_OfOurReport_FindNoError(string kind)
    {
        string validator = ExternalTool.Require("dciodvfy"), reader = ExternalTool.Require("dsrdump");
        using TempFolder folder = new();
        string path = Save(folder, Source(kind), SegmentationCases.Pattern(Geometry, 1, 2), 1, 2, 3);
        (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
        string[] lines = (output + errors).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("Comprehensive3DSR", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
        // DCMTK checks which item may stand where.
        string tree = await ExternalTool.OutputAsync(reader, path);
        Assert.Contains("Imaging Measurement Report", tree, StringComparison.Ordinal);
        Assert.Equal(3, tree.Split('\n').Count(line => line.Contains("<contains NUM:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Write_Attributes_AreThoseOfAnUnverifiedReport()
    {
        using TempFolder folder = new();
        DicomDataset report = DicomFile.Open(Save(folder, Source("even"), SegmentationCases.Pattern(Geometry, 1, 2), 1, 2, 3)).Dataset;
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.34"), (DicomTag.SOPInstanceUID, "2.25.51"), (DicomTag.Modality, "SR"),
            (DicomTag.StudyInstanceUID, SyntheticSeries.StudyUid), (DicomTag.PatientName, "Müller^Zoë"), (DicomTag.CompletionFlag, "COMPLETE"),
            (DicomTag.VerificationFlag, "UNVERIFIED"), (DicomTag.ContentDate, "20260203"),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, report.GetString(tag));
        Assert.False(report.Contains(DicomTag.FrameOfReferenceUID));
        IList<DicomDataset> series = Assert.Single(report.GetSequence(DicomTag.CurrentRequestedProcedureEvidenceSequence).Items)
            .GetSequence(DicomTag.ReferencedSeriesSequence).Items;
        Assert.Equal([SyntheticSeries.SeriesUid, "2.25.12"], series.Select(one => one.GetString(DicomTag.SeriesInstanceUID)));
        Assert.Equal([5, 1], series.Select(one => one.GetSequence(DicomTag.ReferencedSOPSequence).Items.Count));
    }

    [Fact]
    public void Write_LabelThatNoSegmentDescribes_IsOurBug()
    {
        using TempFolder folder = new();
        Assert.Throws<ArgumentException>(() => Save(folder, Source("even"), SegmentationCases.Pattern(Geometry, 1, 4), 1, 2, 3));
    }

    private static DicomSeries Source(string kind) => kind == "even" ? SyntheticSeries.Create(Geometry) : SyntheticSeries.CreateMultiFrame(Geometry);

    private static string Save(TempFolder folder, DicomSeries series, LabelMap labels, params int[] order)
    {
        SegmentationDescription segmentation = SegmentationCases.Description(order);
        string path = Path.Combine(folder.Path, "report.dcm");
        using FileStream file = File.Create(path);
        MeasurementReportWriter.Write(file, series, labels, segmentation with { SopInstanceUid = "2.25.51", SeriesInstanceUid = "2.25.52" }, segmentation);
        return path;
    }
}
