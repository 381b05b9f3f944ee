using MedISeg.Training.Planning;

namespace MedISeg.Tests.Training.Planning;

/// <summary>Plans that others have made with nnU-Net and published.</summary>
public sealed class PublishedPlanTests
{
    /// <summary>MSD Task04, 260 cases: github.com/MIC-DKFZ/nnUNet, issue 148 (3-D).</summary>
    [Fact]
    public void Plan_Hippocampus_IsThePublishedOne()
    {
        DatasetPlan plan = Plan(Fingerprints.Alike(260, [1, 1, 1], [36, 50, 35], classes: 3), new PlanOptions());
        Assert.Equal(["2d", "3d-fullres"], plan.Configurations.Select(c => c.Name));
        ConfigurationPlan full = plan.Configurations[1], planar = plan.Configurations[0];
        Assert.Equal([40, 56, 40], full.PatchSize);
        Assert.Equal(9, full.BatchSize);
        Assert.False(full.BatchDice);
        Assert.Equal([[1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2]], full.Network.Strides);
        Assert.Equal([[3, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]], full.Network.Kernels);
        Assert.Equal([32, 64, 128, 256], full.Network.Features);
        Assert.Equal([56, 40], planar.PatchSize);
        Assert.Equal(366, planar.BatchSize);
        Assert.True(planar.BatchDice);
    }

