using MedISeg.Benchmarks.Load;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api;

/// <summary>Many jobs of a service in a process of its own.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Run_HundredMixedJobs_NoneIsLost()
    {
        LoadTestReport report = await RunAsync(100, new GridSize(9, 14, 21), new GridSize(16, 12, 7));

        Assert.Equal((80, 10, 10), (report.Succeeded, report.Deleted, report.Refused));
        Assert.Equal((80, 80), (report.Latency.Count, report.Overhead.Count));
        Assert.NotNull(report.ResidentBytes);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Run_ThousandMixedJobs_MemoryStaysFlat()
    {
        LoadTestReport report = await RunAsync(1000, new GridSize(20, 64, 64), new GridSize(48, 40, 36), new GridSize(7, 96, 100));

        Assert.Equal((800, 100, 100), (report.Succeeded, report.Deleted, report.Refused));
        (long tenth, long all) = Assert.NotNull(report.ResidentBytes);
        Assert.InRange((double)all / tenth, 0, 1.1);
    }

    private async Task<LoadTestReport> RunAsync(int jobs, params GridSize[] sizes)
    {
        using TempFolder folder = new();
        string models = Path.Combine(folder.Path, "models");
        AnalyticPackages.Write(models, new AnalyticPackageOptions());
        AnalyticPackages.Write(models, new AnalyticPackageOptions { Name = "members", Members = 2, Thresholds = [60, 120] });
        string[] images = [.. sizes.Select((size, n) =>
        {
            string path = Path.Combine(folder.Path, $"image-{n}.nii.gz");
            File.WriteAllBytes(path, TestImages.Nifti(TestImages.Create(size)));
            return path;
        })];
        await using ServiceProcess service = new(new Dictionary<string, string>
        {
            ["Auth:Mode"] = "none", ["Data:Root"] = Path.Combine(folder.Path, "data"), ["Models:Root"] = models, ["Models:Threads"] = "1", ["Jobs:Workers"] = "2",
            ["Jobs:QueueLength"] = "4",
        });
        using HttpClient client = await service.ClientAsync();
        using LoadTest test = new(new LoadTestOptions
        {
            Address = client.BaseAddress!, Jobs = jobs, Clients = 8, Images = images, Models = ["analytic", "members"], Mixed = true,
        });

        LoadTestReport report = await test.RunAsync(null, TestContext.Current.CancellationToken);

        output.WriteLine(report.ToString());
        Assert.Empty(report.Faults);
        return report;
    }
}
