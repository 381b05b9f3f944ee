using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>MoCo v2: the second views go through a slowly following copy of the encoder and into a queue; see
/// <see cref="ContrastLosses.InfoNce"/>.</summary>
/// <remarks>Its shuffling of batches over several devices is left out: there is one.</remarks>
internal sealed class MocoTask : IPretrainTask
{
    private const double PublishedTemperature = 0.2;
    private const int QueueStream = 51;
    private readonly PretrainOptions _options;
    private readonly ProjectedEncoder _encoder;
    private readonly ViewBatch _views;
    private readonly NetworkWeights _following;
    private readonly ParameterInfo _queue;
    private readonly TorchOps _followingOps;
    private readonly float[] _keys;
    private NetworkWeights? _weights;

    /// <summary>Prepares for a patch; the queue starts with random rows of length 1.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="network">Gives the encoder.</param>
    /// <param name="patch">Extent; one plane in 2-D.</param>
    public MocoTask(PretrainOptions options, Network network, GridSize patch)
    {
        _options = options;
        _encoder = new ProjectedEncoder(network, options.Contrast.Projection);
        _views = new ViewBatch(options, network.Options, patch);
        _queue = new ParameterInfo("queue", [options.Contrast.Queue, options.Contrast.Projection], ParameterRole.RunningMean, 1);
        _following = new NetworkWeights([.. _encoder.Parameters, _queue], trainable: false);
        _followingOps = new TorchOps(_following, training: true);
        _keys = new float[options.BatchSize * options.Contrast.Projection];
        StartQueue();
    }

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Parameters => _encoder.Parameters;

    /// <inheritdoc />
    public IReadOnlyList<ParameterInfo> Transferred => _encoder.Encoder;

    /// <summary>The following encoder and the queue.</summary>
    public NetworkWeights Memory => _following;

    /// <summary>The keys of the last batches, [length, numbers]; borrowed.</summary>
    internal ReadOnlySpan<float> Queue => _following.Values(_queue);

    /// <inheritdoc />
    public void Begin(NetworkWeights weights)
    {
        _weights = weights;
        foreach (ParameterInfo parameter in Parameters) weights.Values(parameter).CopyTo(_following.Values(parameter));
    }

    /// <inheritdoc />
    public void Fill(IReadOnlyList<TrainingCase> images, int step) => _views.Fill(images, step);

    /// <inheritdoc />
    public Tensor Loss(TorchOps ops)
    {
        Follow();
        Tensor keys = Keys();
        Tensor queries = _encoder.Run(ops, _views.First.Tensor);
        Tensor loss = ContrastLosses.InfoNce(queries, keys, _following[_queue.Name], _options.Contrast.Temperature ?? PublishedTemperature);
        GC.KeepAlive(keys);
        GC.KeepAlive(queries);
        return loss;
    }

    /// <summary>The keys of the step replace the oldest ones. The gradient was taken of the queue as it was, so this must wait for the end.</summary>
    public void End(int step)
    {
        int place = (int)((long)step * _options.BatchSize % _options.Contrast.Queue) * _options.Contrast.Projection;
        _keys.CopyTo(_following.Values(_queue)[place..]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _views.Dispose();
        _following.Dispose();
    }

    private unsafe Tensor Keys()
    {
        using IDisposable quiet = no_grad();
        Tensor keys = _encoder.Run(_followingOps, _views.Second.Tensor).contiguous();
        new ReadOnlySpan<float>((void*)TensorMemory.Pointer(keys), _keys.Length).CopyTo(_keys);
        GC.KeepAlive(keys);
        return keys;
    }

    /// <summary>What gradients change is followed; running statistics come from the copy's own batches.</summary>
    private void Follow()
    {
        float kept = (float)_options.Contrast.Momentum;
        foreach (ParameterInfo parameter in Parameters.Where(parameter => parameter.Trainable))
        {
            ReadOnlySpan<float> now = _weights!.Values(parameter);
            Span<float> followed = _following.Values(parameter);
            for (int n = 0; n < followed.Length; n++) followed[n] = kept * followed[n] + (1 - kept) * now[n];
        }
    }

    private void StartQueue()
    {
        SeededRandom random = new(_options.Seed, 0, QueueStream);
        Span<float> queue = _following.Values(_queue);
        int width = _options.Contrast.Projection;
        for (int row = 0; row < queue.Length; row += width)
        {
            Span<float> key = queue.Slice(row, width);
            double sum = 0;
            foreach (ref float value in key)
            {
                value = (float)random.NextGaussian();
                sum += (double)value * value;
            }
            foreach (ref float value in key) value = (float)(value / Math.Sqrt(sum));
        }
    }
}
