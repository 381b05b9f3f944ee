using MedISeg.Benchmarks.Engine;
using MedISeg.Benchmarks.Targets;

namespace MedISeg.Tests.Benchmarks;

/// <summary>Memory of whole runs with 104 classes, in processes of their own.</summary>
public sealed class ManyClassesTargetsTests
{
    /// <summary>What the machine must have free beside the limit, so that the run is not measured while it swaps.</summary>
    private const double SpareGiB = 2;

    [Fact]
    public void Measure_SmallVolume_StaysBelowEstimateAndLimit() => Check(ManyClassesTargets.Small);

    [Fact]
    [Trait("Category", "Long")]
    public void Measure_ModelGridOf1500Micrometres_StaysBelow6GiB() => Check(ManyClassesTargets.Coarse);

    [Fact]
    [Trait("Category", "Long")]
    public void Measure_NativeGrid_StaysBelow12GiB() => Check(ManyClassesTargets.Native);

    private static void Check(ManyClassesTargets.Case one)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the resident set.");
        double free = ProcessStatus.AvailableMiB / 1024;
        Assert.SkipWhen(free < one.LimitGiB + SpareGiB, $"The run may take {one.LimitGiB} GiB; {free:F1} GiB of memory are free.");
        TargetRow row = ManyClassesTargets.Measure(one);
        Assert.True(row.Met, row.ToString());
    }
}
