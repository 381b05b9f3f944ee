using System.Net;
using System.Text.Json;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using MedISeg.Training.Evaluation;

namespace MedISeg.Tests.Api;

/// <summary>Packages that were trained on real data, through HTTP, on cases of a validation fold; the test set is not touched.</summary>
public sealed class ShippedModelDataTests
{
    [Fact]
    public async Task Post_HippocampusOfAValidationFold_IsWhatThePipelineGivesAndNearTheTruth()
    {
        string data = DataFolder.Require("hippocampus");
        using JsonDocument splits = JsonDocument.Parse(File.ReadAllText(DataFolder.Require("splits.json")));
        string[] names = [.. splits.RootElement.GetProperty("hippocampus").GetProperty("folds")[0].EnumerateArray().Take(5).Select(n => n.GetString()!)];
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:Root"] = RepositoryRoot.Of("models") });
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = RepositoryRoot.Of("models"), Providers = ["cpu"], Threads = 1 });
        LoadedModel model = catalog.Load("hippocampus", "1", CancellationToken.None);
        Dictionary<int, List<double>> dice = new() { [1] = [], [2] = [] };
        foreach (string name in names)
        {
            byte[] image = File.ReadAllBytes(Path.Combine(data, "images", name + ".nii.gz"));
            using HttpResponseMessage response = await host.CreateClient().PostAsync(ApiClient.Form(image, "hippocampus"), prefer: "wait=300");
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            LabelMap served = Read(await response.Content.ReadAsByteArrayAsync(), NiftiReader.ReadLabels);
            LabelMap direct = new SegmentationPipeline().Run(Read(image, NiftiReader.Read), model, null, null, null, CancellationToken.None).Labels;
            Assert.Equal(direct.Bytes, served.Bytes);
            LabelMap truth = Read(File.ReadAllBytes(Path.Combine(data, "labels", name + ".nii.gz")), NiftiReader.ReadLabels);
            foreach (LabelComparison score in LabelComparison.Of(served, truth, new Dictionary<int, string>(), new Dictionary<int, double>(), 0, null))
                dice[score.Label].Add(score.Dice!.Value);
        }
        Assert.All(dice.Values, scores => Assert.InRange(scores.Average(), 0.85, 1));
    }

    private static T Read<T>(byte[] file, Func<Stream, ImageLimits, T> read) => read(new MemoryStream(file), new ImageLimits());
}
