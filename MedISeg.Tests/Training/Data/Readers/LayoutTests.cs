using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;

namespace MedISeg.Tests.Training.Data.Readers;

/// <summary>Every layout: what is found, in which order, and what is read.</summary>
public sealed class LayoutTests : IDisposable
{
    private static readonly GridSize Plane = new(1, 3, 5);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_NnUNet_JoinsOneFileAChannel()
    {
        ToyFiles.Text(At("dataset.json"), """{ "channel_names": { "0": "T1", "1": "T2" }, "labels": { "background": 0, "x": 1 }, "numTraining": 2, "file_ending": ".nii.gz" }""");
        foreach (string name in (string[])["b_7", "a_9"])
        {
            ToyFiles.Nifti(At("imagesTr", name + "_0000.nii.gz"), ToyFiles.Grid);
            ToyFiles.Nifti(At("imagesTr", name + "_0001.nii.gz"), ToyFiles.Grid, first: 50);
            ToyFiles.Labels(At("labelsTr", name + ".nii.gz"), ToyFiles.Grid, 0, 1);
        }
        ToyFiles.Text(At("imagesTr", "._a_9_0000.nii.gz"), "resource fork");
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(_folder.Path);
        Assert.Equal(["a_9", "b_7"], cases.Select(c => c.Name));
        (Volume image, LabelMap labels) = cases[1].Read();
        Assert.Equal(2, image.Channels);
        Assert.Equal(7, image.Voxels<short>(0)[7]);
        Assert.Equal(57, image.Voxels<short>(1)[7]);
        Assert.Equal(1, labels[0, 0, 1]);

        File.Delete(At("imagesTr", "b_7_0001.nii.gz"));
        Assert.Contains("b_7_0001", Fault().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_NrrdAndMetaImageInFolders_AreReadWithTheirSpacing()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(ToyFiles.Grid, new SpacingMm(3, 0.5, 0.75));
        Volume image = new(geometry, [Enumerable.Range(0, 30).Select(n => (short)n).ToArray()]);
        LabelMap labels = new(geometry, [.. Enumerable.Range(0, 30).Select(n => (byte)(n / 29))]);
        foreach (string folder in (string[])["images", "labels"]) Directory.CreateDirectory(At(folder));
        using (FileStream file = File.Create(At("images", "a.nrrd"))) NrrdWriter.Write(file, image, gzip: true);
        using (FileStream file = File.Create(At("labels", "a.nrrd"))) NrrdWriter.Write(file, labels, gzip: false);
        using (FileStream file = File.Create(At("images", "b.mha"))) MetaImageWriter.Write(file, image, packed: false);
        using (FileStream file = File.Create(At("labels", "b.mha"))) MetaImageWriter.Write(file, labels, packed: true);

        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(_folder.Path);

        Assert.Equal(["a", "b"], cases.Select(c => c.Name));
        foreach (DatasetCase one in cases)
        {
            (Volume read, LabelMap truth) = one.Read();
            Assert.Equal(new SpacingMm(3, 0.5, 0.75), read.Geometry.Spacing);
            Assert.Equal(17, read.Voxels<short>(0)[17]);
            Assert.Equal((0, 1), (truth[0, 0, 0], truth[1, 2, 4]));
        }
    }

    [Fact]
    public void List_NnUNetPictures_TakesOneColourPictureForThreeChannels()
    {
        ToyFiles.Text(At("dataset.json"), """{ "channel_names": { "0": "R", "1": "G", "2": "B" }, "labels": { "background": 0, "x": 1 }, "file_ending": ".png" }""");
        ToyFiles.Picture<byte>(At("imagesTr", "x_0000.png"), Plane, 3, 10, 20, 30, 40, 50, 60);
        ToyFiles.Picture<byte>(At("labelsTr", "x.png"), Plane, 1, 0, 1);
        (Volume image, LabelMap labels) = DatasetFolder.List(_folder.Path).Single().Read();
        Assert.Equal([20, 50], image.ToFloats(1)[..2]);
        Assert.Equal((0, 1), (labels[0, 0, 0], labels[0, 0, 1]));
    }

    [Fact]
    public void List_NnUNetChannelsOnOtherGrids_NamesFileAndBothGrids()
    {
        ToyFiles.Text(At("dataset.json"), """{ "channel_names": { "0": "a", "1": "b" } }""");
        ToyFiles.Nifti(At("imagesTr", "x_0000.nii"), new GridSize(2, 3, 5));
        ToyFiles.Nifti(At("imagesTr", "x_0001.nii"), new GridSize(2, 3, 4));
        ToyFiles.Labels(At("labelsTr", "x.nii"), new GridSize(2, 3, 5));
        SegmentationException fault = Assert.Throws<SegmentationException>(() => DatasetFolder.List(_folder.Path)[0].Read());
        Assert.Equal(ErrorCode.InvalidGeometry, fault.Code);
        foreach (string part in (string[])["x_0001.nii", "5x3x2", "4x3x2"]) Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Decathlon_TakesTheListAndTheFourthDimension()
    {
        ToyFiles.Text(At("dataset.json"), """
            { "modality": { "0": "FLAIR", "1": "T1" }, "numTraining": 1, "test": ["./imagesTs/t.nii.gz"],
              "training": [{ "image": "./imagesTr/brats_2.nii.gz", "label": "./labelsTr/brats_2.nii.gz" }, { "image": "./imagesTr/._brats_2.nii.gz", "label": "./labelsTr/._brats_2.nii.gz" }] }
            """);
        ToyFiles.Nifti(At("imagesTr", "brats_2.nii.gz"), ToyFiles.Grid, channels: 2);
        ToyFiles.Nifti(At("imagesTr", "unlisted.nii.gz"), ToyFiles.Grid, channels: 2);
        ToyFiles.Text(At("imagesTr", "._brats_2.nii.gz"), "resource fork");
        ToyFiles.Labels(At("labelsTr", "brats_2.nii.gz"), ToyFiles.Grid, 3);
        DatasetCase one = Assert.Single(DatasetFolder.List(_folder.Path));
        Assert.Equal("brats_2", one.Name);
        (Volume image, LabelMap labels) = one.Read();
        Assert.Equal((2, 104f, 3), (image.Channels, image.ToFloats(1)[4], labels[0, 0, 0]));
    }

    [Theory]
    [InlineData("""{ "training": [{ "image": "../secret.nii", "label": "x" }] }""")]
    [InlineData("""{ "training": [{ "label": "x" }] }""")]
    [InlineData("""{ "training": 3 }""")]
    [InlineData("{")]
    public void List_DecathlonDescriptionThatIsWrong_IsRefusedByName(string json)
    {
        ToyFiles.Text(At("dataset.json"), json);
        ToyFiles.Nifti(At("imagesTr", "a.nii"), ToyFiles.Grid);
        Assert.Contains("dataset.json", Fault().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Kits19_DropsThePapersSixAndUnlabelledTestCases()
    {
        foreach (int n in (int[])[0, 15, 16, 133, 210])
        {
            ToyFiles.Nifti(At($"case_{n:D5}", "imaging.nii.gz"), ToyFiles.Grid);
            if (n < 210) ToyFiles.Labels(At($"case_{n:D5}", "segmentation.nii.gz"), ToyFiles.Grid, 2);
        }
        Assert.Equal(["case_00000", "case_00016"], DatasetFolder.List(_folder.Path).Select(c => c.Name));
        Assert.Equal(["case_00000", "case_00015", "case_00016", "case_00133"],
            DatasetFolder.List(_folder.Path, new DataOptions { KeepAll = true }).Select(c => c.Name));
        Assert.Equal(2, DatasetFolder.List(_folder.Path)[0].Read().Labels[0, 0, 0]);
        File.Delete(At("case_00016", "imaging.nii.gz"));
        Assert.Contains("case_00016 has no imaging", Fault().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Lits17_PairsByNumberAndJoinsLiverAndTumourOnRequest()
    {
        foreach (int n in (int[])[2, 10])
        {
            ToyFiles.Nifti(At($"volume-{n}.nii"), ToyFiles.Grid, first: n);
            ToyFiles.Labels(At($"segmentation-{n}.nii"), ToyFiles.Grid, 0, 1, 2);
        }
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(_folder.Path, new DataOptions { Labels = LabelRule.Positive });
        Assert.Equal(["volume-10", "volume-2"], cases.Select(c => c.Name));
        (Volume image, LabelMap labels) = cases[1].Read();
        Assert.Equal(2, image.Voxels<short>(0)[0]);
        Assert.Equal([0, 1, 1, 0], Enumerable.Range(0, 4).Select(i => labels[0, 0, i]));
        Assert.Equal(2, DatasetFolder.List(_folder.Path)[1].ReadLabels()[0, 0, 2]);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ISIC2018_Task1-2_Training_Input", "ISIC2018_Task1_Training_GroundTruth")]
    public void List_Isic2018_MapsTheMaskOnlyWhenAsked(string images, string masks)
    {
        ToyFiles.Picture<byte>(At(images, "ISIC_0000001.jpg"), Plane, 3, [.. Enumerable.Repeat((byte)200, 45)]);
        ToyFiles.Picture<byte>(At(masks, "ISIC_0000001_segmentation.png"), Plane, 1, 0, 255);
        ToyFiles.Text(At(images, "ATTRIBUTION.txt"), "");
        if (images.Length > 0) ToyFiles.Picture<byte>(At("ISIC2018_Task1-2_Test_Input", "ISIC_0000009.jpg"), Plane, 3);
        DataOptions mapped = new() { LabelValues = new Dictionary<int, int> { [255] = 1 } };
        (Volume image, LabelMap labels) = DatasetFolder.List(_folder.Path, mapped).Single().Read();
        Assert.Equal((3, 200f), (image.Channels, image.ToFloats(2)[14]));
        Assert.Equal((0, 1), (labels[0, 0, 0], labels[0, 0, 1]));
        Assert.Equal(255, DatasetFolder.List(_folder.Path)[0].ReadLabels()[0, 0, 1]);
    }

    [Fact]
    public void List_Conic_ReadsOnePictureItsClassChannelAndItsPatient()
    {
        ToyFiles.Npy(At("images.npy"), "|u1", [2, 3, 5, 3], [.. Enumerable.Range(0, 90).Select(n => (byte)n)]);
        ToyFiles.Npy(At("labels.npy"), "<u2", [2, 3, 5, 2], [.. Enumerable.Range(0, 60).Select(n => (ushort)(n % 2 == 0 ? 300 : n % 7))]);
        ToyFiles.Text(At("patch_info.csv"), "patch_info\nconsep_1-0000\n\"dpath_12-0003\"\n");
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(_folder.Path);
        Assert.Equal(["conic_00000", "conic_00001"], cases.Select(c => c.Name));
        Assert.Equal([("consep_1", "consep"), ("dpath_12", "dpath")], cases.Select(c => (c.Group, c.Kind)));
        (Volume image, LabelMap labels) = cases[1].Read();
        Assert.Equal(new GridSize(1, 3, 5), image.Geometry.Grid);
        // Pixel (1, 2) is the eighth: its green is 45 + 7 * 3 + 1, its class the odd number 30 + 7 * 2 + 1 modulo 7.
        Assert.Equal(67, image.Voxels<byte>(1)[7]);
        Assert.Equal(45 % 7, labels[0, 1, 2]);

        ToyFiles.Text(At("patch_info.csv"), "patch_info\nconsep_1-0000\n");
        Assert.Contains("patch_info.csv", Fault().Message, StringComparison.Ordinal);
        File.Delete(At("patch_info.csv"));
        ToyFiles.Npy(At("labels.npy"), "<u2", [1, 3, 5, 2], new ushort[30]);
        Assert.Contains("holds 2 pictures", Fault().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("|u1", new[] { 1000000, 3, 5, 3 }, ErrorCode.TruncatedImage)]
    [InlineData("|u1", new[] { 2, 0, 5 }, ErrorCode.UnreadableImage)]
    [InlineData(">u2", new[] { 2, 3, 5 }, ErrorCode.UnreadableImage)]
    [InlineData("|O", new[] { 2, 3, 5 }, ErrorCode.UnreadableImage)]
    [InlineData("|u1", new[] { 90 }, ErrorCode.UnreadableImage)]
    public void List_ConicFileThatLies_IsRefusedByName(string type, int[] shape, ErrorCode code)
    {
        ToyFiles.Npy(At("images.npy"), type, shape, new byte[90]);
        SegmentationException fault = Fault();
        Assert.Equal(code, fault.Code);
        Assert.Contains("images.npy", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_label")]
    [InlineData("_labels")]
    [InlineData("_mask")]
    public void List_Pairs_TakesInstancesForOneClassAndKindsFromNames(string ending)
    {
        ToyFiles.Picture<byte>(At("fluo_b.png"), Plane, 1, 1, 2);
        ToyFiles.Picture<ushort>(At($"fluo_b{ending}.png"), Plane, 1, 0, 700, 3);
        ToyFiles.Picture<byte>(At("colour_a.png"), Plane, 3, 10, 20, 30);
        ToyFiles.Picture<ushort>(At($"colour_a{ending}.png"), Plane, 1, 1);
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(_folder.Path,
            new DataOptions { Labels = LabelRule.Positive, Colours = ColourRule.Rgb, KindPattern = "^([a-z]+)_" });
        Assert.Equal([("colour_a", "colour"), ("fluo_b", "fluo")], cases.Select(c => (c.Name, c.Kind)));
        (Volume image, LabelMap labels) = cases[1].Read();
        Assert.Equal((3, 2f), (image.Channels, image.ToFloats(2)[1]));
        Assert.Equal([0, 1, 1, 0], Enumerable.Range(0, 4).Select(i => labels[0, 0, i]));
        File.Delete(At("fluo_b.png"));
        Assert.Contains($"fluo_b{ending}.png", Fault().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_FoldersOfPictures_TakesMasksWithTheirOwnEndings()
    {
        ToyFiles.Picture<byte>(At("images", "x.png"), Plane, 4, 100, 50, 200, 255);
        ToyFiles.Picture<byte>(At("masks", "x_mask.png"), Plane, 3, 7, 7, 7);
        DatasetCase one = DatasetFolder.List(_folder.Path, new DataOptions { Colours = ColourRule.Grey })[0];
        (Volume image, LabelMap labels) = one.Read();
        Assert.Equal(1, image.Channels);
        // 0.299 * 100 + 0.587 * 50 + 0.114 * 200 = 82.05
        Assert.Equal(82, image.Voxels<byte>(0)[0]);
        Assert.Equal(7, labels[0, 0, 0]);
        ToyFiles.Picture<byte>(At("masks", "x_mask.png"), Plane, 3, 7, 8, 7);
        Assert.Contains("x_mask.png", Assert.Throws<SegmentationException>(() => one.ReadLabels()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_UnlabelledImages_AreListedWhereLabelsAreNotNeeded()
    {
        ToyFiles.Nifti(At("images", "a.nii"), ToyFiles.Grid);
        DatasetCase one = Assert.Single(DatasetFolder.List(_folder.Path, labelled: false));
        Assert.Equal((null, 4), (one.Labels, (int)one.ReadImage().ToFloats(0)[4]));
        Assert.Contains("a.nii", Fault().Message, StringComparison.Ordinal);
    }

    private SegmentationException Fault() => Assert.Throws<SegmentationException>(() => DatasetFolder.List(_folder.Path));

    private string At(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}
