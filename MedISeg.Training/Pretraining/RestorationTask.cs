using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>Models Genesis: the network restores disturbed patches, by the mean squared distance of its sigmoid to the patch.</summary>
internal sealed class RestorationTask : IPretrainTask
{
    private const double Rounding = 1e-3;
    private readonly PretrainOptions _options;
    private readonly Network _network;
    private readonly GridSize _patch;
    private readonly PatchSampler _sampler;
    private readonly BatchTensor _disturbed, _truth;
    private readonly ScratchArray<float> _scratch = new();
    private readonly ScratchArray<byte> _classes = new();

    /// <summary>Prepares for a patch.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="network">As many outputs as input channels.</param>
    /// <param name="patch">Extent; one plane in 2-D.</param>
    public RestorationTask(PretrainOptions options, Network network, GridSize patch)
    {
        (_options, _network, _patch) = (options, network, patch);
        _sampler = new PatchSampler(patch, new SamplingOptions { Placement = PlacementRule.Random }, 1);
        long[] shape = TensorShapes.Image(options.BatchSize, network.Options.InputChannels, network.Options.Dimensionality, patch);
        (_disturbed, _truth) = (new BatchTensor(shape), new BatchTensor(shape));
    }

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Parameters => _network.Parameters;

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Transferred => _network.BodyParameters;

    /// <inheritdoc />
    public NetworkWeights? Memory => null;

    /// <inheritdoc />
    public void Begin(NetworkWeights weights)
    {
        // Nothing follows the weights.
    }

    /// <inheritdoc />
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: intensities lie outside of [0, 1].</exception>
    public void Fill(IReadOnlyList<TrainingCase> images, int step)
    {
        for (int n = 0; n < _options.BatchSize; n++)
        {
            (TrainingCase image, SeededRandom random) = SampleDraw.Of(images, _options.Seed, (long)step * _options.BatchSize + n);
            for (int c = 0; c < image.Channels; c++)
                if (image.Range(c) is var (smallest, largest) && (smallest < -Rounding || largest > 1 + Rounding))
                    throw new SegmentationException(ErrorCode.InvalidOption,
                        "models-genesis restores intensities in [0, 1]; let the step min-max be the last of intensity, here and in the training.");
            Truth(image, ref random, _truth.Sample(n));
            Disturb(_truth.Sample(n), _disturbed.Sample(n), ref random);
        }
    }

    /// <inheritdoc />
    public Tensor Loss(TorchOps ops)
    {
        Tensor restored = _network.Run(ops, ops.Arrange(_disturbed.Tensor)).sigmoid();
        Tensor distance = restored - _truth.Tensor;
        Tensor loss = (distance * distance).mean();
        GC.KeepAlive(restored);
        GC.KeepAlive(distance);
        return loss;
    }

    /// <inheritdoc />
    public void End(int step)
    {
        // Nothing follows the weights.
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _disturbed.Dispose();
        _truth.Dispose();
        _scratch.Dispose();
        _classes.Dispose();
    }

    /// <summary>A patch of any place, mirrored up to three times.</summary>
    private void Truth(TrainingCase image, ref SeededRandom random, Span<float> truth)
    {
        VoxelIndex start = _sampler.Draw(image, ref random);
        Span<bool> flips = stackalloc bool[3];
        for (int n = 0; n < 3 && random.NextDouble() < _options.Restoration.Flip; n++) flips[random.NextInt(3)] ^= true;
        QuarterTurn turn = new(0, flips[0], flips[1], flips[2]);
        Span<float> read = _scratch.Take(truth.Length);
        int voxels = checked((int)_patch.VoxelCount);
        WindowReader.Read(image, start, _patch, read, _classes.Take(voxels));
        for (int from = 0; from < truth.Length; from += voxels) turn.Apply(read.Slice(from, voxels), _patch, truth.Slice(from, voxels));
    }

    /// <summary>Shuffle, bend, paint: in this order, each with its probability.</summary>
    private void Disturb(ReadOnlySpan<float> truth, Span<float> target, ref SeededRandom random)
    {
        RestorationOptions rates = _options.Restoration;
        int voxels = checked((int)_patch.VoxelCount);
        truth.CopyTo(target);
        if (random.NextDouble() < rates.LocalShuffle)
            for (int from = 0; from < truth.Length; from += voxels)
                Disturbances.Shuffle(truth.Slice(from, voxels), target.Slice(from, voxels), _patch, ref random);
        if (random.NextDouble() < rates.NonLinear) BezierCurve.Draw(ref random).Apply(target);
        if (random.NextDouble() >= rates.Paint) return;
        if (random.NextDouble() >= rates.OutPaint)
        {
            Disturbances.InPaint(target, _patch, Disturbances.DrawHoles(_patch, ref random), ref random);
            return;
        }
        Span<float> image = _scratch.Take(target.Length);
        target.CopyTo(image);
        Disturbances.OutPaint(image, _patch, Disturbances.DrawWindows(_patch, ref random), target, ref random);
    }
}
