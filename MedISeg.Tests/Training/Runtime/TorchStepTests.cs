using System.Runtime;
using MedISeg.Training.Runtime;
using TorchSharp;

namespace MedISeg.Tests.Training.Runtime;

[Collection(TrainingTests.Name)]
public sealed class TorchStepTests
{
    [Fact]
    public void Run_Inside_CollectsNothingAndLeavesTheRegionAfterwards()
    {
        int before = 0, after = 0;
        GCLatencyMode mode = TorchStep.Run(() =>
        {
            before = GC.CollectionCount(0);
            byte[][] garbage = [.. Enumerable.Range(0, 100).Select(_ => new byte[100_000])];
            after = GC.CollectionCount(0);
            return garbage.Length == 100 ? GCSettings.LatencyMode : GCLatencyMode.Batch;
        });
        Assert.Equal(GCLatencyMode.NoGCRegion, mode);
        Assert.Equal(before, after);
        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
    }

    [Fact]
    public void Run_MoreAllocatedThanTheBudget_IsAnErrorAndTheNextStepWorks()
    {
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => TorchStep.Run(() =>
        {
            for (int n = 0; n < 400; n++) Keep(new byte[1 << 20]);
        }));
        Assert.Contains("garbage collection ran", fault.Message, StringComparison.Ordinal);
        Assert.Equal(3, TorchStep.Run(() => 3));
    }

    [Fact]
    public void Run_InducedCollection_IsAnError() =>
        Assert.Throws<InvalidOperationException>(() => TorchStep.Run(() => GC.Collect()));

    [Fact]
    public void Run_AnotherThreadAllocates_IsAnError()
    {
        using ManualResetEventSlim inside = new(), done = new();
        Thread other = new(() =>
        {
            inside.Wait();
            for (int n = 0; n < 400; n++) Keep(new byte[1 << 20]);
            done.Set();
        })
        { IsBackground = true };
        other.Start();
        Assert.Throws<InvalidOperationException>(() => TorchStep.Run(() =>
        {
            inside.Set();
            done.Wait();
        }));
        other.Join();
    }

    [Fact]
    public void Run_BodyThrows_GivesThatErrorAndLeavesTheRegion()
    {
        Assert.Throws<FormatException>(() => TorchStep.Run(() => throw new FormatException()));
        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
    }

    [Fact]
    public void Run_Nested_JoinsTheOuterStep()
    {
        GCLatencyMode after = TorchStep.Run(() =>
        {
            int inner = TorchStep.Run(() => 5);
            return inner == 5 ? GCSettings.LatencyMode : GCLatencyMode.Batch;
        });
        Assert.Equal(GCLatencyMode.NoGCRegion, after);
    }

    [Fact]
    public void Run_Tensors_AreDisposedUnlessDetached()
    {
        (torch.Tensor lost, torch.Tensor kept) = TorchStep.Run(() => (torch.ones(2), torch.full(3, 7.0).DetachFromDisposeScope()));
        Assert.True(lost.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.Equal(7.0f, TorchStep.Run(() => kept[1].item<float>()));
        kept.Dispose();
    }

    private static void Keep(byte[] array) => GC.KeepAlive(array);
}
