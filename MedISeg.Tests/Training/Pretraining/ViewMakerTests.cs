using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Pretraining;

namespace MedISeg.Tests.Training.Pretraining;

public sealed class ViewMakerTests
{
    [Fact]
    public void Read_MirroredBox_EqualsInterpolationByHand()
    {
        using TrainingCase image = ToyCases.Case(1, new GridSize(3, 4, 5));
        // Depth: plane 1 alone. Height: rows 0.5 and 2. Width: 3.25 then 1.25, so mirrored.
        float[] read = new float[4];
        ViewMaker.Read(image, new LinearAxis(1, 3, 0, 1), new LinearAxis(2, 4, 1.5, 0.5), new LinearAxis(2, 5, -2, 3.25), read);
        double At(int j, int i) => (double)image.Intensities(0)[(int)image.Grid.Offset(1, j, i)];
        double Row(int j, double i) => At(j, (int)i) * 0.75 + At(j, (int)i + 1) * 0.25;
        double[] expected = [(Row(0, 3.25) + Row(1, 3.25)) / 2, (Row(0, 1.25) + Row(1, 1.25)) / 2, Row(2, 3.25), Row(2, 1.25)];
        for (int n = 0; n < 4; n++) Assert.Equal(expected[n], read[n], 1e-3);
    }

    [Fact]
    public void Fill_OnlyMirrorsAllowed_GivesTheWindowOrAMirrorOfIt()
    {
        using TrainingCase image = ToyCases.Case(2, new GridSize(4, 6, 7));
        ContrastOptions options = new() { SmallestView = 1, Intensity = 0, Blur = 0, Noise = 0 };
        using ViewMaker maker = new(new GridSize(4, 6, 7), options);
        float[] first = new float[168], second = new float[168];
        SeededRandom random = new(3, 0, 0);
        maker.Fill(image, ref random, first, second);
        // Sides may differ by up to 4/3, so that a view is a part of the window: no value leaves the window's range.
        (float smallest, float largest) = image.Range(0);
        Assert.All(first.Concat(second), value => Assert.InRange(value, smallest - 1e-3f, largest + 1e-3f));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Fill_SameRandomNumbers_GivesTheSameViews()
    {
        using TrainingCase image = ToyCases.Case(2, new GridSize(9, 12, 17));
        using ViewMaker maker = new(new GridSize(1, 8, 10), new ContrastOptions());
        float[] Fill(int seed)
        {
            float[] first = new float[80], second = new float[80];
            SeededRandom random = new(seed, 0, 0);
            maker.Fill(image, ref random, first, second);
            Assert.All(first.Concat(second), value => Assert.True(float.IsFinite(value)));
            return [.. first, .. second];
        }
        Assert.Equal(Fill(1), Fill(1));
        Assert.NotEqual(Fill(1), Fill(2));
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1.7)]
    public void Apply_GaussianBlur_EqualsASumOverAllOffsets(double sigma)
    {
        GridSize patch = new(2, 5, 7);
        float[] image = [.. Enumerable.Range(0, 70).Select(n => HashFill.At("blur", n))], blurred = [.. image];
        GaussianBlur.Apply(blurred, patch, sigma, new float[7]);
        int radius = (int)Math.Ceiling(3 * sigma);
        double Weight(int n) => Math.Exp(-n * n / (2 * sigma * sigma));
        double whole = Math.Pow(Enumerable.Range(-radius, 2 * radius + 1).Sum(Weight), 3);
        for (int k = 0; k < 2; k++)
            for (int j = 0; j < 5; j++)
                for (int i = 0; i < 7; i++)
                {
                    double sum = 0;
                    for (int z = -radius; z <= radius; z++)
                        for (int y = -radius; y <= radius; y++)
                            for (int x = -radius; x <= radius; x++)
                                sum += Weight(z) * Weight(y) * Weight(x) * image[(Inside(k + z, 2) * 5 + Inside(j + y, 5)) * 7 + Inside(i + x, 7)];
                    Assert.Equal(sum / whole, blurred[(k * 5 + j) * 7 + i], 1e-5);
                }

        static int Inside(int n, int length)
        {
            while (n < 0 || n >= length) n = n < 0 ? -n : 2 * (length - 1) - n;
            return n;
        }
    }
}
