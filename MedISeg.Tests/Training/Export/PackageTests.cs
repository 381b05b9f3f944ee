using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Evaluation;
using MedISeg.Training.Export;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Export;

[Collection(TrainingTests.Name)]
public sealed class PackageTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    private static readonly PackageOptions Package = new()
    {
        Name = "blocks", Version = "1", IntendedUse = "tests", Licence = "Apache-2.0", Data = "toys",
        Defaults = new SegmentationOptions { Postprocessing = [new KeepLargestComponentStep { Labels = [1], Connectivity = 26 }] },
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Write_TwoTrainedRuns_LoadsInTheCatalogAndSegmentsTheToy()
    {
        string folder = PackageWriter.Write(Path.Combine(_root, "models"), [Train("a", 1), Train("b", 2)], Package);
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = Path.Combine(_root, "models"), Threads = 1 });
        ModelManifest manifest = catalog.Find("blocks", "1");
        Assert.Equal(["member-0.onnx", "member-1.onnx"], manifest.Members.Select(m => m.File));
        Assert.Equal([1, 2], manifest.Members.Select(m => m.Seed!.Value));
        Assert.Equal(["flip-k", "flip-i", "flip-ki"], manifest.Views.Allowed);
        (Volume image, LabelMap truth) = ToyCases.Make(5, new GridSize(18, 15, 17));
        LabelMap labels = new SegmentationPipeline().Run(image, catalog.Load("blocks", "1", CancellationToken.None), null, null, null, CancellationToken.None).Labels;
        IReadOnlyList<LabelComparison> scores = LabelComparison.Of(labels, truth, new Dictionary<int, string>(), new Dictionary<int, double>(), 0, null);
        Assert.Equal([1, 5], scores.Select(s => s.Label));
        Assert.True(scores[0].Dice > 0.7, $"{scores[0].Dice}");
        Assert.Contains("blocks 1", File.ReadAllText(Path.Combine(folder, "card.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TrainedWithMirroringOperations_AllowsAllFlipsAndNamesTheTrick()
    {
        TrainedMember member = Train("a", 1, ToyCases.Options with { Augmentation = new AugmentationOptions { Operations = [AugmentationOperation.GtAugB] } });
        PackageWriter.Write(_root, [member], Package);
        ModelManifest manifest = ManifestReader.Read(Path.Combine(_root, "blocks", "1"));
        Assert.Equal(7, manifest.Views.Allowed.Count);
        Assert.Contains("flip-kji", manifest.Views.Allowed);
        Assert.Contains("gt-aug-b", manifest.Training!.Value.GetProperty("tricks").EnumerateArray().Select(t => t.GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Verify_FreshPackage_PassesAndAChangedFileDoesNot(bool overSlices)
    {
        TrainedMember member = Train("a", 1);
        if (overSlices) member = TrainedMember.Read(Path.Combine(_root, "a"), "last", overSlices);
        string folder = PackageWriter.Write(Path.Combine(_root, "models"), [member], Package);
        IReadOnlyList<PackageFinding> findings = PackageVerifier.Verify(folder, CancellationToken.None);
        Assert.True(findings.Count > 8);
        Assert.All(findings, f => Assert.True(f.Passed, $"{f.Check} {f.Numbers}"));
        string onnx = Path.Combine(folder, "member-0.onnx");
        byte[] bytes = File.ReadAllBytes(onnx);
        bytes[^200] ^= 1;
        File.WriteAllBytes(onnx, bytes);
        Assert.Equal(ErrorCode.ModelFailed, Assert.Throws<SegmentationException>(() => PackageVerifier.Verify(folder, CancellationToken.None)).Code);
    }

    [Fact]
    public void Verify_ManifestWithAnUnknownKey_IsRefused()
    {
        string folder = PackageWriter.Write(Path.Combine(_root, "models"), [Train("a", 1)], Package);
        string path = Path.Combine(folder, "model.json");
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["surprise"] = 1;
        File.WriteAllText(path, manifest.ToJsonString());
        SegmentationException fault = Assert.Throws<SegmentationException>(() => PackageVerifier.Verify(folder, CancellationToken.None));
        Assert.Contains("surprise", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RunsOfDifferentNetworks_IsRefused()
    {
        TrainedMember a = Train("a", 1), b = Train("b", 1, ToyCases.Options with { PatchSize = [8, 8, 16] });
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => PackageWriter.Write(_root, [a, b], Package)).Code);
        Assert.False(Directory.Exists(Path.Combine(_root, "blocks")));
    }

    [Fact]
    public void Write_ExistingVersion_IsRefused()
    {
        TrainedMember member = Train("a", 1);
        PackageWriter.Write(_root, [member], Package);
        Assert.Contains("exists already", Assert.Throws<SegmentationException>(() => PackageWriter.Write(_root, [member], Package)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderWithoutARun_SaysSo() =>
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => TrainedMember.Read(_root, null)).Code);

    private TrainedMember Train(string name, int seed, TrainOptions? options = null)
    {
        TrainOptions settled = (options ?? ToyCases.Options) with
        {
            Seed = seed, Steps = 60, StepsPerEpoch = 60, ValidationCases = 0,
            Augmentation = options?.Augmentation ?? new AugmentationOptions { Flips = ["i", "k"] },
        };
        string path = Path.Combine(_root, name);
        using TrainingCase one = ToyCases.Case(1, new GridSize(16, 16, 16));
        using (Trainer trainer = new(settled, RunFolder.Create(path, settled))) trainer.Run([one], [], _ => { }, CancellationToken.None);
        return TrainedMember.Read(path, "last");
    }
}
