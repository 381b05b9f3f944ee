using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Models;

public sealed class CascadeCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Cascade_LoadsTheFirstStageOnce()
    {
        Write("low", null);
        Write("full", new ModelCascade { Model = "low", Version = "1", Labels = [1], MarginMm = 5, Widenings = 1 });
        using ModelCatalog catalog = Open();
        Assert.Empty(catalog.Problems);
        LoadedModel full = catalog.Load("full", "1", CancellationToken.None);
        Assert.Equal((5, 1), (full.Manifest.Cascade!.MarginMm, full.Manifest.Cascade.Widenings));
        Assert.Same(catalog.Load("low", "1", CancellationToken.None), full.FirstStage);
        Assert.Null(full.FirstStage!.FirstStage);
    }

    [Fact]
    public void Create_FirstStageThatCannotWork_LeavesThePackageOutAndSaysWhy()
    {
        Write("low", null);
        Write("middle", Cascade("low", 1));
        Write("alone", Cascade("missing", 1));
        Write("chained", Cascade("middle", 1));
        Write("unknown", Cascade("low", 7));
        Write("channels", Cascade("low", 1), channels: 2);
        using ModelCatalog catalog = Open();
        Assert.Equal(["low", "middle"], catalog.Models.Select(m => m.Name));
        Dictionary<string, string> problems = catalog.Problems.ToDictionary(p => p.Package, p => p.Error.Message);
        Assert.Equal(["alone/1", "chained/1", "channels/1", "unknown/1"], problems.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("first stage missing/1 is not there", problems["alone/1"], StringComparison.Ordinal);
        Assert.Contains("first stage middle/1 has a first stage itself", problems["chained/1"], StringComparison.Ordinal);
        Assert.Contains("cascade.labels holds 7", problems["unknown/1"], StringComparison.Ordinal);
        Assert.Contains("has 1 inputs, and the package 2", problems["channels/1"], StringComparison.Ordinal);
        SegmentationException e = Assert.Throws<SegmentationException>(() => catalog.Find("alone", null));
        Assert.Equal(ErrorCode.ModelFailed, e.Code);
        Assert.Contains("missing/1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FirstStageThatIsLeftOutItself_IsNotThere()
    {
        Write("broken", Cascade("missing", 1));
        Write("above", Cascade("broken", 1));
        using ModelCatalog catalog = Open();
        Assert.Empty(catalog.Models);
        Assert.Equal(["above/1", "broken/1"], catalog.Problems.Select(p => p.Package).Order(StringComparer.Ordinal));
    }

    private static ModelCascade Cascade(string model, int label) => new() { Model = model, Version = "1", Labels = [label], MarginMm = 5 };

    private void Write(string name, ModelCascade? cascade, int channels = 1) => AnalyticPackages.Write(_folder.Path, new AnalyticPackageOptions
    {
        Name = name, Channels = channels, Change = manifest => manifest with { Cascade = cascade },
    });

    private ModelCatalog Open() => new(new ModelCatalogOptions { Root = _folder.Path, Providers = ["cpu"], Threads = 1 });
}
