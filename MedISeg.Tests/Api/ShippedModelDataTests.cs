using System.Globalization;
using System.Net;
using System.Text.Json;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api;

/// <summary>Packages that were trained on real data, through HTTP, on cases of a validation fold; the test set is not touched.</summary>
public sealed class ShippedModelDataTests
{
    [Theory]
    [InlineData("hippocampus", "images/{0}.nii.gz", "labels/{0}.nii.gz", 2, 5)]
    [InlineData("nuclei", "{0}.png", "{0}_labels.png", 1, 8)]
    public async Task Post_CasesOfAValidationFold_AreWhatThePipelineGivesAndNearTheTruth(string set, string imageOf, string labelsOf, int classes, int cases)
    {
        string data = DataFolder.Require(set);
        using JsonDocument splits = JsonDocument.Parse(File.ReadAllText(DataFolder.Require("splits.json")));
        string[] names = [.. splits.RootElement.GetProperty(set).GetProperty("folds")[0].EnumerateArray().Take(cases).Select(n => n.GetString()!)];
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:Root"] = RepositoryRoot.Of("models") });
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = RepositoryRoot.Of("models"), Providers = ["cpu"], Threads = 1 });
        LoadedModel model = catalog.Load(set, "1", CancellationToken.None);
        double[] sums = new double[classes];
        foreach (string name in names)
        {
            byte[] image = File.ReadAllBytes(Path.Combine(data, string.Format(CultureInfo.InvariantCulture, imageOf, name)));
            using HttpResponseMessage response = await host.CreateClient().PostAsync(ApiClient.Form(image, set), prefer: "wait=300");
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            LabelMap served = Labels(await response.Content.ReadAsByteArrayAsync(), classes);
            Volume volume = ImageReader.Read(new MemoryStream(image), new ImageLimits()).Volume;
            LabelMap direct = new SegmentationPipeline().Run(volume, model, null, null, null, CancellationToken.None).Labels;
            Assert.Equal(direct.Bytes, served.Bytes);
            LabelMap truth = Labels(File.ReadAllBytes(Path.Combine(data, string.Format(CultureInfo.InvariantCulture, labelsOf, name))), classes);
            for (int label = 1; label <= classes; label++) sums[label - 1] += SegmentationScores.Compare(served, truth, label).Dice!.Value;
        }
        Assert.All(sums, sum => Assert.InRange(sum / cases, 0.85, 1));
    }

    /// <summary>A label map as bytes; instances are one class.</summary>
    private static LabelMap Labels(byte[] file, int classes)
    {
        Volume volume = ImageReader.Read(new MemoryStream(file), new ImageLimits()).Volume;
        return new LabelMap(volume.Geometry, [.. volume.ToFloats(0).Select(value => (byte)Math.Min(value, classes))]);
    }
}
