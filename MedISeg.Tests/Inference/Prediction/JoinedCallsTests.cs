using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Tests.Inference.Prediction;

public sealed class JoinedCallsTests : IDisposable
{
    private static readonly GridSize Size = new(1, 2, 3);
    private static readonly OnnxSignature Signature = new("in", "out", 1, 1, 3, default, FixedBatch: false);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly HeldCalls _held = new();

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Run_CallsThatGatherMeanwhile_AreMadeAsOneAndEachGetsItsOwnScores()
    {
        using JoinedCalls calls = new(_held, 8);
        Task<float[]>[] made = [Start(calls, 1, 1), Start(calls, 2, 2), Start(calls, 3, 1), Start(calls, 4, 3)];
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        _held.Go.Set();

        float[][] scores = await Task.WhenAll(made);

        Assert.Equal([1, 6], _held.Counts);
        for (int n = 0; n < 4; n++) Assert.All(scores[n], value => Assert.Equal(10 * (n + 1), value));
        Assert.Equal([6, 12, 6, 18], scores.Select(values => values.Length));
    }

    [Fact]
    public async Task Run_MoreThanMayBeJoined_GoesInTheOrderOfArrival()
    {
        using JoinedCalls calls = new(_held, 2);
        Task<float[]>[] made = [.. Enumerable.Range(1, 6).Select(n => Start(calls, n, 1))];
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        _held.Go.Set();

        await Task.WhenAll(made);

        Assert.Equal([1, 2, 2, 1], _held.Counts);
        Assert.Equal([1, 2, 3, 4, 5, 6], _held.First);
    }

    [Fact]
    public async Task Run_OtherExtent_IsNotJoined()
    {
        using JoinedCalls calls = new(_held, 8);
        Task<float[]>[] made = [Start(calls, 1, 1), Start(calls, 2, 1), Start(calls, 3, 1, new GridSize(3, 2, 1)), Start(calls, 4, 1)];
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        _held.Go.Set();

        await Task.WhenAll(made);

        Assert.Equal([1, 2, 1], _held.Counts);
        Assert.Equal([1, 2, 4, 3], _held.First);
    }

    [Fact]
    public async Task Run_OneOfThoseJoinedFails_OthersDoNot()
    {
        using JoinedCalls calls = new(_held, 8);
        Task<float[]>[] made = [Start(calls, 1, 1), Start(calls, 2, 1), Start(calls, HeldCalls.Bad, 1), Start(calls, 4, 1)];
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        _held.Go.Set();

        await Assert.ThrowsAnyAsync<OnnxRuntimeException>(() => made[2]);
        Assert.All(await made[1], value => Assert.Equal(20, value));
        Assert.All(await made[3], value => Assert.Equal(40, value));
        // The next one is made.
        Assert.All(await Start(calls, 5, 1), value => Assert.Equal(50, value));
        Assert.Equal([1, 3, 1, 1, 1, 1], _held.Counts);
    }

    [Fact]
    public void Run_NetworkOfOnePatchACall_IsCalledAsBefore()
    {
        using JoinedCalls calls = new(_held, 8);
        _held.Go.Set();
        float[] scores = new float[6];

        calls.Run(Signature with { FixedBatch = true }, new BatchSize(1, Size), Enumerable.Repeat(7f, 6).ToArray(), scores, CancellationToken.None);

        Assert.All(scores, value => Assert.Equal(70, value));
    }

    [Fact]
    public void Run_RealNetworkFromManyThreads_GivesEachItsOwnScores()
    {
        using TempFolder folder = new();
        string package = AnalyticPackages.Write(folder.Path, new AnalyticPackageOptions { Thresholds = [2, 5], PatchSize = [2, 3, 5], Channels = 2, AllowedViews = [] });
        byte[] file = File.ReadAllBytes(Path.Combine(package, "member-0.onnx"));
        using OnnxNetwork network = new(() => (new InferenceSession(file), "cpu"), joins: 4);
        OnnxSignature signature = network.Signature(ManifestReader.Read(package), "member-0.onnx");
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            int batch = thread % 3 + 1;
            float[] patch = new float[60 * batch], scores = new float[90 * batch];
            for (int n = 0; n < 50; n++)
            {
                for (int m = 0; m < batch; m++) patch.AsSpan(60 * m, 60).Fill(thread + n + m);
                if (thread == 7)
                {
                    // Stopped, alone or among others; never the others'.
                    try
                    {
                        network.Run(signature, new BatchSize(batch, new GridSize(2, 3, 5)), patch, scores, stopped.Token);
                    }
                    catch (OnnxRuntimeException)
                    {
                        continue;
                    }
                }
                else network.Run(signature, new BatchSize(batch, new GridSize(2, 3, 5)), patch, scores, CancellationToken.None);
                for (int m = 0; m < batch; m++) Assert.Equal(0.1 * (2 * (thread + n + m) - 2), scores[90 * m + 30], 1e-4);
            }
        });
    }

    /// <summary>A call on a thread of its own, begun before the next one is.</summary>
    private Task<float[]> Start(JoinedCalls calls, int value, int count, GridSize? size = null)
    {
        GridSize patch = size ?? Size;
        float[] input = new float[count * patch.VoxelCount], output = new float[input.Length];
        input.AsSpan().Fill(value);
        using ManualResetEventSlim begun = new();
        Task<float[]> made = Task.Factory.StartNew(
            () =>
            {
                begun.Set();
                calls.Run(Signature, new BatchSize(count, patch), input, output, CancellationToken.None);
                return output;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        begun.Wait(TestContext.Current.CancellationToken);
        if (!_held.Go.IsSet) Thread.Sleep(Moment / 4);
        return made;
    }

    /// <summary>Scores ten times the input; the first call waits to be let go.</summary>
    private sealed class HeldCalls : ISessionCalls
    {
        public const int Bad = 99;

        private readonly Lock _gate = new();

        public ManualResetEventSlim Go { get; } = new();

        /// <summary>Patches of each call.</summary>
        public List<int> Counts { get; } = [];

        /// <summary>First value of each patch, call by call.</summary>
        public List<int> First { get; } = [];

        public void Run(OnnxSignature signature, BatchSize size, ReadOnlySpan<float> input, Span<float> output, CancellationToken cancellationToken)
        {
            int patch = (int)size.Patch.VoxelCount;
            lock (_gate)
            {
                Counts.Add(size.Count);
                for (int n = 0; n < size.Count; n++) First.Add((int)input[n * patch]);
            }
            Go.Wait(CancellationToken.None);
            if (input.Contains(Bad)) new InferenceSession([1, 2, 3]).Dispose();
            for (int n = 0; n < input.Length; n++) output[n] = 10 * input[n];
        }

        public void Dispose() => Go.Dispose();
    }
}
