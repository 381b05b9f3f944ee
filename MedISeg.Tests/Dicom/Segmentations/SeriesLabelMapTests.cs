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
public sealed class SeriesLabelMapTests
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
                Label = label,
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
        PydicomSummary pydicom = Assert.Single(await PydicomSummary.ReadAsync(path));
        for (int n = 0; n < Classes; n++) SegmentSummary.AssertSame(truth[n], pydicom.Segments![n]);

        (_, string output, string errors) = await RepositoryRoot.RunAsync(ExternalTool.Require("dciodvfy"), path);
        Assert.DoesNotContain((output + errors).Split('\n'), line => line.StartsWith("Error", StringComparison.Ordinal));
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
