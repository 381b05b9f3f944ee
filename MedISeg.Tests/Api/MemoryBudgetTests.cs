using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.SystemInformation;
using MedISeg.Inference.Reports;

namespace MedISeg.Tests.Api;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _budget = new(
        Microsoft.Extensions.Options.Options.Create(new LimitOptions { MaxMemoryBytes = MemoryEstimate.RuntimeBytes + 100 }), ControlGroup.Read());

    [Fact]
    public async Task Take_DoesNotFitBesideOthers_WaitsUntilTheyAreGone()
    {
        IDisposable first = Take(60), small = Take(40);

        Task<IDisposable> second = TakeAsync(50);
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(300)));
        small.Dispose();
        // The same share is given back once only.
        small.Dispose();
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(300)));
        first.Dispose();

        (await second.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
        Take(100).Dispose();
    }

    [Fact]
    public async Task Take_SmallOneBehindALargeOne_DoesNotPassIt()
    {
        IDisposable running = Take(60);
        Task<IDisposable> large = TakeAsync(100);
        Assert.NotSame(large, await Task.WhenAny(large, Task.Delay(300)));

        Task<IDisposable> small = TakeAsync(10);
        Assert.NotSame(small, await Task.WhenAny(small, Task.Delay(300)));
        running.Dispose();

        IDisposable taken = await large.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(small.IsCompleted);
        taken.Dispose();
        (await small.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
    }

    [Fact]
    public async Task Take_CancelledWhileItWaits_LeavesTheOthersTheirPlace()
    {
        IDisposable running = Take(60);
        using CancellationTokenSource cancel = new();
        Task<IDisposable> large = TakeAsync(100, cancel.Token);
        Assert.NotSame(large, await Task.WhenAny(large, Task.Delay(300)));
        Task<IDisposable> small = TakeAsync(40);
        Assert.NotSame(small, await Task.WhenAny(small, Task.Delay(300)));

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
        running.Dispose();
    }

    /// <summary>On a thread of its own, begun in the order of the calls however busy the thread pool is.</summary>
    private async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellationToken = default)
    {
        using SemaphoreSlim begun = new(0);
        Task<IDisposable> taken = Task.Factory.StartNew(
            () =>
            {
                begun.Release();
                return Take(bytes, cancellationToken);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        begun.Wait(CancellationToken.None);
        return await taken;
    }

    private IDisposable Take(long bytes, CancellationToken cancellationToken = default) => _budget.Take(
        new MemoryEstimate
        {
            SourceBytes = bytes, ModelImageBytes = 0, ResamplingBytes = 0, LabelBytes = 0, AccumulatorBytes = 0, PatchBytes = 0, WayBackBytes = 0,
            UncertaintyBytes = 0, PostprocessingBytes = 0, ActivationBytes = 0, ModelVoxels = 0, NetworkCalls = 0,
        },
        cancellationToken);
}
