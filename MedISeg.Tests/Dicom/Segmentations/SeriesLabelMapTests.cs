using System.Globalization;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations.Validators;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>A real series with a label map of 117 classes.</summary>
public sealed class SeriesLabelMapTests(DcmtkTests.Program dcmtk) : IClassFixture<DcmtkTests.Program>
{
    private const int Classes = 117;

    [Fact]
    public async Task WriteThenRead_LabelMapOf117Classes_IsIdentical()
    {
        string[] files = Directory.GetFiles(DataFolder.Require("ct-totalseg/example_ct_dicom"));
        using FrameDecoder decoder = new();
        DicomSeries series = Assert.Single(new DicomSeriesReader(decoder).Open(files, TestContext.Current.CancellationToken));
        LabelMap labels = OnGrid(ImageReader.ReadLabels(DataFolder.Require("ct-totalseg/example_seg_dicom.nii.gz"), new ImageLimits()), series.Geometry);
        int[] used = [.. labels.Bytes.ToArray().Distinct().Where(label => label > 0).Select(label => (int)label).Order()];
        Assert.True(used.Length > 10);

        SegmentationDescription description = SegmentationCases.Description() with
        {
            Segments = [.. Enumerable.Range(1, Classes).Select(label => new SegmentDescription
            {
                Labels = [label],
                Name = string.Create(CultureInfo.InvariantCulture, $"class {label}"),
                TrackingUid = DicomUID.Derive(string.Create(CultureInfo.InvariantCulture, $"class {label}")),
            })],
        };
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "seg.dcm");
        await File.WriteAllBytesAsync(path, SegmentationCases.Write(series, labels, description), TestContext.Current.CancellationToken);

        DicomSegmentation seg = DicomSegmentation.Open(path);
        Assert.Equal(Classes, seg.Segments.Count);
        LabelMap read = seg.ToLabelMap(series.Geometry);
        Assert.True(labels.Bytes.SequenceEqual(read.Bytes));

        SegmentSummary[] truth = SegmentSummary.Of(labels, [.. Enumerable.Range(1, Classes)]);
        PydicomSummary byPydicom = Assert.Single(await PydicomSummary.ReadAsync(path));
        SegmentSummary[] byDcmtk = await dcmtk.ReadAsync(path);
        for (int n = 0; n < Classes; n++)
        {
            SegmentSummary.AssertSame(truth[n], byPydicom.Segments![n]);
            SegmentSummary.AssertSame(truth[n], byDcmtk[n]);
        }

        (_, string output, string errors) = await RepositoryRoot.RunAsync(ExternalTool.Require("dciodvfy"), path);
        Assert.DoesNotContain((output + errors).Split('\n'), line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>Every scanner has habits of its own; the objects made of all their series are valid and lie where the series lies.</summary>
    [Theory]
    [InlineData("t1-dicom/dicoms", 1)]
    [InlineData("pet-seg/PET", 1)]
    [InlineData("hippocampus/dicom_unlabelled", 3)]
    [InlineData("sts", 18)]
    public async Task WriteThenRead_SeriesOfEveryKind_IsValidAndIdentical(string folder, int count)
    {
        string root = DataFolder.Require(folder), validator = ExternalTool.Require("dciodvfy");
        string[] files = [.. Directory.GetFiles(root, "*", SearchOption.AllDirectories).Where(IsImage)];
        using FrameDecoder decoder = new();
        using TempFolder target = new();
        IReadOnlyList<DicomSeries> all = new DicomSeriesReader(decoder).Open(files, TestContext.Current.CancellationToken);
        Assert.Equal(count, all.Count);
        foreach (DicomSeries series in all)
        {
            LabelMap labels = Blocks(series.Geometry);
            string path = Path.Combine(target.Path, "seg.dcm");
            await File.WriteAllBytesAsync(path, SegmentationCases.Write(series, labels, SegmentationCases.Description(1, 2)),
                TestContext.Current.CancellationToken);
            DicomSegmentation seg = DicomSegmentation.Open(path);
            Assert.True(labels.Bytes.SequenceEqual(seg.ToLabelMap(series.Geometry).Bytes));
            SegmentSummary[] truth = SegmentSummary.Of(labels, 1, 2);
            PydicomSummary byPydicom = Assert.Single(await PydicomSummary.ReadAsync(path));
            for (int n = 0; n < 2; n++) SegmentSummary.AssertSame(truth[n], byPydicom.Segments![n]);
            (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
            Assert.DoesNotContain((output + errors).Split('\n'), line => line.StartsWith("Error", StringComparison.Ordinal));
        }
    }

    private static bool IsImage(string path)
    {
        try
        {
            DicomDataset header = DicomFile.Open(path, MedISeg.Dicom.IO.FileReadOption.SkipLargeTags).Dataset;
            return header.TryGetString(DicomTag.Modality, out string? modality) && modality is "CT" or "MR" or "PT";
        }
        catch (MedISeg.Imaging.Errors.SegmentationException)
        {
            return false;
        }
    }

    /// <summary>Two blocks of different shape in different corners, on few slices.</summary>
    private static LabelMap Blocks(VolumeGeometry geometry)
    {
        LabelMap map = LabelMap.Empty(geometry, 2);
        GridSize grid = geometry.Grid;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    bool first = k >= grid.Depth / 3 && k < grid.Depth / 3 + 3 && j < grid.Height / 4 && i < grid.Width / 2 + j;
                    bool second = k >= grid.Depth - 2 && j > grid.Height / 2 && i % 7 == 3;
                    if (first || second) SegmentationCases.Set(map, k, j, i, first ? 1 : 2);
                }
        return map;
    }

    /// <summary>The labels in the series' order of voxels; both grids hold the same voxels.</summary>
    private static LabelMap OnGrid(LabelMap labels, VolumeGeometry geometry)
    {
        LabelMap moved = LabelMap.Empty(geometry, byte.MaxValue);
        Affine way = labels.Geometry.PatientToIndex * geometry.IndexToPatient;
        GridSize grid = geometry.Grid;
        Assert.Equal(labels.Geometry.Grid.VoxelCount, grid.VoxelCount);
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    Vector3D place = way.Apply(i, j, k);
                    (double x, double y, double z) = (Math.Round(place.X), Math.Round(place.Y), Math.Round(place.Z));
                    Assert.True((place - new Vector3D(x, y, z)).Length < 0.01);
                    moved.Bytes[(int)grid.Offset(k, j, i)] = (byte)labels[(int)z, (int)y, (int)x];
                }
        return moved;
    }
}
