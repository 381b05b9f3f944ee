using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Real series against pydicom (Golden/dicom-series) and against NIfTI files of the same images.</summary>
public sealed class SeriesDataTests : IDisposable
{
    private readonly FrameDecoder _decoder = new();

    public void Dispose() => _decoder.Dispose();

    public static TheoryData<string> Folders => [.. Expected.Select(entry => entry.Folder)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Read_RealSeries_EqualsPydicom(string folder)
    {
        Entry expected = Expected.Single(entry => entry.Folder == folder);

        Volume volume = Read(folder);

        VolumeGeometry geometry = new(new GridSize(expected.Grid[0], expected.Grid[1], expected.Grid[2]),
            new Affine(Vector(expected.I), Vector(expected.J), Vector(expected.K), Vector(expected.Origin)));
        Assert.True(volume.Geometry.Matches(geometry));
        Assert.Equal(expected.Sha256, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(volume.ToFloats(0)))));
    }

    [Fact]
    public void Open_SliceThicknessThree_SpacingIsTwo()
    {
        DicomSeries series = Open("ct-totalseg/example_ct_dicom");

        Assert.Equal("3", series.Header.GetString(MedISeg.Dicom.DicomTag.SliceThickness));
        Assert.Equal(2, series.Geometry.Spacing.K, 1e-9);
        VolumeGeometry labels = ImageReader.ReadLabels(DataFolder.Require("ct-totalseg/example_seg_dicom.nii.gz"), new ImageLimits()).Geometry;
        Assert.Single(AxisOrientation.All(), order => order.Apply(labels).Matches(series.Geometry));
    }

    public static TheoryData<string> Tumours =>
        [.. from patient in new[] { "002", "008", "019", "025", "035", "042" } from kind in new[] { "CT", "MR_T1", "PET" } select $"sts/STS_{patient}/{kind}"];

    [Theory]
    [MemberData(nameof(Tumours))]
    public void Open_SeriesWithMask_LiesOnTheMasksGrid(string series)
    {
        VolumeGeometry mask = ImageReader.ReadLabels(DataFolder.Require(series + "_mask.nii.gz"), new ImageLimits()).Geometry;

        Assert.True(Open(series + "/image").Geometry.Matches(mask));
    }

    [Theory]
    [InlineData("anatomical/001")]
    [InlineData("anatomical/001_implicit")]
    [InlineData("generic/anatomical/001")]
    [InlineData("generic/anatomical/001_implicit")]
    [InlineData("generic/anatomical/002_non_isotropic")]
    [InlineData("generic/compressed/001")]
    [InlineData("generic/compressed_j2k/001")]
    [InlineData("generic/compressed_jpeg/001")]
    [InlineData("generic/compressed_jpegls/001")]
    [InlineData("generic/compressed_rle/001")]
    [InlineData("generic/rgb/001")]
    [InlineData("hyperfine/anatomical/001")]
    public void Read_SeriesWithNiftiTwin_EqualsItVoxelForVoxel(string name)
    {
        Volume volume = Read("dicom-corpus/dicom2nifti/" + name);
        Volume twin = ImageReader.Read(DataFolder.Require($"dicom-corpus/dicom2nifti/{name}_ground_truth.nii.gz"), new ImageLimits()).Volume;

        GridSize grid = volume.Geometry.Grid;
        Assert.Equal(twin.Geometry.Grid.VoxelCount, grid.VoxelCount);
        for (int channel = 0; channel < volume.Channels; channel++)
        {
            float[] values = volume.ToFloats(channel), others = twin.ToFloats(channel);
            long different = 0;
            double farthest = 0;
            for (int k = 0; k < grid.Depth; k++)
                for (int j = 0; j < grid.Height; j++)
                    for (int i = 0; i < grid.Width; i++)
                    {
                        Vector3D place = volume.Geometry.IndexToPatient.Apply(i, j, k), index = twin.Geometry.PatientToIndex.Apply(place);
                        (int ti, int tj, int tk) = ((int)Math.Round(index.X), (int)Math.Round(index.Y), (int)Math.Round(index.Z));
                        farthest = Math.Max(farthest, (twin.Geometry.IndexToPatient.Apply(ti, tj, tk) - place).Length);
                        if (values[grid.Offset(k, j, i)] != others[twin.Geometry.Grid.Offset(tk, tj, ti)]) different++;
                    }
            Assert.Equal(0, different);
            // The twin's affine is of 32-bit floats.
            Assert.InRange(farthest, 0, 1e-3);
        }
    }

    private static Entry[] Expected { get; } = JsonSerializer.Deserialize<Entry[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "dicom-series", "expected.json")), JsonSerializerOptions.Web)!;

    private DicomSeries Open(string folder)
    {
        string[] paths = Directory.GetFiles(DataFolder.Require(folder));
        new Random(11).Shuffle(paths);
        return new DicomSeriesReader(_decoder).OpenSingle(paths, TestContext.Current.CancellationToken);
    }

    private Volume Read(string folder) => new DicomSeriesReader(_decoder).Read(Open(folder), new ImageLimits(), null, TestContext.Current.CancellationToken);

    private static Vector3D Vector(double[] values) => new(values[0], values[1], values[2]);

    private sealed record Entry(string Folder, int[] Grid, double[] I, double[] J, double[] K, double[] Origin, string Sha256);
}
