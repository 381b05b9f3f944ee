using MedISeg.Training.Losses;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Losses;

[Collection(TrainingTests.Name)]
public sealed class PixelWeightsTests
{
    [Theory]
    [InlineData(2, 3, 5, 3)]
    [InlineData(2, 3, 5, 31)]
    [InlineData(6, 7, 4, 5)]
    public void Of_Volume_EqualsTheCountOfOtherClassesInTheWindow(int depth, int height, int width, int window) =>
        Check([depth, height, width], window);

    [Theory]
    [InlineData(3, 5, 3)]
    [InlineData(9, 14, 31)]
    public void Of_Plane_EqualsTheCountOfOtherClassesInTheWindow(int height, int width, int window) => Check([1, height, width], window);

    private static void Check(int[] sides, int window)
    {
        const int Batch = 2, Classes = 3;
        int voxels = sides[0] * sides[1] * sides[2], half = window / 2;
        byte[] labels = [.. Enumerable.Range(0, Batch * voxels).Select(n => (byte)(n * 7 / 3 % 5 % 3))];
        double[] expected = new double[labels.Length];
        for (int n = 0; n < labels.Length; n++)
        {
            int i = n % sides[2], j = n / sides[2] % sides[1], k = n / (sides[2] * sides[1]) % sides[0], first = n / voxels * voxels;
            int others = 0, all = 0;
            for (int m = 0; m < voxels; m++)
            {
                int di = m % sides[2] - i, dj = m / sides[2] % sides[1] - j, dk = m / (sides[2] * sides[1]) - k;
                if (Math.Max(Math.Abs(di), Math.Max(Math.Abs(dj), Math.Abs(dk))) > half) continue;
                all++;
                if (labels[first + m] != labels[n]) others++;
            }
            expected[n] = 1 + 4.0 * others / all;
        }
        long[] shape = sides[0] == 1 ? [Batch, sides[1], sides[2]] : [Batch, sides[0], sides[1], sides[2]];
        float[] actual = TorchStep.Run(() =>
            PixelWeights.Of(tensor(labels).to_type(ScalarType.Int64).view(shape), Classes, window, 4).contiguous().data<float>().ToArray());
        Assert.Equal(expected.Length, actual.Length);
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], actual[n], 1e-5);
    }
}
