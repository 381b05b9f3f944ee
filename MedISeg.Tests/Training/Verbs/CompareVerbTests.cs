using System.Text.Json;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

public sealed class CompareVerbTests : IDisposable
{
    /// <summary>10 ml a voxel.</summary>
    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(20, 25, 20));

    private readonly string _folder = Directory.CreateTempSubdirectory("mediseg-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_TwoLabels_WritesTheirScores()
    {
        // Label 1: 3 of 4 found, 1 wrong. Label 2: in neither.
        string truth = Write("truth", [1, 1, 1, 1]), prediction = Write("prediction", [1, 1, 1, 0, 1]), json = Path.Combine(_folder, "scores.json");
        Assert.Equal(0, await RunAsync("--prediction", prediction, "--truth", truth, "--label-names", "1=kidney,2=tumour", "--json", json));
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        JsonElement labels = document.RootElement.GetProperty("labels");
        Assert.Equal(2, labels.GetArrayLength());
        Assert.Equal("kidney", labels[0].GetProperty("name").GetString());
        Assert.Equal(0.75, labels[0].GetProperty("dice").GetDouble(), 12);
        Assert.Equal(0.6, labels[0].GetProperty("iou").GetDouble(), 12);
        Assert.Equal(40, labels[0].GetProperty("trueMl").GetDouble(), 4);
        Assert.Equal(JsonValueKind.Null, labels[1].GetProperty("dice").ValueKind);
        Assert.True(document.RootElement.GetProperty("met").GetBoolean());
    }

    [Theory]
    [InlineData("1=0.75", "0", 0)]
    [InlineData("1=0.76", "0", 1)]
    [InlineData("1=0.76", "40.5", 0)] // the truth holds 40 ml: nothing is asked
    [InlineData("1=0.76", "39.5", 1)]
    [InlineData("2=0.5", "0", 0)] // neither map holds it
    [InlineData("1=0.7,3=0.1", "0", 1)] // 3 is in the truth only
    public async Task Run_Minimum_DecidesTheExitCode(string minimum, string volume, int expected)
    {
        string truth = Write("truth", [1, 1, 1, 1, 0, 3]), prediction = Write("prediction", [1, 1, 1, 0, 1]);
        Assert.Equal(expected, await RunAsync("--prediction", prediction, "--truth", truth, "--min", minimum, "--min-volume-ml", volume));
    }

    [Fact]
    public async Task Run_Picture_IsWrittenAsPng()
    {
        string truth = Write("truth", [1, 1, 1, 1]), image = Path.Combine(_folder, "image.nii.gz"), picture = Path.Combine(_folder, "picture.png");
        using (FileStream stream = File.Create(image))
            NiftiWriter.Write(stream, new Volume(Geometry, [Enumerable.Range(0, 30).Select(n => (short)(n * 10)).ToArray()]), gzip: true);
        Assert.Equal(0, await RunAsync("--prediction", truth, "--truth", truth, "--image", image, "--picture", picture));
        Volume drawn = ImageReader.Read(picture, new ImageLimits()).Volume;
        Assert.True(drawn.Geometry.Grid.Width > 200);
    }

    [Theory]
    [InlineData("--min", "1")]
    [InlineData("--min", "1=2")]
    [InlineData("--min", "1=0.5,1=0.6")]
    [InlineData("--min", "0=0.5")]
    [InlineData("--label-names", "x=kidney")]
    [InlineData("--label-names", "1=")]
    [InlineData("--min-volume-ml", "-1")]
    [InlineData("--picture", "out.png")]
    public async Task Run_BadOption_EndsWithCode2(string name, string value)
    {
        string truth = Write("truth", [1]);
        Assert.Equal(ExitCodes.BadInput, await RunAsync("--prediction", truth, "--truth", truth, name, value));
    }

    [Fact]
    public async Task Run_OtherGrid_EndsWithCode2()
    {
        string truth = Write("truth", [1]), moved = Path.Combine(_folder, "moved.nii.gz");
        VolumeGeometry other = VolumeGeometry.AxisAligned(Geometry.Grid, Geometry.Spacing, new Vector3D(0, 0, 1));
        using (FileStream stream = File.Create(moved)) NiftiWriter.Write(stream, new LabelMap(other, new byte[30]), gzip: true);
        Assert.Equal(ExitCodes.BadInput, await RunAsync("--prediction", moved, "--truth", truth));
    }

    [Fact]
    public async Task Run_DicomSegmentation_IsLaidOnTheTruthsGrid()
    {
        VolumeGeometry oblique = SyntheticSeries.Oblique(new GridSize(2, 3, 5));
        byte[] labels = new byte[30];
        labels[7] = labels[8] = labels[22] = 1;
        labels[29] = 2;
        string truth = Path.Combine(_folder, "truth.nii.gz"), prediction = Path.Combine(_folder, "seg.dcm"), json = Path.Combine(_folder, "scores.json");
        using (FileStream stream = File.Create(prediction))
            SegmentationWriter.Write(
                stream, SyntheticSeries.Create(oblique), new LabelMap(oblique, [.. labels]), SegmentationCases.Description(1, 2, 5), TestContext.Current.CancellationToken);
        labels[8] = 0;
        labels[29] = 0;
        labels[0] = 2;
        using (FileStream stream = File.Create(truth)) NiftiWriter.Write(stream, new LabelMap(oblique, labels), gzip: true);

        Assert.Equal(0, await RunAsync("--prediction", prediction, "--truth", truth, "--json", json));

        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        JsonElement scores = document.RootElement.GetProperty("labels");
        Assert.Equal(2, scores.GetArrayLength());
        Assert.Equal(0.8, scores[0].GetProperty("dice").GetDouble(), 12);
        Assert.Equal(0, scores[1].GetProperty("dice").GetDouble(), 12);
    }

    private string Write(string name, byte[] first)
    {
        string path = Path.Combine(_folder, name + ".nii.gz");
        byte[] labels = new byte[30];
        first.CopyTo(labels, 0);
        using FileStream stream = File.Create(path);
        NiftiWriter.Write(stream, new LabelMap(Geometry, labels), gzip: true);
        return path;
    }

    private static Task<int> RunAsync(params string[] arguments) =>
        CompareVerb.Create().Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
}