    /// <summary>BraTS 2021, four channels: github.com/katieliuu/cs231n, nnUNetPlans.json.</summary>
    [Fact]
    public void Plan_BrainTumours_IsThePublishedOne()
    {
        DatasetPlan plan = Plan(Fingerprints.Alike(1251, [1, 1, 1], [140, 171, 137], channels: 4, classes: 4), new PlanOptions());
        Check(plan, "2d", [192, 160], 105, [32, 64, 128, 256, 512, 512], [1, 1], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2]);
        Check(plan, "3d-fullres", [128, 128, 128], 2, [32, 64, 128, 256, 320, 320], [1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]);
        Assert.DoesNotContain(plan.Configurations, c => c.Name == "3d-lowres");
    }

    /// <summary>MSD Task06, 63 cases: github.com/Usamakhan843/3D-Lung-Tumor-Segmentation-with-nnU-Net, nnUNetPlans.json.</summary>
    [Fact]
    public void Plan_Lungs_HasThePublishedCoarseConfiguration()
    {
        DatasetPlan plan = Plan(Fingerprints.Alike(63, [1.244979977607727, 0.78515625, 0.78515625], [252, 512, 512]), new PlanOptions());
        Check(plan, "2d", [512, 512], 12, [32, 64, 128, 256, 512, 512, 512, 512], [1, 1], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2]);
        int[][] strides = [[1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2]];
        Check(plan, "3d-fullres", [80, 192, 160], 2, [32, 64, 128, 256, 320, 320], strides);
        Check(plan, "3d-lowres", [80, 192, 160], 2, [32, 64, 128, 256, 320, 320], strides);
        ConfigurationPlan low = plan.Configurations.Single(c => c.Name == "3d-lowres");
        Assert.Equal([2.3855103790575867, 1.5044405671133478, 1.5044405671133478], low.Spacing, new Near());
        Assert.Equal([132, 267, 267], low.MedianShape);
        Assert.False(low.BatchDice);
        Assert.True(plan.Configurations.Single(c => c.Name == "3d-fullres").BatchDice);
    }

    /// <summary>TopCoW angiographies, anisotropic: github.com/PengchengShi1220/NexToU, nnUNetPlans.json. Its 2-D patch
    /// is that of an older version, which made patches smaller until a batch of 12 fitted, not one of 2.</summary>
    [Fact]
    public void Plan_Angiographies_HasThePublishedFlatKernelsAndTheCoarseSpacing()
    {
        double[] spacing = [0.5999993681907654, 0.296875, 0.296875];
        CaseFingerprint[] cases = [.. Enumerable.Range(0, 90).Select(n => new CaseFingerprint([186, 575 + n % 2, 480], spacing, 1))];
        DatasetPlan plan = Plan(Fingerprints.Of(cases, classes: 14), new PlanOptions());
        Assert.Equal([575.5, 480], plan.Configurations[0].MedianShape);
        Check(plan, "3d-fullres", [64, 192, 160], 2, [32, 64, 128, 256, 320, 320], [1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]);
        Check(plan, "3d-lowres", [64, 224, 160], 2, [32, 64, 128, 256, 320, 320], [1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2]);
        Assert.Equal([[1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]], Find(plan, "3d-fullres").Network.Kernels);
        Assert.All(Find(plan, "3d-lowres").Network.Kernels!, kernel => Assert.Equal([3, 3, 3], kernel));
        Assert.Equal([1.0521025239649437, 0.5361892727924824, 0.5361892727924824], Find(plan, "3d-lowres").Spacing, new Near());
        Assert.Equal([106, 319, 266], Find(plan, "3d-lowres").MedianShape);
    }

    /// <summary>Cropped pancreas CT by the residual preset M: github.com/davidguo123456/pancreas-cancer-segmentation, nnUNetResEncUNetMPlans.json.</summary>
    [Fact]
    public void Plan_PancreasResidual_IsThePublishedOne()
    {
        DatasetPlan plan = Plan(
            Fingerprints.Alike(252, [2, 0.73046875, 0.73046875], [59, 118, 181], classes: 3), new PlanOptions { Residual = true });
        Check(plan, "2d", [128, 192], 134, [32, 64, 128, 256, 512, 512], [1, 1], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2]);
        Check(plan, "3d-fullres", [64, 128, 192], 2, [32, 64, 128, 256, 320, 320], [1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]);
        ConfigurationPlan full = Find(plan, "3d-fullres");
        Assert.Equal([1, 3, 3], full.Network.Kernels![0]);
        Assert.Equal([1, 3, 4, 6, 6, 6], Enumerable.Range(0, 6).Select(full.Network.BlocksAt));
        Assert.Equal([1], full.Network.Convolutions);
    }

    /// <summary>Eye pictures, 400 x 400: github.com/Yongha026/nnUNet, nnUNetPlans.json; its four classes are those of OpenEDS 2019.</summary>
    [Fact]
    public void Plan_EyePictures_IsThePublishedOne()
    {
        DatasetPlan plan = Plan(Fingerprints.Alike(8916, [1, 1, 1], [1, 400, 400], classes: 4), new PlanOptions());
        Assert.Null(plan.Orientation);
        Assert.Equal("2d", Assert.Single(plan.Configurations).Name);
        Check(plan, "2d", [448, 448], 16, [32, 64, 128, 256, 512, 512, 512], [1, 1], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2]);
    }

    /// <summary>Retina pictures, 2848 x 4288, three channels: github.com/MIC-DKFZ/nnUNet, issue 2251.</summary>
    [Fact]
    public void Plan_RetinaPictures_IsThePublishedOne()
    {
        DatasetPlan plan = Plan(Fingerprints.Alike(54, [1, 1, 1], [1, 2848, 4288], channels: 3), new PlanOptions());
        ConfigurationPlan planar = Find(plan, "2d");
        Assert.Equal([1024, 1536], planar.PatchSize);
        Assert.Equal(2, planar.BatchSize);
    }

    /// <summary>Computed by hand from the rules, for a data set with the spacings and sides of ACDC.</summary>
    [Fact]
    public void Plan_Heart_TakesTheTenthPercentileAndFlatKernels()
    {
        CaseFingerprint[] cases = [.. Enumerable.Range(0, 200).Select(n => n < 40
            ? new CaseFingerprint([18, 237, 208], [5, 1.5625, 1.5625], 1)
            : new CaseFingerprint([9, 237, 208], [10, 1.5625, 1.5625], 1))];
        DatasetPlan plan = Plan(Fingerprints.Of(cases, classes: 4), new PlanOptions());
        ConfigurationPlan full = Find(plan, "3d-fullres");
        Assert.Equal([5, 1.5625, 1.5625], full.Spacing);
        Assert.Equal([18, 237, 208], full.MedianShape);
        Assert.Equal([20, 256, 224], full.PatchSize);
        Assert.Equal([[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2], [1, 2, 2]], full.Network.Strides);
        Assert.Equal([[1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]], full.Network.Kernels);
        Assert.Equal([256, 224], Find(plan, "2d").PatchSize);
        Assert.Contains(plan.Reasons, r => r.Contains("10 mm > 3 x 1.563 mm", StringComparison.Ordinal) && r.Contains("10th percentile 5 mm", StringComparison.Ordinal));
    }

    private static DatasetPlan Plan(DatasetFingerprint fingerprint, PlanOptions options) => DatasetPlanner.Plan(fingerprint, options);

    private static ConfigurationPlan Find(DatasetPlan plan, string name) => plan.Configurations.Single(c => c.Name == name);

    private static void Check(DatasetPlan plan, string name, int[] patch, int batch, int[] features, params int[][] strides)
    {
        ConfigurationPlan found = Find(plan, name);
        Assert.Equal(patch, found.PatchSize);
        Assert.Equal(batch, found.BatchSize);
        Assert.Equal(features, found.Network.Features);
        Assert.Equal(strides, found.Network.Strides);
    }

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-9;

        public int GetHashCode(double obj) => 0;
    }
}
