using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;

namespace MedISeg.Tests.Inference.Tiling;

public sealed class BlendWeightsTests
{
    [Fact]
    public void Create_Gaussian_IsTheClampedProductWithSigmaOfAnEighth()
    {
        GridSize patch = new(4, 9, 16);
        BlendWeights weights = BlendWeights.Create(BlendKind.Gaussian, patch);
        double largest = Product(1, 4, 7), clamped = 0;
        for (int k = 0; k < patch.Depth; k++)
            for (int j = 0; j < patch.Height; j++)
                for (int i = 0; i < patch.Width; i++)
                {
                    double expected = Math.Max(Product(k, j, i), 1e-3 * largest);
                    if (expected > Product(k, j, i)) clamped++;
                    Assert.Equal(expected, weights[k, j, i], 1e-6);
                }
        Assert.True(clamped > 100, "the floor must show in this patch");

        double Product(int k, int j, int i) => Factor(k, 4) * Factor(j, 9) * Factor(i, 16);
        static double Factor(int n, int side) => Math.Exp(-0.5 * Math.Pow((n - (side - 1) / 2.0) / (side / 8.0), 2));
    }

    [Fact]
    public void Create_Uniform_IsOneEverywhere()
    {
        BlendWeights weights = BlendWeights.Create(BlendKind.Uniform, new GridSize(2, 3, 5));
        Assert.All(from k in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 5) select weights[k, j, i],
            w => Assert.Equal(1f, w));
    }
}
