using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;

namespace MedISeg.Tests.Training.Data;

public sealed class CaseLoaderTests
{
    [Fact]
    public void Prepare_OtherSpacingAndAxes_GivesTheModelGridAndClassNumbers()
    {
        (Volume image, LabelMap truth) = ToyCases.Make(1, new GridSize(6, 9, 15), spacing: 4);
        using TrainingCase prepared = new CaseLoader(ToyCases.Options).Prepare(image, truth, CancellationToken.None);
        Assert.Equal(new GridSize(12, 18, 30), prepared.Grid);
        Assert.Equal(2, prepared.Geometry.Spacing.K, 1e-9);
        // The voxel at (k, j, i) of the source is the block of 2 x 2 x 2 at twice its place; id 5 is class 2.
        for (int k = 0; k < 6; k++)
            for (int j = 0; j < 9; j++)
                for (int i = 0; i < 15; i++)
                    Assert.Equal(truth[k, j, i] == 5 ? 2 : truth[k, j, i], prepared.Classes[(int)prepared.Grid.Offset(2 * k + 1, 2 * j, 2 * i + 1)]);
        Assert.Equal(prepared.Classes.Count((byte)2), prepared.PlacesOf(2).Length);
        foreach (int place in prepared.PlacesOf(2)) Assert.Equal(2, prepared.Classes[place]);
        Assert.True(prepared.PlacesOf(0).IsEmpty);
    }

    [Fact]
    public void Prepare_SameSpacing_NormalisesToHalfPrecision()
    {
        (Volume image, LabelMap truth) = ToyCases.Make(1, new GridSize(6, 9, 15));
        using TrainingCase prepared = new CaseLoader(ToyCases.Options).Prepare(image, truth, CancellationToken.None);
        ReadOnlySpan<short> hu = image.Voxels<short>(0);
        for (int n = 0; n < hu.Length; n++) Assert.Equal(Math.Clamp(hu[n], (short)-100, (short)100) / 50.0, (double)prepared.Intensities(0)[n], 2e-3);
    }

    [Fact]
    public void Prepare_UnknownLabel_NamesIt()
    {
        (Volume image, LabelMap truth) = ToyCases.Make(1, new GridSize(6, 9, 15));
        truth.Bytes[3] = 7;
        SegmentationException fault = Assert.Throws<SegmentationException>(() => new CaseLoader(ToyCases.Options).Prepare(image, truth, CancellationToken.None));
        Assert.Contains("hold 7", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_LabelsOnAnotherGrid_IsRefused()
    {
        (Volume image, LabelMap truth) = ToyCases.Make(1, new GridSize(6, 9, 15));
        LabelMap moved = new(VolumeGeometry.AxisAligned(truth.Geometry.Grid, new SpacingMm(2, 2, 2), new Vector3D(1, 0, 0)), truth.Bytes.ToArray());
        Assert.Equal(ErrorCode.InvalidGeometry, Assert.Throws<SegmentationException>(
            () => new CaseLoader(ToyCases.Options).Prepare(image, moved, CancellationToken.None)).Code);
    }

    [Fact]
    public void List_Folder_PairsByNameInOrderAndRefusesMissingLabels()
    {
        string folder = ToyCases.TemporaryFolder();
        try
        {
            Write(folder, "b", ".nii.gz");
            Write(folder, "a", ".nii");
            Assert.Equal(["a", "b"], DatasetFolder.List(folder).Select(c => c.Name));
            using TrainingCase loaded = new CaseLoader(ToyCases.Options).Load(DatasetFolder.List(folder)[1], CancellationToken.None);
            Assert.Equal(new GridSize(4, 5, 6), loaded.Grid);
            File.Delete(Path.Combine(folder, "labels", "a.nii"));
            Assert.StartsWith("1 of 2 images have no labels", Assert.Throws<SegmentationException>(() => DatasetFolder.List(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string folder, string name, string ending)
    {
        (Volume image, LabelMap truth) = ToyCases.Make(1, new GridSize(4, 5, 6));
        foreach (string part in (string[])["images", "labels"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            using FileStream file = File.Create(Path.Combine(folder, part, name + ending));
            if (part == "images") NiftiWriter.Write(file, image, ending == ".nii.gz");
            else NiftiWriter.Write(file, truth, ending == ".nii.gz");
        }
    }
}
