using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Runtime;
using MedISeg.Training.Trainers;
using static TorchSharp.torch;

namespace MedISeg.Training.Gan;

/// <summary>Generator and discriminator with their weights and optimisers; owns them.</summary>
internal sealed class GanNetworks : IDisposable
{
    private readonly NetworkWeights _weights;
    private readonly TorchOps _ops;
    private readonly Network _generator;
    private readonly ConvLayer _levels;
    private readonly PatchDiscriminator _discriminator;
    private readonly WeightUpdater _generatorUpdater, _discriminatorUpdater;
    private readonly double _rate, _l1Weight;
    private readonly int _classes;

    /// <summary>Makes both networks; seeds their weights.</summary>
    /// <param name="training">The training that the pairs are for.</param>
    /// <param name="gan">Options that were checked against it.</param>
    public GanNetworks(TrainOptions training, GanOptions gan)
    {
        int dimensions = training.Network.Dimensionality;
        _classes = training.Classes.Count;
        (_rate, _l1Weight) = (gan.LearningRate, gan.L1Weight);
        _generator = Network.Of(new UNetOptions
        {
            Dimensionality = dimensions, InputChannels = _classes + 1, Classes = training.Inputs.Count, Features = gan.Features,
        });
        _levels = ConvLayer.Square("levels", dimensions, _classes, training.Inputs.Count, 1);
        _discriminator = new PatchDiscriminator(dimensions, _classes + training.Inputs.Count, gan.DiscriminatorFeatures);
        ParameterInfo[] made = [.. _generator.Parameters, .. _levels.Parameters()];
        _weights = new NetworkWeights([.. made, .. _discriminator.Parameters], trainable: true);
        _weights.Initialise(training.Seed);
        _ops = new TorchOps(_weights, training: true);
        _generatorUpdater = new WeightUpdater(_weights, gan.Optimiser(), made);
        _discriminatorUpdater = new WeightUpdater(_weights, gan.Optimiser(), _discriminator.Parameters);
    }

    /// <summary>All weights, and the optimisers' state by name.</summary>
    public IEnumerable<(ParameterInfo Parameter, string Name, Memory<float>? Moment)> State()
    {
        foreach (ParameterInfo parameter in _weights.Parameters) yield return (parameter, parameter.Name, null);
        foreach (WeightUpdater updater in (WeightUpdater[])[_generatorUpdater, _discriminatorUpdater])
            foreach ((string moment, float[][] values) in updater.Optimiser.Moments)
                for (int n = 0; n < values.Length; n++)
                    yield return (updater.Trainable[n], $"optimiser.{moment}.{updater.Trainable[n].Name}", values[n]);
    }

    /// <summary>The weights of a parameter; borrowed.</summary>
    public Span<float> Values(ParameterInfo parameter) => _weights.Values(parameter);

    /// <summary>One step of the discriminator, then one of the generator.</summary>
    /// <param name="condition">[batch, classes + 1, spatial]: one channel a class, then noise.</param>
    /// <param name="image">[batch, channels, spatial]: the real images.</param>
    /// <param name="step">From 0.</param>
    public GanLosses Learn(Tensor condition, Tensor image, int step) => TorchStep.Run(() =>
    {
        Tensor mask = condition.narrow(1, 0, _classes);
        Tensor made = Make(condition, mask);
        Tensor real = Judge(mask, image).sub(1).square().mean(), fake = Judge(mask, made.detach()).square().mean();
        Tensor doubt = (real + fake) / 2;
        doubt.backward();
        _discriminatorUpdater.Apply(step + 1, _rate);

        Tensor adversarial = Judge(mask, made).sub(1).square().mean(), l1 = made.sub(image).abs().mean();
        Tensor loss = adversarial + l1 * _l1Weight;
        loss.backward();
        _generatorUpdater.Apply(step + 1, _rate);
        // The generator's loss went through the discriminator, which must not learn from it.
        _discriminatorUpdater.Clear();
        GanLosses losses = new(l1.item<float>(), adversarial.item<float>(), doubt.item<float>());
        GC.KeepAlive(condition);
        GC.KeepAlive(image);
        return losses;
    });

    /// <summary>Makes images.</summary>
    /// <param name="condition">As in <see cref="Learn"/>.</param>
    /// <returns>[batch, channels, spatial], row-major.</returns>
    public unsafe float[] Generate(Tensor condition) => TorchStep.Run(() =>
    {
        using IDisposable quiet = no_grad();
        Tensor made = Make(condition, condition.narrow(1, 0, _classes)).contiguous();
        float[] values = new Span<float>((void*)TensorMemory.Pointer(made), checked((int)made.NumberOfElements)).ToArray();
        GC.KeepAlive(made);
        GC.KeepAlive(condition);
        return values;
    });

    /// <inheritdoc />
    public void Dispose() => _weights.Dispose();

    /// <summary>The U-Net's image and a level of each class: instance normalisation forgets which class fills most of a patch.</summary>
    private Tensor Make(Tensor condition, Tensor mask) => _ops.Add(_generator.Run(_ops, condition), _ops.Conv(mask, _levels));

    private Tensor Judge(Tensor mask, Tensor image) => _discriminator.Run(_ops, _ops.Concat(mask, image));
}

/// <summary>What one step showed.</summary>
/// <param name="L1">Mean absolute difference of made and real images, in normalised intensities.</param>
/// <param name="Adversarial">Mean squared distance of the discriminator's scores of made images to 1.</param>
/// <param name="Discriminator">Half of its mean squared errors on real and on made images.</param>
internal readonly record struct GanLosses(double L1, double Adversarial, double Discriminator);
