using MedISeg.Tests.Support;
using MedISeg.Training.Losses;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Losses;

[Collection(TrainingTests.Name)]
public sealed class SegmentationLossesTests
{
    [Fact]
    public void CrossEntropy_Golden_HasItsValueAndGradient() => CheckGolden(1.8681724071502686, "losses3d/grad_ce.npy", SegmentationLosses.CrossEntropy);

    [Fact]
    public void SoftDice_GoldenOfThePaper_HasItsValueAndGradient() => CheckGolden(
        0.6929786801338196, "losses3d/grad_dice.npy",
        (logits, labels) => SegmentationLosses.SoftDice(logits, labels, includeBackground: true, batchDice: false, smooth: 1e-8));

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void SoftDice_EverySetting_EqualsTheSumWrittenOut(bool background, bool batch)
    {
        float[] logits = NpyFile.Golden("losses3d/logits.npy").As<float>();
        byte[] labels = NpyFile.Golden("losses3d/labels.npy").ToBytes();
        const double Smooth = 0.5;
        double actual = TorchStep.Run(() => (double)SegmentationLosses.SoftDice(
            tensor(logits).view(2, 3, 6, 6, 6), tensor(labels).to_type(ScalarType.Int64).view(2, 6, 6, 6), background, batch, Smooth).item<float>());
        Assert.Equal(Slow(logits, labels, background, batch, Smooth), actual, 1e-5);
    }

    private static double Slow(float[] logits, byte[] labels, bool background, bool batch, double smooth)
    {
        const int Samples = 2, Classes = 3, Voxels = 216;
        double[,] both = new double[Samples, Classes], each = new double[Samples, Classes];
        for (int s = 0; s < Samples; s++)
            for (int v = 0; v < Voxels; v++)
            {
                double[] e = [.. Enumerable.Range(0, Classes).Select(c => Math.Exp(logits[(s * Classes + c) * Voxels + v]))];
                for (int c = 0; c < Classes; c++)
                {
                    double p = e[c] / e.Sum(), t = labels[s * Voxels + v] == c ? 1 : 0;
                    both[s, c] += p * t;
                    each[s, c] += p + t;
                }
            }
        List<double> dice = [];
        for (int c = background ? 0 : 1; c < Classes; c++)
            if (batch) dice.Add((2 * (both[0, c] + both[1, c]) + smooth) / (each[0, c] + each[1, c] + smooth));
            else dice.AddRange([(2 * both[0, c] + smooth) / (each[0, c] + smooth), (2 * both[1, c] + smooth) / (each[1, c] + smooth)]);
        return 1 - dice.Average();
    }

    private static void CheckGolden(double value, string gradientFile, Func<Tensor, Tensor, Tensor> loss)
    {
        float[] values = NpyFile.Golden("losses3d/logits.npy").As<float>();
        byte[] classes = NpyFile.Golden("losses3d/labels.npy").ToBytes();
        float[] expected = NpyFile.Golden(gradientFile).ToFloats();
        float[] gradient = new float[expected.Length];
        double actual = TorchStep.Run(() =>
        {
            Tensor logits = tensor(values).view(2, 3, 6, 6, 6).detach().requires_grad_();
            Tensor labels = tensor(classes).to_type(ScalarType.Int64).view(2, 6, 6, 6);
            Tensor result = loss(logits, labels);
            result.backward();
            logits.grad!.contiguous().data<float>().CopyTo(gradient, 0);
            return (double)result.item<float>();
        });
        Assert.Equal(value, actual, 1e-5);
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], gradient[n], 1e-6f);
    }
}
