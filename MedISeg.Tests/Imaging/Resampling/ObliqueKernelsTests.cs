using MedISeg.Imaging.Resampling;

namespace MedISeg.Tests.Imaging.Resampling;

[Trait("Category", "Kernel")]
public sealed class ObliqueKernelsTests
{
    public static TheoryData<int> Lengths => [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 101];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Places_AnyLength_EqualsScalarTwin(int length)
    {
        foreach ((double start, double step, int last) in ((double, double, int)[])[(0.25, 0.37, 9), (12.1, -0.5, 9), (-3, 0, 4), (2, 1, 0), (-7.3, 1.9, 100)])
        {
            double[] vector = [.. Enumerable.Range(0, length).Select(n => n * 3.0)], scalar = [.. vector];
            float[] weights = new float[length], scalarWeights = new float[length];
            ObliqueKernels.Places(start, step, last, 7, vector, weights);
            ObliqueKernels.PlacesScalar(start, step, last, 7, 0, scalar, scalarWeights);
            Assert.Equal(scalar, vector);
            Assert.Equal(scalarWeights, weights);
            for (int n = 0; n < length; n++)
                Assert.Equal(Math.Clamp(start + step * n, 0, last), (vector[n] - 3 * n) / 7 + weights[n], 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Blend_AnyLength_EqualsScalarTwin(int length)
    {
        const int Row = 5, Plane = 20;
        Random random = new(length);
        float[] image = [.. Enumerable.Range(0, 4 * Plane).Select(_ => random.NextSingle() * 2000 - 1000)];
        double[] offset = [.. Enumerable.Range(0, length).Select(_ => (double)random.Next(image.Length - Plane - Row - 1))];
        float[] weights = [.. Enumerable.Range(0, 3 * length).Select(_ => random.NextSingle())], vector = new float[length], scalar = new float[length];
        ObliqueKernels.Blend(image, Row, Plane, offset, weights, vector);
        ObliqueKernels.BlendScalar(image, Row, Plane, offset, weights, scalar);
        Assert.Equal(scalar, vector);
        for (int n = 0; n < length; n++)
        {
            double sum = 0;
            for (int corner = 0; corner < 8; corner++)
            {
                int i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
                sum += image[(int)offset[n] + k * Plane + j * Row + i] * Part(weights[n], i) * Part(weights[length + n], j) * Part(weights[2 * length + n], k);
            }
            Assert.Equal(sum, vector[n], 1e-3);
        }

        static double Part(float weight, int upper) => upper == 1 ? weight : 1 - weight;
    }

    [Fact]
    public void Blend_OffsetBehindTheLastCorner_Throws()
    {
        float[] image = new float[3 * 2 * 2], weights = new float[3];
        // The last voxel that has a plane, a row and a column behind it.
        ObliqueKernels.Blend(image, 2, 4, [4], weights, new float[1]);
        Assert.ThrowsAny<ArgumentException>(() => ObliqueKernels.Blend(image, 2, 4, [5], weights, new float[1]));
        Assert.ThrowsAny<ArgumentException>(() => ObliqueKernels.BlendScalar(image, 2, 4, [5], weights, new float[1]));
    }
}
