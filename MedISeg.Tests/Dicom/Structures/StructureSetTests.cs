using System.Text.Json;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Dicom.Structures;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Imaging.Formats;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Structures;

public sealed class StructureSetTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(5, 17, 23));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_ContoursFilledAgainByAnotherProgram_AreTheMasks(bool uneven)
    {
        string python = await ExternalTool.RequirePydicomAsync();
        DicomSeries series = SyntheticSeries.Create(Geometry);
        if (uneven) series = SeriesBuilder.Build(series.Slices.Where((_, k) => k != 3).Select(slice => ("", slice.Header)), GeometryPolicy.Resample);
        LabelMap labels = Shapes(series.Geometry);
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "structures"), filled = Path.Combine(folder.Path, "filled");
        await File.WriteAllBytesAsync(path, Write(series, labels, SegmentationCases.Description(2, 300, 7)), TestContext.Current.CancellationToken);
        SyntheticSeries.Save(series with { Geometry = Geometry }, folder.Path);
        string[] images = [.. Directory.GetFiles(folder.Path, "*.dcm").Order(StringComparer.Ordinal)];

        string output = await ExternalTool.OutputAsync(python, [RepositoryRoot.Of("MedISeg.Tests", "Tools", "rt_masks.py"), path, filled, .. images]);

        JsonElement[] rois = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["Niere, größte", "tumour", "rest 0"], rois.Select(roi => roi.GetProperty("name").GetString()));
        Assert.Equal(0, rois[2].GetProperty("contours").GetInt32());
        byte[] masks = await File.ReadAllBytesAsync(filled, TestContext.Current.CancellationToken);
        int[] planes = uneven ? [0, 1, 2, 4] : [0, 1, 2, 3, 4];
        List<byte> expected = [];
        foreach (int label in (int[])[2, 300, 7])
            foreach (int k in planes)
                for (int j = 0; j < 17; j++)
                    for (int i = 0; i < 23; i++) expected.Add((byte)(labels[k, j, i] == label ? 1 : 0));
        Assert.Equal(expected, masks);
        Assert.True(expected.Sum(value => value) > 500);
    }

    [Fact]
    public void Write_References_AreTheSourceAndItsInstances()
    {
        DicomDataset set = Open(SyntheticSeries.Create(Geometry));
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SOPClassUID, DicomUID.RTStructureSetStorage), (DicomTag.Modality, "RTSTRUCT"), (DicomTag.StudyInstanceUID, SyntheticSeries.StudyUid),
            (DicomTag.FrameOfReferenceUID, SyntheticSeries.FrameOfReferenceUid), (DicomTag.PatientName, "Müller^Zoë"), (DicomTag.SOPInstanceUID, "2.25.11"),
            (DicomTag.StructureSetDate, "20260203"), (DicomTag.ApprovalStatus, "UNAPPROVED"), (DicomTag.OperatorsName, ""),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, set.GetString(tag));
        DicomDataset frame = Only(set, DicomTag.ReferencedFrameOfReferenceSequence);
        Assert.Equal(SyntheticSeries.FrameOfReferenceUid, frame.GetString(DicomTag.FrameOfReferenceUID));
        DicomDataset study = Only(frame, DicomTag.RTReferencedStudySequence), series = Only(study, DicomTag.RTReferencedSeriesSequence);
        Assert.Equal((SyntheticSeries.StudyUid, SyntheticSeries.SeriesUid), (study.GetString(DicomTag.ReferencedSOPInstanceUID), series.GetString(DicomTag.SeriesInstanceUID)));
        Assert.Equal(Enumerable.Range(0, 5).Select(k => $"2.25.2{k:d4}"),
            series.GetSequence(DicomTag.ContourImageSequence).Items.Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID)));
        IList<DicomDataset> rois = set.GetSequence(DicomTag.StructureSetROISequence).Items;
        Assert.Equal(["1", "2", "3"], rois.Select(roi => roi.GetString(DicomTag.ROINumber)));
        Assert.All(rois, roi => Assert.Equal("AUTOMATIC", roi.GetString(DicomTag.ROIGenerationAlgorithm)));
        Assert.Equal(@"255\0\0", set.GetSequence(DicomTag.ROIContourSequence).Items[0].GetString(DicomTag.ROIDisplayColor));
    }

    [Fact]
    public void Write_MultiFrameSource_NamesTheFrame()
    {
        DicomDataset set = Open(SyntheticSeries.CreateMultiFrame(Geometry));
        DicomDataset contour = set.GetSequence(DicomTag.ROIContourSequence).Items[0].GetSequence(DicomTag.ContourSequence).Items[0];
        // Its frames run against the slices, and the label begins on the first slice.
        Assert.Equal("5", Only(contour, DicomTag.ContourImageSequence).GetString(DicomTag.ReferencedFrameNumber));
    }

    [Fact]
    public void Write_BackgroundOnly_HasRoisWithoutContours()
    {
        DicomDataset set = DicomFile.Open(Write(SyntheticSeries.Create(Geometry), LabelMap.Empty(Geometry, 3), SegmentationCases.Description(1, 2, 3))).Dataset;
        Assert.Equal(3, set.GetSequence(DicomTag.StructureSetROISequence).Items.Count);
        Assert.All(set.GetSequence(DicomTag.ROIContourSequence).Items, item => Assert.False(item.Contains(DicomTag.ContourSequence)));
    }

    [Fact]
    public void Write_LongContour_KeepsItsRepresentation()
    {
        // A comb: 4 points a tooth, longer than explicit VR lets a decimal string be.
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(1, 2, 6000));
        LabelMap comb = LabelMap.Empty(geometry, 1);
        for (int i = 0; i < 6000; i++)
        {
            SegmentationCases.Set(comb, 0, 0, i, 1);
            if (i % 2 == 0) SegmentationCases.Set(comb, 0, 1, i, 1);
        }
        DicomFile file = DicomFile.Open(Write(SyntheticSeries.Create(geometry), comb, SegmentationCases.Description(1, 2)));
        Assert.Equal(DicomTransferSyntax.ImplicitVRLittleEndian.Uid, file.FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
        DicomElement data = file.Dataset.GetSequence(DicomTag.ROIContourSequence).Items[0].GetSequence(DicomTag.ContourSequence).Items[0]
            .GetDicomItem<DicomElement>(DicomTag.ContourData)!;
        Assert.Equal("DS", data.ValueRepresentation.Code);
        Assert.True(data.Buffer.Length > 65_534);
    }

    [Fact]
    public void Find_TooManyPoints_IsTooLarge()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        SegmentDescription[] segments = [.. SegmentationCases.Description(2, 300).Segments];
        int points = Find(int.MaxValue).Sum(roi => roi.Sum(contour => contour.Points));
        Assert.True(points > 300);
        Assert.Equal(2, Find(points).Length);
        Refusal.Is(ErrorCode.TooLarge, $"over {points - 1} points", () => Find(points - 1));

        IReadOnlyList<RoiContour>[] Find(int most) => RoiContours.Find(series, Shapes(Geometry), segments, most, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("even")]
    [InlineData("multi-frame")]
    [InlineData("empty")]
    public async Task Dciodvfy_OfOurObject_ReportsNoError(string kind)
    {
        string validator = ExternalTool.Require("dciodvfy");
        DicomSeries series = kind == "multi-frame" ? SyntheticSeries.CreateMultiFrame(Geometry) : SyntheticSeries.Create(Geometry);
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "structures.dcm");
        await File.WriteAllBytesAsync(path,
            Write(series, kind == "empty" ? LabelMap.Empty(Geometry, 300) : Shapes(Geometry), SegmentationCases.Description(2, 300, 7)), TestContext.Current.CancellationToken);
        (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
        string[] lines = (output + errors).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("RTStructureSet", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    internal static byte[] Write(DicomSeries series, LabelMap labels, SegmentationDescription description)
    {
        using MemoryStream output = new();
        StructureSetWriter.Write(output, series, labels, description, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    /// <summary>Label 2: a block with holes, one of them with an island, and pixels that touch at corners; label 300 fills one of the holes. No plane is like another.</summary>
    internal static LabelMap Shapes(VolumeGeometry geometry)
    {
        LabelMap labels = LabelMap.Empty(geometry, 300);
        GridSize grid = geometry.Grid;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    bool block = j is > 0 and < 15 && i > k && i < 19, hole = j is > 3 and < 12 && i is > 6 and < 13, island = j is > 5 and < 9 && i is > 8 and < 11;
                    bool dots = i >= 19 && (i + j) % 2 == 0, small = j == 2 && i % 3 == k % 3;
                    int label = island ? 2 : hole ? k % 2 == 0 ? 300 : 0 : (block && !small) || dots ? 2 : 0;
                    SegmentationCases.Set(labels, k, j, i, label);
                }
        return labels;
    }

    private static DicomDataset Open(DicomSeries series) => DicomFile.Open(Write(series, Shapes(Geometry), SegmentationCases.Description(2, 300, 7))).Dataset;

    private static DicomDataset Only(DicomDataset dataset, DicomTag sequence) => Assert.Single(dataset.GetSequence(sequence).Items);
}
