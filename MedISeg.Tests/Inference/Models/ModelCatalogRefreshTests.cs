using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Models;

/// <summary>A catalog that follows its folder, unloads what it does not need, and takes only what is trusted.</summary>
public sealed class ModelCatalogRefreshTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Refresh_NewVersion_IsLoadedAndTheOldOneStays()
    {
        Write("1");
        using ModelCatalog catalog = Open();
        using ModelLease old = catalog.Rent("analytic", null, default);
        Write("2");
        Assert.Equal("1", catalog.Find("analytic", null).Version);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        Assert.Equal(["2", "1"], catalog.Models.Select(model => model.Version));
        using ModelLease newest = catalog.Rent("analytic", null, default), again = catalog.Rent("analytic", "1", default);
        Assert.Equal("2", newest.Model.Manifest.Version);
        Assert.Same(old.Model, again.Model);
    }

    [Fact]
    public void Refresh_NewVersionThatFails_IsAProblemUntilItIsMended()
    {
        Write("1");
        using ModelCatalog catalog = Open();
        string member = Path.Combine(Write("2"), "member-0.onnx");
        byte[] whole = File.ReadAllBytes(member);
        File.WriteAllBytes(member, whole[..^1]);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        Assert.Equal("1", catalog.Find("analytic", null).Version);
        Assert.Equal("analytic/2", Assert.Single(catalog.Problems).Package);
        Assert.Contains("SHA-256 differs", Assert.Throws<SegmentationException>(() => catalog.Find("analytic", "2")).Message, StringComparison.Ordinal);
        File.WriteAllBytes(member, whole);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        Assert.Equal("2", catalog.Find("analytic", null).Version);
        Assert.Empty(catalog.Problems);
    }

    [Fact]
    public void Refresh_VersionThatIsReplacedByABrokenOne_GoesOnAsItWas()
    {
        Write("1", threshold: 100);
        using ModelCatalog catalog = Open();
        LoadedModel before;
        using (ModelLease lease = catalog.Rent("analytic", "1", default)) before = lease.Model;
        string member = Path.Combine(Write("1", threshold: 120), "member-0.onnx");
        byte[] whole = File.ReadAllBytes(member);
        File.WriteAllBytes(member, whole[..^1]);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        Assert.Single(catalog.Problems);
        using (ModelLease lease = catalog.Rent("analytic", "1", default)) Assert.Same(before, lease.Model);
        File.WriteAllBytes(member, whole);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        using (ModelLease lease = catalog.Rent("analytic", "1", default)) Assert.NotEqual(before.Sha256, lease.Model.Sha256);
    }

    [Fact]
    public void Refresh_PackageThatIsGone_RunsOnUntilItsLeaseEnds()
    {
        string folder = Write("1");
        Write("2");
        using ModelCatalog catalog = Open();
        ModelLease lease = catalog.Rent("analytic", "1", default);
        Directory.Delete(folder, recursive: true);
        catalog.Refresh(load: false, TestContext.Current.CancellationToken);
        Assert.Equal("2", Assert.Single(catalog.Models).Version);
        Assert.Equal(ErrorCode.UnknownModel, Assert.Throws<SegmentationException>(() => catalog.Rent("analytic", "1", default)).Code);
        Run(lease.Model);
        lease.Dispose();
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Run(lease.Model));
    }

    [Fact]
    public void Refresh_NothingChanged_KeepsWhatIsLoaded()
    {
        Write("1");
        using ModelCatalog catalog = Open();
        LoadedModel loaded = catalog.Load("analytic", null, default);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        Assert.Same(loaded, catalog.Load("analytic", null, default));
    }

    [Fact]
    public void Refresh_FirstStageThatChanges_RenewsWhatIsBuiltOnIt()
    {
        Write("1", "low");
        Write("1", "full", cascade: new ModelCascade { Model = "low", Version = "1", Labels = [1], MarginMm = 5, Widenings = 1 });
        using ModelCatalog catalog = Open();
        ModelLease lease = catalog.Rent("full", "1", default);
        LoadedModel first = lease.Model.FirstStage!;
        Write("1", "low", threshold: 130);
        catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        using ModelLease renewed = catalog.Rent("full", "1", default);
        Assert.NotSame(lease.Model, renewed.Model);
        Assert.NotEqual(first.Sha256, renewed.Model.FirstStage!.Sha256);
        Run(first);
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Run(first));
        Run(renewed.Model.FirstStage);
    }

    [Fact]
    public void Rent_MoreThanTheBudget_UnloadsWhatWasNotUsedForLongest()
    {
        foreach (string name in (string[])["a", "b", "c"]) Write("1", name);
        long one;
        using (ModelCatalog unbounded = Open()) one = unbounded.Load("a", null, default).Bytes;
        Assert.True(one >= 4L * 8 * 12 * 12);
        // Activations are measured, so that two packages are not alike to the byte.
        using ModelCatalog catalog = Open(new ModelCatalogOptions { Root = _folder.Path, Providers = ["cpu"], MaxLoadedBytes = one / 2 });
        ModelLease a = catalog.Rent("a", null, default);
        using (ModelLease b = catalog.Rent("b", null, default)) Run(b.Model);
        LoadedModel unused;
        using (ModelLease b = catalog.Rent("b", null, default)) unused = b.Model;
        using ModelLease c = catalog.Rent("c", null, default);
        Assert.Throws<ObjectDisposedException>(() => Run(unused));
        Run(a.Model);
        Run(c.Model);
        a.Dispose();
        using ModelLease again = catalog.Rent("b", null, default);
        Run(again.Model);
        Assert.Throws<ObjectDisposedException>(() => Run(a.Model));
    }

    [Fact]
    public void Find_PinnedName_IsThatVersion()
    {
        foreach (string version in (string[])["1", "2", "3"]) Write(version);
        using ModelCatalog catalog = Open(new ModelCatalogOptions { Root = _folder.Path, Pins = new Dictionary<string, string> { ["analytic"] = "2" } });
        Assert.Equal("2", catalog.Find("analytic", null).Version);
        Assert.Equal("2", catalog.TryFind("analytic", null)!.Version);
        Assert.Equal("3", catalog.Find("analytic", "3").Version);
        using ModelCatalog missing = Open(new ModelCatalogOptions { Root = _folder.Path, Pins = new Dictionary<string, string> { ["analytic"] = "7" } });
        Assert.Equal(ErrorCode.UnknownModel, Assert.Throws<SegmentationException>(() => missing.Find("analytic", null)).Code);
    }

    [Fact]
    public void Models_NotTrusted_AreLeftOutWithTheirHash()
    {
        Write("1");
        Write("2", threshold: 110);
        string known;
        using (ModelCatalog all = Open()) known = all.Sha256Of("analytic", "1");
        using ModelCatalog catalog = Open(new ModelCatalogOptions { Root = _folder.Path, TrustedSha256 = [known.ToUpperInvariant()] });
        Assert.Equal("1", Assert.Single(catalog.Models).Version);
        PackageProblem problem = Assert.Single(catalog.Problems);
        Assert.Matches("analytic/2 .*not among the trusted ones; its SHA-256 is [0-9a-f]{64}", $"{problem.Package} {problem.Error.Message}");
        Assert.Equal(known, catalog.Load("analytic", null, default).Sha256);
    }

    [Fact]
    public async Task Rent_WhilePackagesComeAndGo_NeverGivesAClosedOne()
    {
        Write("1");
        using ModelCatalog catalog = Open(new ModelCatalogOptions { Root = _folder.Path, Providers = ["cpu"], Threads = 1, MaxLoadedBytes = 1 });
        using CancellationTokenSource ended = new();
        Task[] users = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
                try
                {
                    using ModelLease lease = catalog.Rent("analytic", null, default);
                    Run(lease.Model);
                }
                catch (SegmentationException e) when (e.Code == ErrorCode.ModelFailed)
                {
                    // Its files went between the look at the folder and the load.
                }
        }))];
        for (int n = 2; n < 12; n++)
        {
            string folder = Write($"{n}");
            catalog.Refresh(load: n % 2 == 0, TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
            catalog.Refresh(load: true, TestContext.Current.CancellationToken);
        }
        await ended.CancelAsync();
        await Task.WhenAll(users);
    }

    private ModelCatalog Open(ModelCatalogOptions? options = null) => new(options ?? new ModelCatalogOptions { Root = _folder.Path, Providers = ["cpu"] });

    private string Write(string version, string name = "analytic", double threshold = 100, ModelCascade? cascade = null) => AnalyticPackages.Write(
        _folder.Path, new AnalyticPackageOptions { Name = name, Version = version, Thresholds = [threshold], Change = manifest => manifest with { Cascade = cascade } });

    private static void Run(LoadedModel model) => model.CreatePredictor(MedISeg.Inference.Options.EffectiveOptions.Create(null, model.Manifest, null), 0);
}
