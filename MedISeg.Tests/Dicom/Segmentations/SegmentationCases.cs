using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>Label maps, descriptions, and objects written of them.</summary>
internal static class SegmentationCases
{
    /// <summary>Segments of labels 3, 300 and 7; the last has neither colour nor modifier.</summary>
    public static SegmentationDescription Description(params int[] labels)
    {
        if (labels.Length == 0) labels = [3, 300, 7];
        SegmentDescription[] kinds =
        [
            new()
            {
                Labels = [labels[0]], Name = "Niere, größte", Category = DicomCode.AnatomicalStructure, Type = new("SCT", "64033007", "Kidney"),
                Modifiers = [new("SCT", "7771000", "Left")], Colour = new Rgb(255, 0, 0), TrackingUid = "2.25.31",
            },
            new()
            {
                Labels = [labels[1]], Name = "tumour", Category = new("SCT", "49755003", "Morphologically Abnormal Structure"),
                Type = new("SCT", "108369006", "Neoplasm"), Colour = new Rgb(0, 128, 255), TrackingUid = "2.25.32",
            },
        ];
        return new SegmentationDescription
        {
            Segments = [.. kinds, .. labels[2..].Select((label, n) => new SegmentDescription { Labels = [label], Name = $"rest {n}", TrackingUid = $"2.25.4{n}" })],
            AlgorithmName = "phantom-kidney",
            AlgorithmVersion = "2 sha256:0123456789abcdef",
            AlgorithmParameters = "overlap=0.5",
            SoftwareVersion = "0.1.0",
            SopInstanceUid = "2.25.11",
            SeriesInstanceUid = "2.25.12",
            DimensionOrganizationUid = "2.25.13",
            ContentDescription = "Not for diagnostic use: phantom-kidney 2",
            CreatedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)),
        };
    }

    /// <summary>The same with other labels, a list a segment.</summary>
    public static SegmentationDescription Overlapping(SegmentationDescription description, params int[][] labels) =>
        description with { Segments = [.. description.Segments.Select((segment, n) => segment with { Labels = labels[n] })] };

    /// <summary>A fixed pattern: about half background, the rest the labels; the first plane holds only the first label.</summary>
    public static LabelMap Pattern(VolumeGeometry geometry, params int[] labels)
    {
        LabelMap map = LabelMap.Empty(geometry, labels.Max());
        GridSize grid = geometry.Grid;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    int choice = (7 * k + 5 * j + 3 * i + j * i) % (2 * labels.Length + 1);
                    if (choice >= labels.Length) continue;
                    Set(map, k, j, i, labels[k == 0 ? 0 : choice]);
                }
        return map;
    }

    public static void Set(LabelMap map, int k, int j, int i, int label)
    {
        int n = (int)map.Geometry.Grid.Offset(k, j, i);
        if (map.IsWide) map.Words[n] = (ushort)label;
        else map.Bytes[n] = (byte)label;
    }

    public static byte[] Write(DicomSeries series, LabelMap labels, SegmentationDescription description)
    {
        using MemoryStream output = new();
        SegmentationWriter.Write(output, series, labels, description, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    public static byte[] WriteLabelMap(DicomSeries series, LabelMap labels, SegmentationDescription description, DicomTransferSyntax syntax)
    {
        using MemoryStream output = new();
        SegmentationWriter.WriteLabelMap(output, series, labels, description, syntax, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    public static byte[] WriteFractional(DicomSeries series, Volume map, SegmentationDescription description)
    {
        using MemoryStream output = new();
        SegmentationWriter.WriteFractional(output, series, map, description, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    public static DicomDataset WriteAndOpen(DicomSeries series, LabelMap labels, SegmentationDescription description) =>
        DicomFile.Open(Write(series, labels, description)).Dataset;
}
