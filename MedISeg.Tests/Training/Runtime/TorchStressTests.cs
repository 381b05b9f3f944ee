using System.Diagnostics;
using System.Runtime.InteropServices;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Runtime;

/// <summary>Thousands of small steps, as training does them, while another thread works on native memory. Without
/// <see cref="TorchStep"/> such a loop ends the process within seconds.</summary>
[Collection(TrainingTests.Name)]
public sealed class TorchStressTests
{
    [Fact]
    public void Steps_SomeHundred_NoCrashAndTheLossFalls()
    {
        (float first, float last, int steps) = Stress(done => done == 300);
        Assert.Equal(300, steps);
        Assert.True(last < first, $"{first} to {last}");
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Steps_ForTenMinutes_NoCrashAndTheLossFalls()
    {
        Stopwatch clock = Stopwatch.StartNew();
        (float first, float last, _) = Stress(_ => clock.Elapsed > TimeSpan.FromMinutes(10));
        Assert.True(last < first, $"{first} to {last}");
    }

    private static (float First, float Last, int Steps) Stress(Func<int, bool> enough)
    {
        Network network = Network.Of(new UNetOptions { Features = [4, 8], Classes = 3 });
        using NetworkWeights weights = new(network.Parameters, trainable: true);
        weights.Initialise(1);
        WeightUpdater updater = new(weights, new OptimiserOptions { LearningRate = 1e-3 });
        TorchOps ops = new(weights, training: true);
        using CancellationTokenSource stop = new();
        Thread other = new(() => WorkOnNativeMemory(stop.Token));
        other.Start();
        int steps = 0;
        float first = float.NaN, last = float.NaN;
        try
        {
            while (!enough(steps))
            {
                last = TorchStep.Run(() =>
                {
                    Tensor image = rand([1, 1, 8, 8, 8]), labels = zeros([1, 8, 8, 8], ScalarType.Int64);
                    Tensor logits = network.Run(ops, image);
                    Tensor loss = VoxelLosses.CrossEntropy(logits, labels) + OverlapLosses.SoftDice(logits, labels, true, true, 1e-5);
                    loss.backward();
                    updater.Apply(steps + 1, 1e-3);
                    return loss.item<float>();
                });
                if (steps++ == 0) first = last;
                // What a trainer does between steps: garbage that the next step's start collects.
                GC.KeepAlive(new byte[64 << 10]);
            }
        }
        finally
        {
            stop.Cancel();
            other.Join();
        }
        return (first, last, steps);
    }

    private static unsafe void WorkOnNativeMemory(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            byte* block = (byte*)NativeMemory.Alloc(1 << 20);
            new Span<byte>(block, 1 << 20).Fill(3);
            NativeMemory.Free(block);
            Thread.Yield();
        }
    }
}
