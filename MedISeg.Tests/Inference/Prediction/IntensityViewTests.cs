using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Prediction;

[Trait("Category", "Kernel")]
public sealed class IntensityViewTests
{
    [Theory]
    [InlineData("gamma-0.8", new[] { -1.0, 0.319508, 3.0 })]
    [InlineData("gamma-1.25", new[] { -1.0, -0.292893, 3.0 })]
    [InlineData("contrast-0.8", new[] { -2.0 / 3, 0.133333, 2.533333 })]
    [InlineData("contrast-1.25", new[] { -1.0, -0.166667, 3.0 })]
    [InlineData("brightness-minus", new[] { -1.339935, -0.339935, 2.660065 })]
    [InlineData("brightness-plus", new[] { -0.660065, 0.339935, 3.339935 })]
    public void Apply_KnownValues_ChangesEachChannelByItsOwnStatistics(string name, double[] expected)
    {
        // Mean 2/3, standard deviation 1.699673; the second channel is the first times ten, and constant channels stay finite.
        float[] patch = [-1, 0, 3, -10, 0, 30, 7, 7, 7], changed = new float[9];
        Find(name).Apply(patch, 3, changed);
        for (int n = 0; n < 3; n++)
        {
            Assert.Equal(expected[n], changed[n], 1e-5);
            Assert.Equal(10 * expected[n], changed[3 + n], 1e-4);
            Assert.Equal(7, changed[6 + n]);
        }
    }

    [Fact]
    public void Apply_Noise_IsGaussianOtherInEachChannelAndAlwaysTheSame()
    {
        const int Voxels = 50_000;
        float[] patch = [.. Enumerable.Range(0, 2 * Voxels).Select(n => n % 2 == 0 ? -5f : 5f)], changed = new float[2 * Voxels], again = new float[2 * Voxels];
        Find("noise").Apply(patch, 2, changed);
        Find("noise").Apply(patch, 2, again);
        Assert.Equal(changed, again);
        double[] noise = [.. changed.Select((value, n) => (double)value - patch[n])];
        Assert.Equal(0, noise.Average(), 0.01);
        Assert.Equal(0.5, Math.Sqrt(noise.Average(x => x * x)), 0.01);
        Assert.Equal(0.6827, noise.Count(x => Math.Abs(x) < 0.5) / (double)noise.Length, 0.01);
        double[] first = noise[..Voxels], second = noise[Voxels..];
        Assert.Equal(0, first.Zip(second, (a, b) => a * b).Average() / 0.25, 0.03);
        Assert.Equal(0, first.Skip(1).Zip(first, (a, b) => a * b).Average() / 0.25, 0.03);
    }

    [Fact]
    public void Predict_IntensityViewsBesideFlips_AreWeightedAndNotTurned()
    {
        // The network hands on its input: flips change nothing, an intensity view counts with its weight, for each patch of a batch.
        ScoresPredictor network = new(1, 1, (patch, _, scores) => patch.CopyTo(scores));
        float[] patch = [.. Enumerable.Range(0, 60).Select(n => n < 30 ? n : (float)(n * n % 37))], scores = new float[60], changed = new float[60];
        IntensityView gamma = Find("gamma-0.8");
        gamma.Apply(patch.AsSpan(0, 30), 1, changed.AsSpan(0, 30));
        gamma.Apply(patch.AsSpan(30), 1, changed.AsSpan(30));
        new SamplePredictor([network], [1], [SampleView.Identity, new SampleView(PatchView.Find("flip-ki"), null, 2), new SampleView(null, null, 5, gamma)], default)
            .Predict(patch, new GridSize(2, 3, 5), scores, CancellationToken.None);
        for (int n = 0; n < 60; n++) Assert.Equal((3 * patch[n] + 5 * changed[n]) / 8, scores[n], 1e-4f);
        Assert.NotEqual(patch[1], changed[1]);
    }

    private static IntensityView Find(string name) => IntensityView.TryFind(name, out IntensityView? view) ? view! : throw new ArgumentException(name);
}
