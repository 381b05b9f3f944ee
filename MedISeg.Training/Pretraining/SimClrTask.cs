using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>SimCLR: both views go through the encoder; see <see cref="ContrastLosses.NtXent"/>.</summary>
internal sealed class SimClrTask : IPretrainTask
{
    private const double PublishedTemperature = 0.1;
    private readonly ProjectedEncoder _encoder;
    private readonly ViewBatch _views;
    private readonly double _temperature;

    /// <summary>Prepares for a patch.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="network">Gives the encoder.</param>
    /// <param name="patch">Extent; one plane in 2-D.</param>
    public SimClrTask(PretrainOptions options, Network network, GridSize patch)
    {
        _encoder = new ProjectedEncoder(network, options.Contrast.Projection);
        _views = new ViewBatch(options, network.Options, patch);
        _temperature = options.Contrast.Temperature ?? PublishedTemperature;
    }

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Parameters => _encoder.Parameters;

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Transferred => _encoder.Encoder;

    /// <inheritdoc />
    public NetworkWeights? Memory => null;

    /// <inheritdoc />
    public void Begin(NetworkWeights weights)
    {
        // Nothing follows the weights.
    }

    /// <inheritdoc />
    public void Fill(IReadOnlyList<TrainingCase> images, int step) => _views.Fill(images, step);

    /// <inheritdoc />
    public Tensor Loss(TorchOps ops)
    {
        // One run, so that batch normalisation sees both views together.
        Tensor both = cat([_views.First.Tensor, _views.Second.Tensor], 0);
        Tensor rows = _encoder.Run(ops, both);
        long images = rows.shape[0] / 2;
        Tensor loss = ContrastLosses.NtXent(rows.narrow(0, 0, images), rows.narrow(0, images, images), _temperature);
        GC.KeepAlive(both);
        GC.KeepAlive(rows);
        return loss;
    }

    /// <inheritdoc />
    public void End(int step)
    {
        // Nothing follows the weights.
    }

    /// <inheritdoc />
    public void Dispose() => _views.Dispose();
}
