using Google.Protobuf;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Export.Generated;
using Microsoft.Extensions.Logging;

namespace MedISeg.Tests.Inference.Models;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Models_SeveralVersions_NewestFirstAndNewestByDefault()
    {
        foreach (string version in (string[])["2", "10", "1.5", "10-rc1"])
            AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Name = "b", Version = version });
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Name = "a" });
        using ModelCatalog catalog = Open();
        Assert.Equal(["a/1", "b/10", "b/10-rc1", "b/2", "b/1.5"], catalog.Models.Select(m => $"{m.Name}/{m.Version}"));
        Assert.Equal("10", catalog.Find("b", null).Version);
        Assert.Equal("1.5", catalog.Find("b", "1.5").Version);
        Assert.Empty(catalog.Problems);
    }

    [Fact]
    public void Find_UnknownNameOrVersion_ListsWhatThereIs()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Name = "a", Version = "3" });
        using ModelCatalog catalog = Open();
        SegmentationException name = Assert.Throws<SegmentationException>(() => catalog.Find("b", null));
        Assert.Equal((ErrorCode.UnknownModel, "No such model; there are a."), (name.Code, name.Message));
        SegmentationException version = Assert.Throws<SegmentationException>(() => catalog.Find("a", "4"));
        Assert.Equal((ErrorCode.UnknownModel, "The model has no such version; there are 3."), (version.Code, version.Message));
    }

    [Fact]
    public void Models_BadPackage_IsAProblemAndHidesNoOther()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Name = "good" });
        string bad = AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Name = "bad" });
        File.WriteAllText(Path.Combine(bad, "model.json"), "{}");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty", "1"));
        string moved = AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Name = "moved" });
        Directory.Move(moved, Path.Combine(_folder.Path, "moved", "7"));
        using ModelCatalog catalog = Open();
        Assert.Equal("good", Assert.Single(catalog.Models).Name);
        Assert.Equal(["bad/1", "empty/1", "moved/7"], catalog.Problems.Select(p => p.Package).Order());
        Assert.Equal(ErrorCode.ModelFailed, Assert.Throws<SegmentationException>(() => catalog.Find("bad", "1")).Code);
    }

    [Fact]
    public void Models_NoFolder_IsEmpty()
    {
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = Path.Combine(_folder.Path, "nowhere") });
        Assert.Empty(catalog.Models);
    }

    [Fact]
    public void Load_GoodPackage_IsVerifiedWarmAndKept()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Members = 2, FixedShape = true });
        using ModelCatalog catalog = Open();
        LoadedModel model = catalog.Load("analytic", null, CancellationToken.None);
        Assert.Same(model, catalog.Load("analytic", "1", CancellationToken.None));
        Assert.Equal("cpu", model.Device);
        Assert.Matches("^[0-9a-f]{64}$", model.Sha256);
        Assert.True(model.ActivationPeakBytes >= 4L * 8 * 12 * 12 * (1 + 2));
    }

    [Fact]
    public void Load_FromManyThreads_LoadsOnce()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions());
        using ModelCatalog catalog = Open();
        LoadedModel[] models = new LoadedModel[16];
        Parallel.For(0, 16, n => models[n] = catalog.Load("analytic", null, CancellationToken.None));
        Assert.Single(models.Distinct());
    }

    [Fact]
    public void Load_CudaAskedButAbsent_FallsBackWithOneLine()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Members = 2 });
        Lines lines = new();
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = _folder.Path }, lines);
        string device = catalog.Load("analytic", null, CancellationToken.None).Device;
        Assert.Equal(device == "cpu" ? 1 : 0, lines.Texts.Count(t => t == "Provider cuda is not available here; trying the next one."));
        Assert.Contains(lines.Texts, t => t.StartsWith($"Loaded analytic 1 on {device}: 2 members", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_AlteredFile_IsRefused()
    {
        string folder = AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions());
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, "member-0.onnx"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, "member-0.onnx"), bytes);
        Refused("SHA-256 differs");
    }

    [Fact]
    public void Load_MissingFile_IsRefused()
    {
        File.Delete(Path.Combine(AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions()), "member-0.onnx"));
        Refused("cannot be read");
    }

    [Fact]
    public void Load_NotAnOnnxFile_IsRefused()
    {
        Replace("not a network"u8.ToArray());
        Refused("not an ONNX file");
    }

    [Fact]
    public void Load_GraphThatTheRuntimeDoesNotTake_IsRefused()
    {
        ModelProto model = ReadModel();
        model.Graph.Node[0].OpType = "Convolution";
        Replace(model.ToByteArray());
        Refused("ONNX Runtime does not take");
    }

    [Fact]
    public void Load_ExternalData_IsRefusedEvenInTheFolder()
    {
        ModelProto model = ReadModel();
        model.Graph.Initializer[0].DataLocation = 1;
        model.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "/etc/passwd" });
        Replace(model.ToByteArray());
        Refused("keeps data in another file");
    }

    [Theory]
    [InlineData("wrong-name", null, null, "has no input of the name in network.input; it has input")]
    [InlineData(null, "wrong-name", null, "has no output of the name in network.output; it has output")]
    [InlineData(null, null, 3, "has an output of 2 channels; the manifest says 3")]
    public void Load_NamesOrChannelsThatDoNotFit_AreRefused(string? input, string? output, int? classes, string message)
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions
        {
            Change = m => m with
            {
                Network = m.Network with { Input = input, Output = output },
                Classes = classes is null ? m.Classes : [.. m.Classes, new ModelClass { Id = 9, Name = "more" }],
            },
        });
        Refused(message);
    }

    [Fact]
    public void Load_RankThatDoesNotFit_IsRefused()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions
        {
            Dimensionality = 2,
            Change = m => m with
            {
                Dimensionality = 3,
                Network = m.Network with { PatchSize = [4, 12, 12], ValidPadding = null },
                Views = m.Views with { Allowed = [] },
            },
        });
        Refused("has an input of rank 4; a 3-D package needs 5");
    }

    [Fact]
    public void Load_FixedSideThatIsNotThePatch_IsRefused()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions
        {
            FixedShape = true,
            Change = m => m with { Network = m.Network with { PatchSize = [8, 12, 16] }, Views = m.Views with { Allowed = [] } },
        });
        Refused("has an input of fixed side 12 on axis 2; the manifest says 16");
    }

    [Fact]
    public void Load_OutputOfAnotherSizeThanDeclared_IsRefused()
    {
        // Dynamic sides hide it from the declarations; the warm-up finds it.
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions
        {
            ValidPadding = 1,
            Change = m => m with { Network = m.Network with { ValidPadding = [0, 0, 0] } },
        });
        Refused("failed on one patch of zeros");
    }

    [Fact]
    public void Load_TwoInputChannelsForOne_IsRefused()
    {
        AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Channels = 2, Change = m => m with { Inputs = [m.Inputs[0]] } });
        Refused("has an input of 2 channels; the manifest says 1");
    }

    private ModelCatalog Open() => new(new ModelCatalogOptions { Root = _folder.Path, Providers = ["cpu"], Threads = 1 });

    private void Refused(string message)
    {
        using ModelCatalog catalog = Open();
        Assert.Empty(catalog.Problems);
        SegmentationException e = Assert.Throws<SegmentationException>(() => catalog.Load("analytic", null, CancellationToken.None));
        Assert.Equal(ErrorCode.ModelFailed, e.Code);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private ModelProto ReadModel() => ModelProto.Parser.ParseFrom(
        File.ReadAllBytes(Path.Combine(AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions()), "member-0.onnx")));

    /// <summary>Writes the package anew with other bytes for its network, and their hash.</summary>
    private void Replace(byte[] onnx)
    {
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(onnx));
        string folder = AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions { Change = m => m with { Members = [m.Members[0] with { Sha256 = hash }] } });
        File.WriteAllBytes(Path.Combine(folder, "member-0.onnx"), onnx);
    }

    private sealed class Lines : ILogger<ModelCatalog>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
