using MedISeg.Tests.Training.Networks;
using MedISeg.Training.Networks;
using MedISeg.Training.Pretraining;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Pretraining;

/// <summary>The losses against sums written out in loops.</summary>
[Collection(TrainingTests.Name)]
public sealed class ContrastLossesTests
{
    private const int Images = 3, Width = 5, Earlier = 7;

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.7)]
    public void NtXent_ThreeImages_IsTheMeanOverAllSixViews(double temperature)
    {
        double[][] views = Rows("views", 2 * Images);
        double expected = 0;
        for (int n = 0; n < views.Length; n++)
        {
            double sum = 0;
            for (int other = 0; other < views.Length; other++)
                if (other != n) sum += Math.Exp(Dot(views[n], views[other]) / temperature);
            expected -= Math.Log(Math.Exp(Dot(views[n], views[(n + Images) % views.Length]) / temperature) / sum) / views.Length;
        }
        Assert.Equal(expected, Run((first, second) => ContrastLosses.NtXent(first, second, temperature), views[..Images], views[Images..]), 4);
    }

    [Fact]
    public void InfoNce_ThreeQueriesAndAQueueOfSeven_IsTheMeanOverQueries()
    {
        const double Temperature = 0.2;
        double[][] queries = Rows("queries", Images), keys = Rows("keys", Images), queue = Rows("queue", Earlier);
        double expected = 0;
        for (int n = 0; n < Images; n++)
        {
            double same = Math.Exp(Dot(queries[n], keys[n]) / Temperature), sum = same;
            foreach (double[] other in queue) sum += Math.Exp(Dot(queries[n], other) / Temperature);
            expected -= Math.Log(same / sum) / Images;
        }
        Assert.Equal(expected, Run((first, second) => ContrastLosses.InfoNce(first, second, Tensor(queue), Temperature), queries, keys), 4);
    }

    [Fact]
    public void Normalised_Rows_HaveLengthOneAndTheirDirection() => TorchStep.Run(() =>
    {
        float[] values = ContrastLosses.Normalised(NetworkRuns.Image([3, -4, 0, 0.6f, 0, 0.8f], [2, 3])).data<float>().ToArray();
        Assert.Equal([0.6f, -0.8f, 0, 0.6f, 0, 0.8f], values, (a, b) => Math.Abs(a - b) < 1e-6);
    });

    private static double Run(Func<Tensor, Tensor, Tensor> loss, double[][] first, double[][] second) =>
        TorchStep.Run(() => (double)loss(Tensor(first), Tensor(second)).item<float>());

    private static Tensor Tensor(double[][] rows) => NetworkRuns.Image(rows.SelectMany(row => row.Select(v => (float)v)).ToArray(), [rows.Length, Width]);

    private static double[][] Rows(string name, int count) => [.. Enumerable.Range(0, count).Select(row =>
    {
        double[] values = [.. Enumerable.Range(0, Width).Select(n => (double)HashFill.At(name, row * Width + n))];
        double length = Math.Sqrt(values.Sum(v => v * v));
        return values.Select(v => v / length).ToArray();
    })];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
