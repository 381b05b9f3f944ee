using MedISeg.Inference.Models;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Models;

/// <summary>Alone in the process: other tests give memory back while this one measures.</summary>
[Collection(nameof(ActivationPeakTests))]
public sealed class ActivationPeakTests : IDisposable
{
    private const long MiB = 1 << 20;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_KnownIntermediateTensor_IsInTheActivationPeak()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the resident set.");
        // 192 channels on 32 x 48 x 64 voxels: 72 MiB.
        AnalyticPackageOptions options = new() { PatchSize = [32, 48, 64], HiddenChannels = 192, AllowedViews = [] };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Assert.InRange(model.ActivationPeakBytes, 72 * MiB - MiB, 1024 * MiB);
    }

    [Theory]
    [InlineData(100, 150, 170, 190, 90)] // a new peak
    [InlineData(100, 300, 170, 300, 70)] // an older peak hides it; the resident set does not
    [InlineData(100, 300, 80, 300, 12)] // memory was given back
    [InlineData(100, 300, 105, 300, 12)] // an earlier session left room
    [InlineData(0, 0, 0, 0, 12)] // the system does not tell
    public void Growth_AnySystem_IsNeverBelowThePatch(long residentBefore, long peakBefore, long resident, long peak, long expected) =>
        Assert.Equal(expected, ModelLoader.Growth(residentBefore, peakBefore, resident, peak, 12));

    /// <summary>Runs when no other test does.</summary>
    [CollectionDefinition(nameof(ActivationPeakTests), DisableParallelization = true)]
    public sealed class Alone;
}
