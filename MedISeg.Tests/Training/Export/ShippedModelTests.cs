using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Tests.Repository;
using MedISeg.Training.Evaluation;
using MedISeg.Training.Export;

namespace MedISeg.Tests.Training.Export;

/// <summary>The package that is shipped, as it lies in the repository.</summary>
[Collection(TrainingTests.Name)]
public sealed class ShippedModelTests
{
    private static readonly string Models = RepositoryRoot.Of("models");

    [Fact]
    public void Verify_PhantomKidney_PassesAndIsSmall()
    {
        string folder = Path.Combine(Models, "phantom-kidney", "1");
        Assert.All(PackageVerifier.Verify(folder, CancellationToken.None), f => Assert.True(f.Passed, $"{f.Check} {f.Numbers}"));
        Assert.Equal(2, Directory.GetFiles(folder, "*.onnx").Length);
        Assert.InRange(Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length), 1, 4 << 20);
    }

    [Theory]
    [InlineData(30001, 0.0)]
    [InlineData(30002, 9.0)]
    public void Run_PhantomOfAnUnseenSeed_FindsKidneysAndTumour(int seed, double obliquity)
    {
        Phantom phantom = AbdomenPhantom.Create(
            new PhantomOptions { Seed = seed, Spacing = new SpacingMm(4, 2, 2), ObliquityDegrees = obliquity, Tumour = true }, CancellationToken.None);
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = Models, Providers = ["cpu"] });
        LoadedModel model = catalog.Load("phantom-kidney", "1", CancellationToken.None);
        LabelMap labels = new SegmentationPipeline().Run(phantom.Image, model, null, null, null, CancellationToken.None).Labels;
        IReadOnlyList<LabelComparison> scores = LabelComparison.Of(
            labels, phantom.KidneyAndTumour(), new Dictionary<int, string> { [1] = "kidney", [2] = "tumour" }, new Dictionary<int, double>(), 0, null);
        Assert.True(scores[0].Dice > 0.93, $"kidney {scores[0].Dice}");
        Assert.True(scores[1].Dice > 0.6 || scores[1].TrueMl < 2, $"tumour {scores[1].Dice} of {scores[1].TrueMl} ml");
    }
}
