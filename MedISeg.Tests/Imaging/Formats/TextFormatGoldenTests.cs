using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Formats;

/// <summary>Files that ITK and Teem wrote (Golden/text-formats/README.md) of images that nibabel wrote.</summary>
public sealed class TextFormatGoldenTests
{
    private static readonly ImageLimits Limits = new();

    [Theory]
    [InlineData("itk_oblique_float32.mha", "oblique_int16_scaled.nii.gz", typeof(float))]
    [InlineData("itk_oblique_float32_gzip.nrrd", "oblique_int16_scaled.nii.gz", typeof(float))]
    [InlineData("teem_oblique_float32_big_endian_gzip.nrrd", "oblique_int16_scaled.nii.gz", typeof(float))]
    [InlineData("itk_left_handed_uint16.mha", "big_endian_qform_uint16.nii", typeof(ushort))]
    [InlineData("itk_left_handed_uint16_gzip.nrrd", "big_endian_qform_uint16.nii", typeof(ushort))]
    public void Read_ForeignFile_LiesAndIsWhereNibabelPutIt(string name, string nifti, Type stored)
    {
        Volume found = ImageReader.Read(At("text-formats", name), Limits).Volume, expected = ImageReader.Read(At("nifti", nifti), Limits).Volume;
        Assert.Equal(stored, found.VoxelType);
        Assert.Equal(expected.Geometry.Grid, found.Geometry.Grid);
        foreach ((int i, int j, int k) in ((int, int, int)[])[(0, 0, 0), (4, 0, 0), (0, 2, 0), (0, 0, 1), (4, 2, 1)])
        {
            Vector3D place = found.Geometry.IndexToPatient.Apply(i, j, k);
            Assert.True((place - expected.Geometry.IndexToPatient.Apply(i, j, k)).Length < 1e-4, $"{place}");
        }
        Assert.Equal(expected.ToFloats(0), found.ToFloats(0));
    }

    private static string At(string folder, string name) => Path.Combine(AppContext.BaseDirectory, "Golden", folder, name);
}
