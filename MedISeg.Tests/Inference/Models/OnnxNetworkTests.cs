using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Tests.Inference.Models;

public sealed class OnnxNetworkTests : IDisposable
{
    private static readonly AnalyticPackageOptions Options = new() { Thresholds = [2, 5], PatchSize = [2, 3, 5], Channels = 2, AllowedViews = [] };
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
        using RunOptions run = new();
        foreach ((GridSize size, int seed) in ((GridSize, int)[])[(new(2, 3, 5), 1), (new(2, 3, 5), 2), (new(4, 3, 2), 3), (new(2, 3, 5), 4)])
        {
            float[] patch = [.. Enumerable.Range(0, (int)(2 * size.VoxelCount)).Select(n => (n * 7 + seed) % 11 * 0.5f)];
            float[] direct = new float[3 * size.VoxelCount], bound = new float[3 * size.VoxelCount];
            network.Run(run, signature, patch, signature.Shape(1, 2, size), direct, signature.Shape(1, 3, size));
            transfer.Run(run, signature, patch, signature.Shape(1, 2, size), bound, signature.Shape(1, 3, size));
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
        OnnxPatchPredictor predictor = new(network, network.Signature(_manifest, "member-0.onnx"), _manifest.Network, 1);
        GridSize size = new(2, 3, 5);
        float[] patches = [.. Enumerable.Range(0, batch * 60).Select(n => n * 13 % 31 * 0.25f)], together = new float[batch * 90], alone = new float[90];
        if (network.Signature(_manifest, "member-0.onnx").FixedBatch) Assert.Fail("the package must have a free batch");
        predictor.Predict(patches, size, together, CancellationToken.None);
        for (int n = 0; n < batch; n++)
        {
            predictor.Predict(patches.AsSpan(n * 60, 60), size, alone, CancellationToken.None);
            for (int v = 0; v < 90; v++) Assert.Equal(alone[v], together[n * 90 + v], 1e-6f);
        }
    }

    private (InferenceSession Session, string Device) Open() => (new InferenceSession(_file), "cpu");

    private float[] Scores(OnnxNetwork network)
    {
        OnnxSignature signature = network.Signature(_manifest, "member-0.onnx");
        GridSize size = new(2, 3, 5);
        float[] patch = [.. Enumerable.Range(0, 60).Select(n => n * 0.1f)], scores = new float[90];
        using RunOptions run = new();
        network.Run(run, signature, patch, signature.Shape(1, 2, size), scores, signature.Shape(1, 3, size));
        return scores;
    }
}
