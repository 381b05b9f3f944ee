using System.Numerics.Tensors;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Uncertainty;
using MedISeg.Tests.Inference.Uncertainty;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

public sealed class UncertaintyPipelineTests : IDisposable
{
    private const double Steepness = 0.4, Temperature = 2;
    private static readonly double[] Thresholds = [110, 118];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<bool, ScoreDomain, double[]?, int> Cases => new()
    {
        { false, ScoreDomain.Probabilities, null, 0 },
        { false, ScoreDomain.Logits, null, 23 },
        { true, ScoreDomain.Probabilities, [2.0, 1.7, 1.7], 11 },
        { true, ScoreDomain.Logits, null, 40 },
        { false, ScoreDomain.Logits, [2.0, 1.7, 1.7], 29 },
        { false, ScoreDomain.Probabilities, [2.0, 1.7, 1.7], 5 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_MapsOfAveragedMembersAndViews_EqualANaiveReference(bool regions, ScoreDomain domain, double[]? spacing, int order)
    {
        LoadedModel model = Load(new AnalyticPackageOptions
        {
            Thresholds = Thresholds, Steepness = Steepness, PatchSize = [4, 6, 6], Spacing = spacing, Orientation = "LPS", Domain = domain,
            Activation = regions ? ActivationKind.Sigmoid : ActivationKind.Softmax, Members = 2, MemberShift = 6,
            Change = manifest => manifest with { Calibration = new ModelCalibration { Temperature = Temperature } },
        }, out ModelCatalog catalog);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.All().ElementAt(order)));
        SegmentationResult result = Run(image, model, """{"outputs":["mutual-information","entropy","disagreement","variance"],"tta":{"views":["flip-i"]}}""");
        Assert.Equal(PositionImages.Labels(Run(image, model, """{"tta":{"views":["flip-i"]}}""").Labels), PositionImages.Labels(result.Labels));
        Assert.Equal([OutputKind.Entropy, OutputKind.Variance, OutputKind.Disagreement, OutputKind.MutualInformation], result.Uncertainty.Select(m => m.Kind));

        // On the model grid by formula, from there linearly to the image's voxels.
        VolumeGeometry grid = GridMapping.Whole(image.Geometry, model.Manifest.Grid, 3).Model;
        ReadOnlyMemory<float> values = image.ToFloats(0);
        double[][] maps = [.. Enumerable.Range(0, 4).Select(_ => new double[grid.Grid.VoxelCount])];
        PositionImages.ForEach(grid, (n, mm) =>
        {
            GridSize source = image.Geometry.Grid;
            double value = PositionImages.Trilinear((k, j, i) => values.Span[(int)source.Offset(k, j, i)], source, image.Geometry.PatientToIndex.Apply(mm));
            double[] of = Uncertainty(value, regions, domain);
            for (int m = 0; m < 4; m++) maps[m][n] = of[m];
        });
        for (int m = 0; m < 4; m++)
        {
            Volume map = result.Uncertainty[m].Values;
            Assert.Same(image.Geometry, map.Geometry);
            float[] found = map.ToFloats(0).ToArray();
            int far = 0;
            PositionImages.ForEach(image.Geometry, (n, mm) =>
            {
                double expected = PositionImages.Trilinear((k, j, i) => maps[m][grid.Grid.Offset(k, j, i)], grid.Grid, grid.PatientToIndex.Apply(mm));
                if (Math.Abs(expected - found[n]) > 1e-4) far++;
            });
            // A vote of the members may hang on rounding where the image lies on a threshold.
            Assert.InRange(far, 0, m == 2 ? found.Length / 100 : 0);
            Assert.True(found.Max() > 0.005 && found.Min() < 0.5 * found.Max(), $"the map must show something; it goes from {found.Min()} to {found.Max()}");
            RunUncertainty numbers = result.Report.Uncertainty![m];
            Assert.Equal(found.Average(), numbers.Mean, 1e-5);
            Assert.Equal(found.Max(), numbers.Largest, 1e-6);
            int[] labels = PositionImages.Labels(result.Labels);
            Assert.Equal(found.Where((_, n) => labels[n] == 2).Average(), numbers.MeanOfLabel[2], 1e-5);
        }
    }

