using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Tests.Inference.Models;

public sealed class OnnxNetworkTests : IDisposable
{
    private static readonly AnalyticPackageOptions Options = new() { Thresholds = [2, 5], PatchSize = [2, 3, 5], Channels = 2, AllowedViews = [] };
    private static readonly GridSize Size = new(2, 3, 5);
    private readonly TempFolder _folder = new();
    private readonly byte[] _file;
    private readonly ModelManifest _manifest;

    public OnnxNetworkTests()
    {
        string package = AnalyticPackages.Write(_folder.Path, Options);
        _file = File.ReadAllBytes(Path.Combine(package, "member-0.onnx"));
        _manifest = ManifestReader.Read(package);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_ThroughBoundBuffers_GivesTheScoresOfTheCallersMemoryForEveryShape()
    {
        using OnnxNetwork network = new(Open);
        OnnxSignature signature = network.Signature(_manifest, "member-0.onnx");
        using InferenceSession session = new(_file);
        using PinnedTransfer transfer = new(session, pinned: false);
        foreach ((GridSize size, int seed) in ((GridSize, int)[])[(new(2, 3, 5), 1), (new(2, 3, 5), 2), (new(4, 3, 2), 3), (new(2, 3, 5), 4)])
        {
            float[] patch = [.. Enumerable.Range(0, (int)(2 * size.VoxelCount)).Select(n => (n * 7 + seed) % 11 * 0.5f)];
            float[] direct = new float[3 * size.VoxelCount], bound = new float[3 * size.VoxelCount];
            network.Run(signature, new BatchSize(1, size), patch, direct, CancellationToken.None);
            transfer.Run(signature, new BatchSize(1, size), patch, bound, CancellationToken.None);
            Assert.Equal(direct, bound);
            // Class 1 at the first voxel: steepness * (the sum of both channels - the threshold).
            Assert.Equal(0.1 * (patch[0] + patch[size.VoxelCount] - 2), direct[size.VoxelCount], 1e-5);
        }
    }

    [Fact]
    public void TryRenew_Idle_OpensANewSessionWithTheSameScores()
    {
        int opened = 0;
        using OnnxNetwork network = new(() =>
        {
            opened++;
            return Open();
        });
        float[] before = Scores(network);
        Assert.True(network.TryRenew());
        Assert.Equal(2, opened);
        Assert.Equal(before, Scores(network));
    }

    [Fact]
    public void TryRenew_FileGone_KeepsTheOldSession()
    {
        bool gone = false;
        using OnnxNetwork network = new(() => gone
            ? throw new MedISeg.Imaging.Errors.SegmentationException(MedISeg.Imaging.Errors.ErrorCode.ModelFailed, "The file is gone.")
            : Open());
        float[] before = Scores(network);
        gone = true;
        Assert.False(network.TryRenew());
        Assert.Equal(before, Scores(network));
    }

    [Fact]
    public void TryRenew_BoundMemory_IsBoundToTheNewSession()
    {
        using OnnxNetwork network = new(Open);
        OnnxSignature signature = network.Signature(_manifest, "member-0.onnx");
        float[] patch = Pinned(60), scores = Pinned(90);
        for (int n = 0; n < 2; n++)
        {
            patch.AsSpan().Fill(n);
            network.Run(signature, new BatchSize(1, Size), patch, scores, CancellationToken.None);
            Assert.Equal(0.1 * (2 * n - 2), scores[30], 1e-5);
            Assert.True(network.TryRenew());
        }
    }

    [Fact]
    public void Predict_MemoryThatStays_AllocatesNothing()
    {
        using OnnxNetwork network = new(Open);
        using CancellationTokenSource source = new();
        OnnxPatchPredictor member = Predictor(network);
        SamplePredictor predictor = new([member, member], [1, 1], [SampleView.Identity, new SampleView(PatchView.Find("flip-i"), null, 1)], default);
        float[] patches = Pinned(3 * 60), scores = Pinned(3 * 90);
        Predict(2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Predict(50);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50);

        // Two places and a longer batch, as in a sliding window.
        void Predict(int rounds)
        {
            for (int n = 0; n < rounds; n++)
            {
                predictor.Predict(patches.AsSpan(0, 60), Size, scores.AsSpan(0, 90), source.Token);
                predictor.Predict(patches.AsSpan(60, 120), Size, scores.AsSpan(90, 180), source.Token);
            }
        }
    }

    [Fact]
    public void Predict_MorePlacesThanAreKept_GivesEachItsOwnScores()
    {
        using OnnxNetwork network = new(Open);
        OnnxPatchPredictor predictor = Predictor(network);
        float[] patches = Pinned(40 * 60), scores = Pinned(40 * 90), alone = new float[90];
        for (int n = 0; n < patches.Length; n++) patches[n] = n * 13 % 101 * 0.1f;
        for (int round = 0; round < 2; round++)
            for (int n = 0; n < 40; n++) predictor.Predict(patches.AsSpan(n * 60, 60), Size, scores.AsSpan(n * 90, 90), CancellationToken.None);
        for (int n = 0; n < 40; n++)
        {
            predictor.Predict(patches.AsSpan(n * 60, 60).ToArray(), Size, alone, CancellationToken.None);
            Assert.Equal(alone, scores[(n * 90)..((n + 1) * 90)]);
        }
    }

    [Fact]
    public void Run_ThreadsAtATime_GiveEachItsOwnScores()
    {
        using OnnxNetwork network = new(Open);
        OnnxSignature signature = network.Signature(_manifest, "member-0.onnx");
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            float[] patch = Pinned(60), scores = Pinned(90);
            for (int n = 0; n < 50; n++)
            {
                patch.AsSpan().Fill(thread + n);
                network.Run(signature, new BatchSize(1, Size), patch, scores, CancellationToken.None);
                Assert.Equal(0.1 * (2 * (thread + n) - 2), scores[30], 1e-4);
            }
        });
    }

    [Fact]
    public void Run_AfterOneThatWasStopped_Runs()
    {
        using OnnxNetwork network = new(Open);
        OnnxSignature signature = network.Signature(_manifest, "member-0.onnx");
        float[] patch = Pinned(60), scores = Pinned(90), again = new float[90];
        network.Run(signature, new BatchSize(1, Size), patch, scores, CancellationToken.None);
        scores.CopyTo(again);
        Assert.ThrowsAny<OnnxRuntimeException>(() => network.Run(signature, new BatchSize(1, Size), patch, scores, new CancellationToken(true)));
        scores.AsSpan().Clear();
        network.Run(signature, new BatchSize(1, Size), patch, scores, CancellationToken.None);
        Assert.Equal(again, scores);
    }

    [Fact]
    public void Note_GrowthByHalfAndMore_IsToldOnceAndCountedAnew()
    {
        const long MiB = 1 << 20;
        UnmanagedGrowth growth = new();
        Assert.Equal([false, false, false, false, true, false, false],
            new long[] { 0, 1000 * MiB, 900 * MiB, 1862 * MiB, 1863 * MiB, 1900 * MiB, 1900 * MiB }.Select(growth.Note));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Predict_Batches_GiveTheScoresOfSinglePatchesWithinRounding(int batch)
    {
        using OnnxNetwork network = new(Open);
        OnnxPatchPredictor predictor = Predictor(network);
        float[] patches = [.. Enumerable.Range(0, batch * 60).Select(n => n * 13 % 31 * 0.25f)], together = new float[batch * 90], alone = new float[90];
        if (network.Signature(_manifest, "member-0.onnx").FixedBatch) Assert.Fail("the package must have a free batch");
        predictor.Predict(patches, Size, together, CancellationToken.None);
        for (int n = 0; n < batch; n++)
        {
            predictor.Predict(patches.AsSpan(n * 60, 60), Size, alone, CancellationToken.None);
            for (int v = 0; v < 90; v++) Assert.Equal(alone[v], together[n * 90 + v], 1e-6f);
        }
    }

    private (InferenceSession Session, string Device) Open() => (new InferenceSession(_file), "cpu");

    private OnnxPatchPredictor Predictor(OnnxNetwork network) => new(network, network.Signature(_manifest, "member-0.onnx"), _manifest.Network, 1);

    private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);

    private float[] Scores(OnnxNetwork network)
    {
        OnnxSignature signature = network.Signature(_manifest, "member-0.onnx");
        float[] patch = [.. Enumerable.Range(0, 60).Select(n => n * 0.1f)], scores = new float[90];
        network.Run(signature, new BatchSize(1, Size), patch, scores, CancellationToken.None);
        return scores;
    }
}
