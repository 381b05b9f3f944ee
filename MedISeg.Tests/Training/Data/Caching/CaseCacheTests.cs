using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Caching;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Data.Caching;

public sealed class CaseCacheTests : IDisposable
{
    private readonly TempFolder _root = new();

    public CaseCacheTests() => ToyCases.Write(Data, 3, n => new GridSize(6 + n, 7, 9));

    private string Data => Path.Combine(_root.Path, "data");

    private string Folder => Path.Combine(_root.Path, "cache");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Open_SecondTime_MapsWhatIsThereAndItIsWhatTheLoaderGives()
    {
        Assert.Equal(3, Prepared(ToyCases.Options));
        Assert.Equal(0, Prepared(ToyCases.Options));
        CaseCache cache = new(Folder, ToyCases.Options);
        foreach (DatasetCase source in List())
        {
            using TrainingCase mapped = cache.Open(source, CancellationToken.None), loaded = new CaseLoader(ToyCases.Options).Load(source, CancellationToken.None);
            Assert.Equal(loaded.Grid, mapped.Grid);
            Assert.Equal(loaded.Intensities(0), mapped.Intensities(0));
            Assert.Equal(loaded.Classes, mapped.Classes);
            Assert.Equal(loaded.PlacesOf(2), mapped.PlacesOf(2));
        }
        Assert.Equal(3, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public void Open_OtherPreparation_PreparesAgain()
    {
        TrainOptions options = ToyCases.Options;
        Prepared(options);
        Assert.Equal(3, Prepared(options with { Intensity = [new ClipStep(-100, 90), new ZScoreStep(0, 50)] }));
        Assert.Equal(3, Prepared(options with { Grid = options.Grid with { Spacing = [2, 2, 3] } }));
        Assert.Equal(3, Prepared(options with { Preparation = new PreparationOptions { Labels = LabelResampling.PerClass } }));
        Assert.Equal(3, Prepared(options with { Classes = [options.Classes[0], options.Classes[2], options.Classes[1]] }));
        Assert.Equal(0, Prepared(options with { Seed = 77, Steps = 3, BatchSize = 9, PatchSize = [16, 16, 16] }));
    }

    [Fact]
    public void Open_SourceChanged_PreparesThatCaseAgain()
    {
        Prepared(ToyCases.Options);
        string image = List()[1].Files.First();
        File.SetLastWriteTimeUtc(image, File.GetLastWriteTimeUtc(image).AddTicks(10));
        Assert.Equal(1, Prepared(ToyCases.Options));
    }

    [Fact]
    public void Open_FileBehindALinkChanged_PreparesThatCaseAgain()
    {
        string image = List()[1].Files.First(), target = Path.Combine(_root.Path, "stored.nii.gz");
        File.Move(image, target);
        File.CreateSymbolicLink(image, target);
        Prepared(ToyCases.Options);
        File.SetLastWriteTimeUtc(target, File.GetLastWriteTimeUtc(target).AddTicks(10));
        Assert.Equal(1, Prepared(ToyCases.Options));
    }

    [Fact]
    public void Open_DamagedEntryAndLeftoversOfAKilledProcess_PreparesThatCaseAgain()
    {
        Prepared(ToyCases.Options);
        string path = new CaseCache(Folder, ToyCases.Options).PathOf(List()[2]);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^1]);
        File.WriteAllBytes(path + ".tmp", bytes[..100]);
        File.WriteAllBytes(path + ".lock", []);
        Assert.Equal(1, Prepared(ToyCases.Options));
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Equal(3, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public async Task Open_AnotherProcessIsAtIt_WaitsAndTakesItsResult()
    {
        DatasetCase source = List()[0];
        CaseCache cache = new(Folder, ToyCases.Options);
        string path = cache.PathOf(source);
        FileStream theirs = new(path + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Task<TrainingCase> waiting = Task.Run(() => cache.Open(source, CancellationToken.None), TestContext.Current.CancellationToken);
        using (CancellationTokenSource impatient = new())
        {
            Task<TrainingCase> cancelled = Task.Run(() => cache.Open(source, impatient.Token), TestContext.Current.CancellationToken);
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }
        Assert.False(waiting.IsCompleted);
        using (TrainingCase made = new CaseLoader(ToyCases.Options).Load(source, CancellationToken.None)) CaseFile.Write(path, made);
        await theirs.DisposeAsync();
        using TrainingCase taken = await waiting;
        Assert.Equal(0, cache.Prepared);
        Assert.Equal(new GridSize(6, 7, 9), taken.Grid);
    }

    [Fact]
    public async Task Open_ManyAtOnce_PreparesEachCaseOnce()
    {
        CaseCache[] caches = [.. Enumerable.Range(0, 4).Select(_ => new CaseCache(Folder, ToyCases.Options))];
        await Task.WhenAll(caches.Select(cache => Task.Run(() =>
        {
            foreach (DatasetCase source in List()) cache.Open(source, CancellationToken.None).Dispose();
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(3, caches.Sum(cache => cache.Prepared));
        Assert.Equal(3, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public void Open_NoRoom_SaysSoAndLeavesNothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "system: there is no /dev/full");
        CaseCache cache = new(Folder, ToyCases.Options);
        DatasetCase source = List()[0];
        File.CreateSymbolicLink(cache.PathOf(source) + ".tmp", "/dev/full");
        SegmentationException fault = Assert.Throws<SegmentationException>(() => cache.Open(source, CancellationToken.None));
        Assert.StartsWith("A prepared case cannot be written to the cache folder", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    private int Prepared(TrainOptions options)
    {
        CaseCache cache = new(Folder, options);
        using CaseSet set = CaseSet.Load(List(), options, () => { }, CancellationToken.None, cache);
        Assert.Equal(3, set.Cases.Count);
        return cache.Prepared;
    }

    private IReadOnlyList<DatasetCase> List() => DatasetFolder.List(Data, new DataOptions());
}
