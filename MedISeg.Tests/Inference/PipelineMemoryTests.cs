using System.Diagnostics;
using System.Globalization;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

/// <summary>Peak memory of runs in processes of their own.</summary>
public sealed class PipelineMemoryTests
{
    private const string SlicesKey = "MEDISEG_TEST_SLICES", CaseKey = "MEDISEG_TEST_CASE", ResultKey = "MEDISEG_TEST_RESULT";
    private const string Plain = "plain", Noise = "noise", Separate = "separate";
    private const int Height = 190, Width = 170;

    [Fact]
    [Trait("Category", "Long")]
    public void Run_ThreeTimesTheSlices_AddsOnlySourceModelAndLabelVoxels()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the resident set.");
        (long few, long fewEstimated, string fewAxis, long fewExpected) = RunInChild(Plain, 200);
        (long many, long manyEstimated, string manyAxis, long manyExpected) = RunInChild(Plain, 600);
        Assert.Equal(("k", "k"), (fewAxis, manyAxis));
        long expected = manyExpected - fewExpected;
        // The rest is what the garbage collector leaves and glibc rounds up.
        Assert.InRange(many - few, 0.9 * expected, 1.1 * expected);
        Assert.True(few <= fewEstimated && many <= manyEstimated, $"peaks {few} and {many}, estimates {fewEstimated} and {manyEstimated}");
        Assert.InRange(manyEstimated - fewEstimated, 0.99 * expected, 1.01 * expected);
    }

    [Theory]
    [InlineData(Noise, 250)]
    [InlineData(Separate, 100)]
    [Trait("Category", "Long")]
    public void Run_NoiseOrSeparatePlanes_StaysBelowTheEstimate(string name, int slices)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the resident set.");
        (long peak, long estimated, _, long voxels) = RunInChild(name, slices);
        Assert.True(peak <= estimated, $"peak {peak}, estimate {estimated}");
        // What is held in any case is most of it: the estimate is no fantasy.
        Assert.InRange(peak, voxels + (64L << 20), estimated);
        Assert.InRange(estimated, peak, 3 * peak);
    }

    /// <summary>What such a process does.</summary>
    [Fact(Explicit = true)]
    public void Measure()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(SlicesKey) is null, "Only a test above starts this.");
        int slices = int.Parse(Environment.GetEnvironmentVariable(SlicesKey)!, CultureInfo.InvariantCulture);
        string name = Environment.GetEnvironmentVariable(CaseKey)!;
        using TempFolder folder = new();
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(folder.Path, new AnalyticPackageOptions
        {
            Thresholds = [20, 40, 60], PatchSize = [32, 64, 48], Activation = ActivationKind.None, AllowedViews = [],
            Spacing = name switch { Noise => null, Separate => [2, 1.2, 1.2], _ => [1.1, 1.2, 1.2] },
            Change = manifest => name == Separate
                ? manifest with { Grid = manifest.Grid with { Anisotropy = AnisotropyKind.Nearest, Interpolation = InterpolationKind.Cubic } }
                : manifest,
        });
        using ModelCatalog owned = catalog;
        GridSize size = new(slices, Height, Width);
        short[] values = new short[size.VoxelCount];
        uint noise = 1;
        for (int n = 0; n < values.Length; n++)
        {
            noise = noise * 1664525 + 1013904223;
            values[n] = (short)(name == Noise ? (int)(noise >> 16) % 80 : n / 1000 % 80);
        }
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(name == Separate ? 5 : 1, 1, 1)), [values]);
        SegmentationOptions? options = name != Noise ? null : OptionsReader.Parse("""
            {"postprocessing":[{"op":"fill-holes","labels":[1,2],"joint":true,"connectivity":18},
                {"op":"remove-small-components","labels":[1,2,3],"minVolumeVoxels":3,"connectivity":6}]}
            """);
        RunReport report = new SegmentationPipeline().Run(image, model, options, null, null, CancellationToken.None).Report;
        IReadOnlyList<int> grid = report.Grids.ModelSize;
        long voxels = sizeof(short) * size.VoxelCount + sizeof(float) * (long)grid[0] * grid[1] * grid[2] + size.VoxelCount;
        File.WriteAllText(Environment.GetEnvironmentVariable(ResultKey)!, string.Create(CultureInfo.InvariantCulture,
            $"{report.Memory.ProcessPeakBytes} {report.Memory.EstimatedBytes} {report.Grids.StreamingAxis} {voxels}"));
    }

    private static (long Peak, long Estimated, string Axis, long Voxels) RunInChild(string name, int slices)
    {
        using TempFolder folder = new();
        string result = Path.Combine(folder.Path, "result");
        using Process child = Process.Start(new ProcessStartInfo("dotnet",
            ["exec", typeof(PipelineMemoryTests).Assembly.Location, "-noColor", "-explicit", "only", "-method", $"{typeof(PipelineMemoryTests).FullName}.{nameof(Measure)}"])
        {
            RedirectStandardOutput = true,
            // A small first generation, so that garbage does not hide what is held.
            Environment = { [SlicesKey] = $"{slices}", [CaseKey] = name, [ResultKey] = result, ["DOTNET_GCgen0size"] = "0x400000" },
        })!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0 && File.Exists(result), output);
        string[] parts = File.ReadAllText(result).Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2],
            long.Parse(parts[3], CultureInfo.InvariantCulture));
    }
}
