using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>MAE on patches of any place, mirrored at random; see <see cref="MaskedAutoencoder"/>.</summary>
internal sealed class MaskingTask : IPretrainTask
{
    private readonly PretrainOptions _options;
    private readonly VisionTransformer _encoder;
    private readonly MaskedAutoencoder _model;
    private readonly PatchSampler _sampler;
    private readonly PatchCutter _cutter;
    private readonly BatchTensor _images;
    private readonly long[][] _orders;
    private readonly byte[] _classes;

    /// <summary>Prepares for a patch.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="encoder">On blocks of the patch.</param>
    /// <param name="patch">Extent, one plane.</param>
    public MaskingTask(PretrainOptions options, VisionTransformer encoder, GridSize patch)
    {
        (_options, _encoder) = (options, encoder);
        _model = new MaskedAutoencoder(encoder, options.Masking);
        _sampler = new PatchSampler(patch, new SamplingOptions { Placement = PlacementRule.Random }, 1);
        _cutter = new PatchCutter(patch, new AugmentationOptions { Flips = ["j", "i"] });
        _images = new BatchTensor(TensorShapes.Image(options.BatchSize, encoder.Inputs, 2, patch));
        _orders = new long[options.BatchSize][];
        _classes = new byte[patch.VoxelCount];
    }

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Parameters => _model.Parameters;

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Transferred => [.. _encoder.Parameters()];

    /// <inheritdoc />
    public NetworkWeights? Memory => null;

    /// <summary>Positions start from sines and cosines, as the published weights' do; they learn on from there.</summary>
    public void Begin(NetworkWeights weights) =>
        PositionCode.Fill(_encoder.Tokens.Down, _encoder.Tokens.Across, _encoder.Width, weights.Values(_encoder.Positions));

    /// <inheritdoc />
    public void Fill(IReadOnlyList<TrainingCase> images, int step)
    {
        for (int n = 0; n < _options.BatchSize; n++)
        {
            (TrainingCase image, SeededRandom random) = SampleDraw.Of(images, _options.Seed, (long)step * _options.BatchSize + n);
            _cutter.Cut(image, _sampler.Draw(image, ref random), ref random, _images.Sample(n), _classes);
            _orders[n] = _model.DrawOrder(ref random);
        }
    }

    /// <inheritdoc />
    public Tensor Loss(TorchOps ops) => _model.Loss(ops, _images.Tensor, _orders);

    /// <inheritdoc />
    public void End(int step)
    {
        // Nothing follows the weights.
    }

    /// <inheritdoc />
    public void Dispose() => _images.Dispose();
}
