using System.Text.Json;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Formats;

/// <summary>Files that nibabel wrote (Golden/nifti/README.md), and real ones with what nibabel reads from them.</summary>
public sealed class NiftiGoldenTests
{
    private static readonly ImageLimits Limits = new();

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "nifti");

    [Theory]
    [InlineData("oblique_int16_scaled.nii.gz", typeof(short))]
    [InlineData("sheared_float32_sform.nii.gz", typeof(float))]
    [InlineData("big_endian_qform_uint16.nii", typeof(ushort))]
    [InlineData("nifti2_big_endian_int64.nii.gz", typeof(double))]
    [InlineData("four_channels_int8.nii.gz", typeof(short))]
    public void Read_FileOfNibabel_GivesItsAffineAndValues(string name, Type stored)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        JsonElement expected = document.RootElement.GetProperty(name);
        int[] shape = Numbers(expected, "shape").Select(x => (int)x).ToArray();
        double[] values = Numbers(expected, "values");

        Volume volume = ImageReader.Read(Path.Combine(Folder, name), Limits).Volume;

        Assert.Equal(new GridSize(shape[2], shape[1], shape[0]), volume.Geometry.Grid);
        Assert.Equal(shape.Length > 3 ? shape[3] : 1, volume.Channels);
        Assert.Equal(stored, volume.VoxelType);
        AssertAffine(Numbers(expected, "affine"), volume.Geometry);
        for (int c = 0; c < volume.Channels; c++)
        {
            float[] read = volume.ToFloats(c);
            for (int n = 0; n < read.Length; n++) Assert.Equal((float)values[c * read.Length + n], read[n]);
        }
    }

    [Theory]
    [InlineData("hippocampus/images/hippocampus_001.nii.gz", 35, 51, 35, 3968524, 39, new double[] { 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1 })]
    [InlineData("hippocampus/labels/hippocampus_001.nii.gz", 35, 51, 35, 4572, 0, new double[] { 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1 })]
    [InlineData("volumes/t1_crop.nii.gz", 256, 256, 256, 279078935, 102,
        new double[] { -1, 0, 0, 127.5999984741211, 0, 0, 1, -133.48001098632812, 0, -1, 0, 134.47999572753906 })]
    [InlineData("volumes/example_brain_t1.nii.gz", 137, 137, 93, 95394343, 155,
        new double[] { -1.75, 0, 0, 118.45488739013672, 0, 1.75, 0, -119.79822540283203, 0, 0, 1.75, -69.46659088134766 })]
    [InlineData("spinal-cord/t2s_uncropped.nii.gz", 320, 320, 11, 39846411, 135,
        new double[] { -0.4999995231628418, -1.6535442455278826e-06, 0.01044720783829689, 76.90499114990234, 5.050466279499233e-05,
            0.4985962212085724,
            0.5616117119789124, -82.22578430175781, 0.0006946487119421363, -0.03744080290198326, 7.478938102722168, -12.545191764831543 })]
    public void Read_RealFile_GivesWhatNibabelReads(string path, int width, int height, int depth, double sum, int third, double[] affine)
    {
        Volume volume = ImageReader.Read(DataFolder.Require(path), Limits).Volume;
        Assert.Equal(new GridSize(depth, height, width), volume.Geometry.Grid);
        Assert.Equal(sum, volume.ToFloats(0).Sum(v => (double)v));
        float[] value = new float[1];
        volume.ReadRow(0, depth / 3, height / 3, width / 3, value);
        Assert.Equal(third, value[0]);
        AssertAffine(affine, volume.Geometry);
    }

    [Fact]
    public void ReadLabels_RealPair_LiesOnTheImagesGrid()
    {
        Volume image = ImageReader.Read(DataFolder.Require("hippocampus/images/hippocampus_003.nii.gz"), Limits).Volume;
        LabelMap labels = ImageReader.ReadLabels(DataFolder.Require("hippocampus/labels/hippocampus_003.nii.gz"), Limits);
        Assert.True(labels.Geometry.Matches(image.Geometry));
        Assert.Equal(new byte[] { 0, 1, 2 }, labels.Bytes.ToArray().Distinct().Order());
    }

    [Fact]
    public void ReadLabels_RealSixteenBitPng_CountsItsNuclei()
    {
        string folder = Path.GetDirectoryName(DataFolder.Require("nuclei/x"))!;
        string path = Directory.EnumerateFiles(folder, "*_labels.png").Order(StringComparer.Ordinal).First();
        Assert.Equal(16, File.ReadAllBytes(path)[24]);
        LabelMap labels = ImageReader.ReadLabels(path, Limits);
        int largest = 0;
        HashSet<int> seen = [];
        for (int j = 0; j < labels.Geometry.Grid.Height; j++)
            for (int i = 0; i < labels.Geometry.Grid.Width; i++)
            {
                seen.Add(labels[0, j, i]);
                largest = Math.Max(largest, labels[0, j, i]);
            }
        Assert.True(largest > 1);
        // Instances are numbered without gaps.
        Assert.Equal(largest + 1, seen.Count);
    }

    /// <param name="ras">Three or four rows of the affine in RAS.</param>
    /// <param name="geometry">What we read, LPS.</param>
    private static void AssertAffine(double[] ras, VolumeGeometry geometry)
    {
        for (int corner = 0; corner < 8; corner++)
        {
            double i = (corner & 1) * 300, j = (corner >> 1 & 1) * 300, k = (corner >> 2) * 300;
            Vector3D mm = geometry.IndexToPatient.Apply(i, j, k);
            for (int row = 0; row < 3; row++)
            {
                double expected = ras[4 * row] * i + ras[4 * row + 1] * j + ras[4 * row + 2] * k + ras[4 * row + 3];
                Assert.Equal(row < 2 ? -expected : expected, mm[row], 1e-3);
            }
        }
    }

    private static double[] Numbers(JsonElement element, string key) =>
        [.. element.GetProperty(key).EnumerateArray().Select(x => x.GetDouble())];
}