    [Fact]
    public void Run_MapsOfMembersThatVote_FollowFromTheirLabels()
    {
        LoadedModel model = Load(new AnalyticPackageOptions { Thresholds = Thresholds, Steepness = 2, Members = 3, MemberShift = 6 }, out ModelCatalog catalog);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.All().ElementAt(7)));
        SegmentationResult result = Run(image, model,
            """{"outputs":["entropy","variance","disagreement","mutual-information","volume-variation"],"ensemble":{"merge":"vote","weights":[2,1,1]}}""");
        int[][] said = [.. Enumerable.Range(0, 3).Select(m => PositionImages.Labels(Run(image, model, "{\"ensemble\":{\"members\":[\"" + m + "\"]}}").Labels))];
        double[] weights = [0.5, 0.25, 0.25];
        float[][] maps = [.. result.Uncertainty.Select(m => m.Values.ToFloats(0).ToArray())];
        for (int n = 0; n < maps[0].Length; n++)
        {
            double[] shares = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 3).Sum(m => said[m][n] == c ? weights[m] : 0))];
            double entropy = SampleStatisticsTests.Entropy(shares, false);
            double[] expected = [entropy, shares.Average(s => s * (1 - s)), 1 - shares.Max(), entropy];
            for (int m = 0; m < 4; m++) Assert.Equal(expected[m], maps[m][n], 1e-6);
        }
        Assert.True(maps[2].Max() == 0.5f && maps[2].Min() == 0);

        // The volumes of a class over the members, weighted.
        IReadOnlyList<VolumeVariation> volumes = result.Report.Merging!.Volumes!;
        Assert.Equal([1, 2], volumes.Select(v => v.Label));
        double[] ml = [.. said.Select(labels => labels.Count(l => l == 2) * image.Geometry.VoxelVolumeMm3 / 1000)];
        double mean = ml.Zip(weights, (v, w) => v * w).Sum(), deviation = Math.Sqrt(ml.Zip(weights, (v, w) => w * Math.Pow(v - mean, 2)).Sum());
        Assert.Equal(mean, volumes[1].MeanMl, 1e-9);
        Assert.Equal(deviation, volumes[1].DeviationMl, 1e-9);
        Assert.Equal(deviation / mean, volumes[1].Coefficient!.Value, 1e-9);
    }

    [Theory]
    [InlineData(false, ScoreDomain.Probabilities, null)]
    [InlineData(false, ScoreDomain.Logits, "class-1")]
    [InlineData(false, ScoreDomain.Probabilities, "class-2")]
    [InlineData(true, ScoreDomain.Logits, "class-1")]
    [InlineData(true, ScoreDomain.Probabilities, null)]
    public void Run_Probability_IsThatOfTheClassesThatAreReturned(bool regions, ScoreDomain domain, string? label)
    {
        LoadedModel model = Load(new AnalyticPackageOptions
        {
            Thresholds = Thresholds, Steepness = Steepness, PatchSize = [4, 6, 6], Domain = domain, Members = 2, MemberShift = 6, ClassIds = [7, 3],
            Activation = regions ? ActivationKind.Sigmoid : ActivationKind.Softmax,
        }, out ModelCatalog catalog);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.All().ElementAt(13)));
        SegmentationResult result = Run(image, model, label is null ? """{"outputs":["probability"]}""" : $$"""{"outputs":["probability"],"labels":["{{label}}"]}""");
        UncertaintyMap map = Assert.Single(result.Uncertainty);
        Assert.Equal(OutputKind.Probability, map.Kind);
        Assert.Same(image.Geometry, map.Values.Geometry);
        ReadOnlySpan<float> values = image.ToFloats(0), found = map.Values.Voxels<float>(0);
        for (int n = 0; n < values.Length; n++)
        {
            double[][] logits = [Logits(values[n], 0, regions), Logits(values[n], 6, regions)];
            double[] mean = domain == ScoreDomain.Logits
                ? Probabilities([.. logits[0].Zip(logits[1], (a, b) => (a + b) / 2)], regions)
                : [.. Probabilities(logits[0], regions).Zip(Probabilities(logits[1], regions), (a, b) => (a + b) / 2)];
            // Channels: background and the two classes, or the two as regions.
            double[] classes = regions ? mean : mean[1..];
            double expected = label switch { "class-1" => classes[0], "class-2" => classes[1], _ => regions ? classes.Max() : classes.Sum() };
            Assert.Equal(expected, found[n], 1e-4);
        }
        Assert.True(TensorPrimitives.Max(found) > 0.5f && TensorPrimitives.Min(found) < 0.1f);
        Assert.Equal("probability", Assert.Single(result.Report.Uncertainty!).Output);

        double[] Logits(double value, double shift, bool each) => [.. Enumerable.Range(0, each ? 2 : 3).Select(c => Steepness * (each
            ? value - Thresholds[c] - shift
            : c * value - Thresholds.Take(c).Sum(t => t + shift)))];
    }

    [Fact]
    public void Run_PlanarImageWithViews_HasNoVarianceWhereTheNetworkIsPointwise()
    {
        LoadedModel model = Load(new AnalyticPackageOptions { Dimensionality = 2, Thresholds = [60], Steepness = 0.05, PatchSize = [6, 6] }, out ModelCatalog catalog);
        using ModelCatalog owned = catalog;
        byte[] pixels = [.. Enumerable.Range(0, 13 * 21).Select(n => (byte)(n % 21 * 7))];
        Volume image = new(VolumeGeometry.AxisAligned(new GridSize(1, 13, 21), new SpacingMm(1, 1, 1)), [pixels]);
        SegmentationResult result = Run(image, model, """{"outputs":["labels","entropy","variance"],"tta":{"preset":"mediseg2d","weights":[3,1,1,1,1,1]}}""");
        float[] entropy = result.Uncertainty[0].Values.ToFloats(0).ToArray();
        for (int n = 0; n < pixels.Length; n++)
        {
            double p = 1 / (1 + Math.Exp(-0.05 * (pixels[n] - 60)));
            Assert.Equal(SampleStatisticsTests.Entropy([p, 1 - p], false), entropy[n], 1e-5);
        }
        Assert.All(result.Uncertainty[1].Values.ToFloats(0).ToArray(), value => Assert.Equal(0, value, 1e-6f));
    }

    [Fact]
    public void Run_Crop_LeavesMapsOutsideZero()
    {
        LoadedModel model = Load(new AnalyticPackageOptions
        {
            Thresholds = [5], Change = manifest => manifest with { Grid = manifest.Grid with { Crop = CropKind.Nonzero } },
        }, out ModelCatalog catalog);
        using ModelCatalog owned = catalog;
        GridSize size = new(9, 10, 11);
        short[] values = new short[size.VoxelCount];
        values[size.Offset(2, 3, 4)] = values[size.Offset(5, 7, 9)] = 10;
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)), [values]);
        float[] entropy = Run(image, model, """{"outputs":["entropy"]}""").Uncertainty[0].Values.ToFloats(0).ToArray();
        for (int k = 0; k < 9; k++)
            for (int j = 0; j < 10; j++)
                for (int i = 0; i < 11; i++)
                    Assert.Equal(k is >= 2 and <= 5 && j is >= 3 and <= 7 && i is >= 4 and <= 9, entropy[size.Offset(k, j, i)] > 0.5);
    }

    [Theory]
    [InlineData("""{"outputs":["variance"],"ensemble":{"members":["0"]}}""", "is variance, which needs several members or views")]
    [InlineData("""{"outputs":["entropy"],"ensemble":{"members":["0"],"merge":"vote"}}""", "is entropy, which needs several members that vote")]
    [InlineData("""{"outputs":["probability"],"ensemble":{"merge":"vote"}}""", "is probability, which needs ensemble.merge mean")]
    [InlineData("""{"outputs":["volume-variation"]}""", "is volume-variation, which needs ensemble.merge vote or staple")]
    public void Run_OutputWithoutSamples_IsRefused(string options, string message)
    {
        LoadedModel model = Load(new AnalyticPackageOptions { Members = 2 }, out ModelCatalog catalog);
        using ModelCatalog owned = catalog;
        SegmentationException e = Assert.Throws<SegmentationException>(
            () => Run(PositionImages.Image(PositionImages.Oblique(AxisOrientation.None)), model, options));
        Assert.Equal((ErrorCode.InvalidOption, "outputs[0]"), (e.Code, Assert.Single(e.Errors).Key));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Entropy, variance, disagreement and mutual information of two members at a value, in double.</summary>
    private static double[] Uncertainty(double value, bool regions, ScoreDomain domain)
    {
        double[][] logits = [.. new[] { 0.0, 6 }.Select(shift => Enumerable.Range(0, regions ? 2 : 3).Select(c => Steepness / Temperature * (regions
            ? value - Thresholds[c] - shift
            : c * value - Thresholds.Take(c).Sum(t => t + shift))).ToArray())];
        double[][] p = [.. logits.Select(l => Probabilities(l, regions))];
        double[] mean = [.. Enumerable.Range(0, p[0].Length).Select(c => (p[0][c] + p[1][c]) / 2)];
        double[] decides = domain == ScoreDomain.Logits ? Probabilities([.. logits[0].Zip(logits[1], (a, b) => (a + b) / 2)], regions) : mean;
        double disagreement = regions
            ? Enumerable.Range(0, 2).Average(r => p[0][r] > 0.5 != p[1][r] > 0.5 ? 0.5 : 0)
            : Array.IndexOf(p[0], p[0].Max()) != Array.IndexOf(p[1], p[1].Max()) ? 0.5 : 0;
        return
        [
            SampleStatisticsTests.Entropy(decides, regions),
            Enumerable.Range(0, mean.Length).Average(c => Math.Pow((p[0][c] - p[1][c]) / 2, 2)),
            disagreement,
            SampleStatisticsTests.Entropy(mean, regions) - p.Average(x => SampleStatisticsTests.Entropy(x, regions)),
        ];
    }

    private static double[] Probabilities(double[] logits, bool regions)
    {
        if (regions) return [.. logits.Select(l => 1 / (1 + Math.Exp(-l)))];
        double sum = logits.Sum(l => Math.Exp(l - logits.Max()));
        return [.. logits.Select(l => Math.Exp(l - logits.Max()) / sum)];
    }

    private LoadedModel Load(AnalyticPackageOptions options, out ModelCatalog catalog)
    {
        (catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        return model;
    }

    private static SegmentationResult Run(Volume image, LoadedModel model, string options) =>
        new SegmentationPipeline().Run(image, model, OptionsReader.Parse(options), null, null, CancellationToken.None);
}
