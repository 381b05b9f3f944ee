using MedISeg.Imaging.Errors;
using MedISeg.Training.Planning;

namespace MedISeg.Tests.Training.Planning;

public sealed class DatasetPlannerTests
{
    private static readonly DatasetFingerprint Volumes = Fingerprints.Alike(40, [3, 0.8, 0.9], [70, 300, 280], classes: 3);

    [Fact]
    public void Plan_MoreMemory_NeverMakesThePatchSmallerOrTheBudgetWasted()
    {
        double[] budgets = [0.5, 1, 2, 4, 8, 12, 16, 24, 40, 80];
        foreach (bool residual in (bool[])[false, true])
        {
            ConfigurationPlan[] plans = [.. budgets.Select(gb => Find(DatasetPlanner.Plan(Volumes, new PlanOptions { MemoryGb = gb, Residual = residual }), "3d-fullres"))];
            for (int n = 1; n < plans.Length; n++)
            {
                Assert.True(Voxels(plans[n]) >= Voxels(plans[n - 1]), $"{budgets[n]} GB, residual {residual}");
                Assert.True(Voxels(plans[n]) * plans[n].BatchSize >= Voxels(plans[n - 1]) * plans[n - 1].BatchSize);
            }
            Assert.True(Voxels(plans[^1]) > 8 * Voxels(plans[0]));
        }
    }

    [Theory]
    [InlineData(0, "LPS", 3.0, 0.8, 0.9)]
    [InlineData(1, "LSP", 3.0, 0.8, 0.9)]
    [InlineData(2, "PSL", 3.0, 0.8, 0.9)]
    public void Plan_CoarsestAxis_ComesFirstAndTheOthersKeepTheirOrder(int coarse, string orientation, double first, double second, double third)
    {
        int[] order = coarse switch { 0 => [0, 1, 2], 1 => [1, 0, 2], _ => [1, 2, 0] };
        double[] mm = [first, second, third];
        int[] voxels = [70, 300, 280];
        DatasetPlan plan = DatasetPlanner.Plan(Fingerprints.Alike(40, [.. order.Select(n => mm[n])], [.. order.Select(n => voxels[n])]), new PlanOptions());
        Assert.Equal(orientation, plan.Orientation);
        ConfigurationPlan full = Find(plan, "3d-fullres");
        Assert.Equal(mm, full.Spacing);
        Assert.Equal([70, 300, 280], full.MedianShape);
        Assert.Equal(mm[1..], plan.Configurations[0].Spacing);
    }

    [Fact]
    public void Plan_TenthPercentileBelowTheOtherAxes_StaysJustAboveThem()
    {
        CaseFingerprint[] cases = [.. Enumerable.Range(0, 10).Select(n => new CaseFingerprint([20, 200, 210], [n < 3 ? 0.5 : 5, 1, 1.1], 1))];
        ConfigurationPlan full = Find(DatasetPlanner.Plan(Fingerprints.Of(cases), new PlanOptions()), "3d-fullres");
        Assert.Equal(1.1 + 1e-5, full.Spacing[0], 9);
    }

    [Fact]
    public void Plan_CoarseAxisWithManyVoxels_KeepsTheMedian()
    {
        // Fewer than a third of the voxels are needed: 70 x 3 = 210 is not below 200.
        CaseFingerprint[] cases = [.. Enumerable.Range(0, 10).Select(n => new CaseFingerprint([70, 200, 210], [n < 3 ? 2 : 5, 1, 1.1], 1))];
        Assert.Equal([5, 1, 1.1], Find(DatasetPlanner.Plan(Fingerprints.Of(cases), new PlanOptions()), "3d-fullres").Spacing);
    }

    [Fact]
    public void Plan_Spacing_IsTakenAsAskedForWithItsCoarsestAxisFirst()
    {
        DatasetPlan plan = DatasetPlanner.Plan(Fingerprints.Alike(9, [1, 1, 1], [60, 70, 80]), new PlanOptions { Spacing = [2, 2.5, 1.5] });
        Assert.Equal([2.5, 2, 1.5], Find(plan, "3d-fullres").Spacing);
        Assert.Equal([28, 30, 53], Find(plan, "3d-fullres").MedianShape);
    }

    [Fact]
    public void Plan_Processor_TakesFewerFeaturesThenASmallerPatchAndStaysInTheBudget()
    {
        (int Features, double Voxels)[] sizes = [.. ((double[])[30, 3, 0.3]).Select(seconds =>
        {
            PlanOptions options = new() { Cpu = true, StepSeconds = seconds, Gigaflops = 40 };
            ConfigurationPlan full = Find(DatasetPlanner.Plan(Volumes, options), "3d-fullres");
            Assert.True(full.Cost.StepSeconds(full.BatchSize, 40) <= seconds);
            Assert.True(full.Cost.TrainingBytes(full.BatchSize) <= 8e9);
            Assert.InRange(full.BatchSize, 2, 16);
            return (full.Network.Features[0], Voxels(full));
        })];
        Assert.Equal(32, sizes[0].Features);
        Assert.InRange(sizes[1].Features, 8, 24);
        Assert.Equal(8, sizes[2].Features);
        Assert.True(sizes[2].Voxels < sizes[1].Voxels);
    }

    [Fact]
    public void Plan_ImagesOfAFewVoxels_SaysWhatIsNeeded()
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(() => DatasetPlanner.Plan(Fingerprints.Alike(9, [1, 1, 1], [7, 6, 5]), new PlanOptions()));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        Assert.Contains("7 x 6 x 5", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_TinyBudget_SaysThatNothingFits()
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(() => DatasetPlanner.Plan(Volumes, new PlanOptions { MemoryGb = 1e-6 }));
        Assert.Contains("allow more memory", fault.Message, StringComparison.Ordinal);
    }

    private static ConfigurationPlan Find(DatasetPlan plan, string name) => plan.Configurations.Single(c => c.Name == name);

    private static double Voxels(ConfigurationPlan plan) => plan.PatchSize.Aggregate(1.0, (product, side) => product * side);
}
