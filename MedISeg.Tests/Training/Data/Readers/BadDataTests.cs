using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Data.Readers;

/// <summary>Data that cannot be trained on: every refusal names the case or the file.</summary>
public sealed class BadDataTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_EmptyOrMissingFolder_SaysWhichLayoutsThereAre()
    {
        SegmentationException empty = Fault(new DataOptions());
        Assert.Contains(_folder.Path, empty.Message, StringComparison.Ordinal);
        Assert.Contains("images/X.*", empty.Message, StringComparison.Ordinal);
        Assert.Contains("layout pairs", Fault(new DataOptions { Format = DataFormat.Pairs }).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(At("images"));
        Assert.Contains("has no images in the layout folders", Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<SegmentationException>(() => DatasetFolder.List("nowhere")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_ImagesWithoutMask_NamesThem()
    {
        foreach (string name in (string[])["a", "b", "c", "d", "e"]) ToyFiles.Nifti(At("images", name + ".nii"), ToyFiles.Grid);
        ToyFiles.Labels(At("labels", "c.nii"), ToyFiles.Grid);
        Assert.StartsWith("4 of 5 images have no labels", Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Contains("a.nii, ", Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Contains("d.nii and 1 more", Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Equal("c", Assert.Single(DatasetFolder.List(_folder.Path, new DataOptions { Exclude = ["a", "b", "d", "e"] })).Name);
    }

    [Theory]
    [InlineData("labels", "b.nii")]
    [InlineData("masks", "b_mask.nii")]
    public void List_LabelsWithoutImage_NamesThemUnlessLabelsAreNotAskedFor(string folder, string lone)
    {
        ToyFiles.Nifti(At("images", "a.nii"), ToyFiles.Grid);
        ToyFiles.Labels(At(folder, "a.nii"), ToyFiles.Grid);
        Assert.Single(DatasetFolder.List(_folder.Path));
        ToyFiles.Labels(At(folder, lone), ToyFiles.Grid);
        Assert.StartsWith("1 files of labels belong to no image", Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Contains(At(folder, lone), Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(DatasetFolder.List(_folder.Path, labelled: false)).Name);
    }

    [Fact]
    public void CheckExcluded_MisspeltName_IsNamed()
    {
        ToyFiles.Nifti(At("images", "a.nii"), ToyFiles.Grid);
        ToyFiles.Nifti(At("images", "b.nii"), ToyFiles.Grid);
        ToyFiles.Labels(At("labels", "b.nii"), ToyFiles.Grid);
        DataOptions options = new() { Exclude = ["a", "elsewhere"] };
        DatasetFolder.CheckExcluded([_folder.Path], options, new DataSplit(["elsewhere"], [["b"], ["c"]]));
        SegmentationException fault = Assert.Throws<SegmentationException>(() => DatasetFolder.CheckExcluded([_folder.Path], options, null));
        Assert.StartsWith("data.exclude names 1 cases that are in no data folder: elsewhere;", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_DescriptionWithAPathThatIsNone_NamesTheFile()
    {
        ToyFiles.Nifti(At("imagesTr", "a.nii"), ToyFiles.Grid);
        ToyFiles.Text(At("dataset.json"), """{ "training": [{ "image": "./imagesTr/a\u0000.nii", "label": "./labelsTr/a.nii" }] }""");
        Assert.Contains(At("dataset.json"), Fault(new DataOptions()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_IntensitiesBeyondSixteenBits_NamesCaseAndOption()
    {
        ToyFiles.Picture<ushort>(At("w.png"), new GridSize(1, 3, 5), 1, 65535, 7);
        ToyFiles.Picture<byte>(At("w_mask.png"), new GridSize(1, 3, 5), 1, 1);
        TrainOptions options = ToyCases.Options with { Grid = new ModelGrid(), Intensity = [], Network = ToyCases.Options.Network with { Dimensionality = 2 }, PatchSize = [8, 8] };
        SegmentationException fault = Assert.Throws<SegmentationException>(
            () => new CaseLoader(options).Load(DatasetFolder.List(_folder.Path)[0], CancellationToken.None));
        foreach (string part in (string[])["Case w ", "65504", "intensity"]) Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_TwoFilesOfOneCase_NamesBoth()
    {
        ToyFiles.Nifti(At("images", "a.nii"), ToyFiles.Grid);
        ToyFiles.Nifti(At("images", "a.nii.gz"), ToyFiles.Grid);
        Assert.Contains("a.nii", Fault(new DataOptions()).Message, StringComparison.Ordinal);
        Assert.Contains("a.nii.gz", Fault(new DataOptions()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_PatternThatDoesNotFit_NamesKeyAndCase()
    {
        ToyFiles.Nifti(At("images", "odd.nii"), ToyFiles.Grid);
        ToyFiles.Labels(At("labels", "odd.nii"), ToyFiles.Grid);
        SegmentationException fault = Fault(new DataOptions { GroupPattern = "^(.*)-IM-" });
        Assert.Contains("data.groupPattern", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Case odd", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DifferentGrids_NamesTheCaseAndBoth()
    {
        ToyFiles.Nifti(At("images", "p.nii"), new GridSize(2, 3, 5), spacing: 1.5);
        ToyFiles.Labels(At("labels", "p.nii"), new GridSize(2, 3, 5));
        SegmentationException fault = Assert.Throws<SegmentationException>(() => DatasetFolder.List(_folder.Path)[0].Read());
        Assert.Equal(ErrorCode.InvalidGeometry, fault.Code);
        foreach (string part in (string[])["Case p ", "5x3x2 voxels of 1.5x1.5x1.5 mm", "5x3x2 voxels of 1x1x1 mm"])
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LabelOutOfRange_NamesCaseValueClassesAndTheOption()
    {
        ToyFiles.Nifti(At("images", "q.nii"), ToyFiles.Grid);
        ToyFiles.Labels(At("labels", "q.nii"), ToyFiles.Grid, 0, 255);
        SegmentationException fault = Load();
        foreach (string part in (string[])["Case q ", "hold 255", "0, 1, 5", "data.labelValues"]) Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherNumberOfChannels_NamesCaseAndBothNumbers()
    {
        ToyFiles.Nifti(At("images", "r.nii"), ToyFiles.Grid, channels: 3);
        ToyFiles.Labels(At("labels", "r.nii"), ToyFiles.Grid);
        SegmentationException fault = Load();
        Assert.Equal(ErrorCode.ChannelMismatch, fault.Code);
        foreach (string part in (string[])["Case r ", "3 channels", "1 inputs"]) Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("images")]
    [InlineData("labels")]
    public void Load_UnreadableFile_NamesIt(string part)
    {
        ToyFiles.Nifti(At("images", "s.nii"), ToyFiles.Grid);
        ToyFiles.Labels(At("labels", "s.nii"), ToyFiles.Grid);
        File.WriteAllBytes(At(part, "s.nii"), [1, 2, 3]);
        SegmentationException fault = Load();
        Assert.Equal(ErrorCode.UnreadableImage, fault.Code);
        Assert.Contains(At(part, "s.nii"), fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "labels": "positive", "labelValues": { "255": 1 } }""", "data.labelValues")]
    [InlineData("""{ "labelValues": { "-3": 1 } }""", "data.labelValues")]
    [InlineData("""{ "labelValues": { "x": 1 } }""", "data.labelValues")]
    [InlineData("""{ "labelValues": { "255": 70000 } }""", "data.labelValues")]
    [InlineData("""{ "groupPattern": "(" }""", "data.groupPattern")]
    [InlineData("""{ "kindPattern": "(a)\\1" }""", "data.kindPattern")]
    [InlineData("""{ "format": "zip" }""", "data.format")]
    public void Parse_DataOptionsThatDoNotFit_NameTheKey(string data, string key)
    {
        string json = System.Text.Json.JsonSerializer.Serialize(ToyCases.Options, MedISeg.Inference.Options.SegmentationOptions.Json);
        System.Text.Json.Nodes.JsonNode node = System.Text.Json.Nodes.JsonNode.Parse(json)!;
        node["data"] = System.Text.Json.Nodes.JsonNode.Parse(data);
        SegmentationException fault = Assert.Throws<SegmentationException>(() => TrainOptionsReader.Parse(node.ToJsonString()));
        Assert.Contains(key, fault.Message, StringComparison.Ordinal);
    }

    private SegmentationException Load() => Assert.Throws<SegmentationException>(
        () => new CaseLoader(ToyCases.Options).Load(DatasetFolder.List(_folder.Path)[0], CancellationToken.None));

    private SegmentationException Fault(DataOptions options) => Assert.Throws<SegmentationException>(() => DatasetFolder.List(_folder.Path, options));

    private string At(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}
