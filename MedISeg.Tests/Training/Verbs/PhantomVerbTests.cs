using System.Text.Json;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

public sealed class PhantomVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mediseg-phantom-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_TwoPhantoms_AreThoseOfTheirSeeds()
    {
        int code = await RunAsync("--out", _folder, "--count", "2", "--seed", "31", "--spacing", "9,7,8", "--oblique", "10", "--kidneys", "left", "--axes", "RAS");
        Assert.Equal(0, code);
        using JsonDocument listed = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "phantoms.json"), TestContext.Current.CancellationToken));
        Assert.Equal(2, listed.RootElement.GetArrayLength());
        for (int n = 0; n < 2; n++)
        {
            Phantom expected = AbdomenPhantom.Create(new PhantomOptions
            {
                Seed = 31 + n,
                Spacing = new SpacingMm(9, 7, 8),
                ObliquityDegrees = 10,
                Kidneys = PhantomKidneys.LeftOnly,
                StoredAxes = new AxisOrientation(0, false, 1, true, 2, true),
            }, default);
            Volume image = ImageReader.Read(Path.Combine(_folder, "images", $"000{n}.nii.gz"), new ImageLimits()).Volume;
            LabelMap labels = ImageReader.ReadLabels(Path.Combine(_folder, "labels", $"000{n}.nii.gz"), new ImageLimits());
            Assert.True(image.Geometry.Matches(expected.Image.Geometry));
            Assert.True(image.Voxels<short>(0).SequenceEqual(expected.Image.Voxels<short>(0)));
            Assert.True(labels.Bytes.SequenceEqual(expected.KidneyAndTumour().Bytes));
            JsonElement anatomy = listed.RootElement[n].GetProperty("anatomy");
            Assert.Equal(31 + n, anatomy.GetProperty("seed").GetInt32());
            Assert.Equal("left-only", anatomy.GetProperty("kidneys").GetString());
            Assert.Equal(expected.Anatomy.LeftKidneyMl, anatomy.GetProperty("leftKidneyMl").GetDouble(), 9);
        }
    }

    [Theory]
    [InlineData("LPS")]
    [InlineData("SPL")] // left-handed: the series' slices run the other way
    public async Task Run_Dicom_SeriesHoldsTheImageAtItsPlace(string axes)
    {
        Assert.Equal(0, await RunAsync("--out", _folder, "--seed", "5", "--spacing", "11,8,9", "--oblique", "12", "--axes", axes, "--dicom"));
        Volume image = ImageReader.Read(Path.Combine(_folder, "images", "0000.nii.gz"), new ImageLimits()).Volume;
        using FrameDecoder decoder = new();
        DicomSeriesReader reader = new(decoder);
        string[] slices = Directory.GetFiles(Path.Combine(_folder, "dicom", "0000"));
        Assert.Equal(image.Geometry.Grid.Depth, slices.Length);

        DicomSeries series = Assert.Single(reader.Open(slices, TestContext.Current.CancellationToken));
        Volume read = reader.Read(series, new ImageLimits(), null, TestContext.Current.CancellationToken);

        Assert.Equal("CT", series.Header.GetString(DicomTag.Modality));
        GridSize grid = image.Geometry.Grid;
        int depth = grid.Depth;
        bool flipped = (read.Geometry.IndexToPatient.Apply(0, 0, 0) - image.Geometry.IndexToPatient.Apply(0, 0, 0)).Length > 1;
        Assert.Equal(axes == "SPL", flipped);
        float[] row = new float[grid.Width], expected = new float[grid.Width];
        for (int k = 0; k < depth; k++)
        {
            int other = flipped ? depth - 1 - k : k;
            Assert.True((read.Geometry.IndexToPatient.Apply(2, 1, k) - image.Geometry.IndexToPatient.Apply(2, 1, other)).Length < 1e-3);
            for (int j = 0; j < grid.Height; j++)
            {
                read.ReadRow(0, k, j, 0, row);
                image.ReadRow(0, other, j, 0, expected);
                Assert.Equal(expected, row);
            }
        }
    }

    [Fact]
    public async Task Run_Organs_WritesAllLabels()
    {
        Assert.Equal(0, await RunAsync("--out", _folder, "--seed", "2", "--spacing", "9", "--organs", "--tumour", "true", "--kidneys", "both"));
        LabelMap labels = ImageReader.ReadLabels(Path.Combine(_folder, "labels", "0000.nii.gz"), new ImageLimits());
        HashSet<int> seen = [.. labels.Bytes.ToArray().Select(label => (int)label)];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], seen.Order());
    }

    [Fact]
    public async Task Run_FolderWithImages_IsRefused()
    {
        Assert.Equal(0, await RunAsync("--out", _folder, "--spacing", "15"));
        Assert.Equal(ExitCodes.BadInput, await RunAsync("--out", _folder, "--spacing", "15"));
    }

    [Theory]
    [InlineData("--spacing", "1,2")]
    [InlineData("--spacing", "0")]
    [InlineData("--spacing", "1,2,x")]
    [InlineData("--axes", "LPQ")]
    [InlineData("--count", "0")]
    [InlineData("--seed", "-1")]
    [InlineData("--oblique", "50")]
    [InlineData("--noise", "201")]
    public async Task Run_BadOption_EndsWithCode2(string name, string value) =>
        Assert.Equal(ExitCodes.BadInput, await RunAsync("--out", _folder, name, value));

    private static Task<int> RunAsync(params string[] arguments) =>
        PhantomVerb.Create().Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
}
