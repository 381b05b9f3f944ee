using System.Text.Json;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Schemas;
using MedISeg.Tests.Support;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

/// <summary>Truths are drawn from the probabilities of a network; the package holds that network with all logits tripled.</summary>
public sealed class CalibrateVerbTests : IDisposable
{
    private const double Steepness = 0.04, Factor = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ActivationKind.Softmax, ScoreDomain.Probabilities)]
    [InlineData(ActivationKind.Softmax, ScoreDomain.Logits)]
    [InlineData(ActivationKind.Sigmoid, ScoreDomain.Probabilities)]
    public async Task Calibrate_LogitsThatAreTripled_WritesATemperatureOfThree(ActivationKind activation, ScoreDomain domain)
    {
        string package = Write(activation, domain, folds: true);
        string[] common = Common(package);
        Assert.Equal(0, await Run([.. common, "--report", At("calibration.json"), "--report", At("calibration.md")]));
        ModelCalibration calibration = ManifestReader.Read(package).Calibration!;
        Assert.Equal(Factor, calibration.Temperature, 0.1);

        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(At("calibration.json")));
        Assert.Empty(new JsonSchemaChecker(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "calibration.schema.json"))).Check(report.RootElement));
        (JsonElement before, JsonElement after) = (report.RootElement.GetProperty("before"), report.RootElement.GetProperty("after"));
        Assert.Equal((4, 4 * 5000), (report.RootElement.GetProperty("cases").GetInt32(), report.RootElement.GetProperty("voxels").GetInt32()));
        Assert.Equal((1, calibration.Temperature), (before.GetProperty("temperature").GetDouble(), after.GetProperty("temperature").GetDouble()));
        Assert.True(after.GetProperty("negativeLogLikelihood").GetDouble() < before.GetProperty("negativeLogLikelihood").GetDouble() - 0.01);
        Assert.True(before.GetProperty("calibrationError").GetDouble() > 0.03 && after.GetProperty("calibrationError").GetDouble() < 0.015);
        Assert.Contains("| after | 3", File.ReadAllText(At("calibration.md")).Replace("| 2.9", "| 3", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(after.GetProperty("calibrationError").GetDouble(), calibration.Fit!.Value.GetProperty("after").GetProperty("calibrationError").GetDouble());
        Assert.False(File.Exists(At("models/analytic/test-use.json")));

        // One fold alone, by the member that held it out.
        Assert.Equal(0, await Run([.. common, "--fold", "1", "--dry-run", "--report", At("fold.json")]));
        using JsonDocument fold = JsonDocument.Parse(File.ReadAllText(At("fold.json")));
        Assert.Equal((2, 2 * 5000), (fold.RootElement.GetProperty("cases").GetInt32(), fold.RootElement.GetProperty("voxels").GetInt32()));

        // A second time the logits are the same, whatever the package divides them by now.
        Assert.Equal(0, await Run([.. common, "--report", At("again.json")]));
        using JsonDocument again = JsonDocument.Parse(File.ReadAllText(At("again.json")));
        Assert.Equal(after.GetRawText(), again.RootElement.GetProperty("before").GetRawText());
        Assert.Equal(after.GetRawText(), again.RootElement.GetProperty("after").GetRawText());
    }

    [Fact]
    public async Task Calibrate_SoftmaxPackage_LeavesLabelsAsTheyWere()
    {
        string package = Write(ActivationKind.Softmax, ScoreDomain.Probabilities, folds: true);
        string[] predict = ["--package", package, "--data", At("data"), "--splits", At("splits.json:toys"), "--fold", "0", "--no-surfaces", "--predictions"];
        Assert.Equal(0, await EvaluateVerb.Create().Parse([.. predict, At("before")]).InvokeAsync());
        Assert.Equal(0, await Run(Common(package)));
        Assert.Equal(0, await EvaluateVerb.Create().Parse([.. predict, At("after")]).InvokeAsync());
        string[] maps = Directory.GetFiles(At("before"), "*.nii*");
        Assert.Equal(2, maps.Length);
        foreach (string map in maps) Assert.Equal(File.ReadAllBytes(map), File.ReadAllBytes(At($"after/{Path.GetFileName(map)}")));
    }

    [Fact]
    public async Task Calibrate_UnfitInput_IsRefusedAndThePackageStays()
    {
        string package = Write(ActivationKind.Softmax, ScoreDomain.Probabilities, folds: false), manifest = Path.Combine(package, "model.json");
        string before = File.ReadAllText(manifest);
        // Nobody says which fold was held out; no split; a fold that is not there; no voxels.
        Assert.Equal(2, await Run(Common(package)));
        Assert.Equal(2, await Run("--package", package, "--data", At("data")));
        Assert.Equal(2, await Run([.. Common(package), "--fold", "2"]));
        Assert.Equal(2, await Run(["--package", package, "--data", At("data"), "--splits", At("splits.json:toys"), "--fold", "0", "--voxels", "0"]));
        Assert.Equal(0, await Run([.. Common(package), "--fold", "1", "--dry-run", "--report", At("dry.json")]));
        Assert.Equal(before, File.ReadAllText(manifest));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(At("dry.json")));
        Assert.Equal(2, report.RootElement.GetProperty("cases").GetInt32());

        string probabilities = AnalyticPackages.Write(At("models"), new AnalyticPackageOptions { Name = "probabilities", Activation = ActivationKind.None });
        Assert.Equal(2, await Run([.. Common(probabilities), "--fold", "0"]));
        string staged = AnalyticPackages.Write(At("models"), new AnalyticPackageOptions
        {
            Name = "staged", Change = m => m with { Cascade = new ModelCascade { Model = "analytic", Version = "1", Labels = [1], MarginMm = 1 } },
        });
        Assert.Equal(2, await Run([.. Common(staged), "--fold", "0"]));
        // A label that the package does not know.
        string few = AnalyticPackages.Write(At("models"), new AnalyticPackageOptions { Name = "few", ClassIds = [7] });
        Assert.Equal(2, await Run([.. Common(few), "--fold", "0"]));
    }

    private static Task<int> Run(params string[] arguments) => CalibrateVerb.Create().Parse(arguments).InvokeAsync();

    private string[] Common(string package) => ["--package", package, "--data", At("data"), "--splits", At("splits.json:toys"), "--voxels", "5000"];

    private string At(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Four cases in two folds; in the test case everything the network says is wrong.</summary>
    private string Write(ActivationKind activation, ScoreDomain domain, bool folds)
    {
        Directory.CreateDirectory(At("data/images"));
        Directory.CreateDirectory(At("data/labels"));
        Random random = new(3);
        GridSize grid = new(10, 28, 36);
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(grid, new SpacingMm(2, 1, 0.5));
        for (int n = 0; n < 5; n++)
        {
            short[] image = [.. Enumerable.Range(0, (int)grid.VoxelCount).Select(_ => (short)random.Next(20, 181))];
            byte[] truth = [.. image.Select(value => (byte)(random.NextDouble() < 1 / (1 + Math.Exp(-Steepness * (value - 100))) ? 1 : 0))];
            if (n == 4) truth = [.. image.Select(value => (byte)(value > 100 ? 0 : 1))];
            using FileStream voxels = File.Create(At($"data/images/{n}.nii.gz")), labels = File.Create(At($"data/labels/{n}.nii.gz"));
            NiftiWriter.Write(voxels, new Volume(geometry, [image]), gzip: true);
            NiftiWriter.Write(labels, new LabelMap(geometry, truth), gzip: true);
        }
        SplitFile.Write(At("splits.json"), "toys", "by hand", new DataSplit(["4"], [["0", "1"], ["2", "3"]]));
        return AnalyticPackages.Write(At("models"), new AnalyticPackageOptions
        {
            Steepness = Factor * Steepness, Members = 2, Activation = activation, Domain = domain,
            Change = manifest => manifest with { Members = [.. manifest.Members.Select((member, fold) => member with { Fold = folds ? fold : null })] },
        });
    }
}
