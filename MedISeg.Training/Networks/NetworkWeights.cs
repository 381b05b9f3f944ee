using MedISeg.Training.Data;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Training.Networks;

/// <summary>The tensors of a network by state name; owns them.</summary>
internal sealed class NetworkWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly Dictionary<string, nint> _places = [];

    /// <summary>Makes tensors of zeros.</summary>
    /// <param name="parameters">Names and shapes.</param>
    /// <param name="trainable">Whether gradients are recorded.</param>
    public NetworkWeights(IReadOnlyList<ParameterInfo> parameters, bool trainable)
    {
        Parameters = parameters;
        TorchStep.Run(() =>
        {
            foreach (ParameterInfo parameter in parameters)
            {
                Tensor tensor = zeros([.. parameter.Shape], ScalarType.Float32, requires_grad: trainable && parameter.Trainable);
                _tensors.Add(parameter.Name, tensor.DetachFromDisposeScope());
                _places.Add(parameter.Name, TensorMemory.Pointer(tensor));
            }
        });
    }

    /// <summary>Names and shapes in a fixed order.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>The tensor of a name; borrowed.</summary>
    /// <exception cref="KeyNotFoundException">The network has no such tensor.</exception>
    public Tensor this[string name] => _tensors[name];

    /// <summary>The elements of a tensor, row-major, in native memory; borrowed, valid until disposal.</summary>
    /// <remarks>All changes are in place, so the memory never moves.</remarks>
    public unsafe Span<float> Values(ParameterInfo parameter) => new((void*)_places[parameter.Name], checked((int)parameter.Count));

    /// <summary>Weights and biases as their <see cref="InitialRule"/> says, scales and running variances 1, everything else 0.</summary>
    /// <param name="seed">Same seed, same weights.</param>
    public void Initialise(int seed)
    {
        for (int n = 0; n < Parameters.Count; n++)
        {
            SeededRandom random = new(seed, n, stream: 1);
            Span<float> values = Values(Parameters[n]);
            double deviation = Math.Sqrt(2.0 / Parameters[n].Fan), bound = 1 / Math.Sqrt(Parameters[n].Fan);
            switch (Parameters[n].Role)
            {
                case ParameterRole.Weight or ParameterRole.Bias when Parameters[n].Start == InitialRule.Uniform:
                    for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextDouble(-bound, bound);
                    break;
                case ParameterRole.Weight when Parameters[n].Start == InitialRule.Xavier:
                    bound *= Math.Sqrt(6);
                    for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextDouble(-bound, bound);
                    break;
                case ParameterRole.Weight:
                    for (int i = 0; i < values.Length; i++) values[i] = (float)(deviation * random.NextGaussian());
                    break;
                case ParameterRole.Scale when Parameters[n].Start == InitialRule.Zero:
                    values.Clear();
                    break;
                case ParameterRole.Scale or ParameterRole.RunningVariance:
                    values.Fill(1);
                    break;
                default:
                    values.Clear();
                    break;
            }
        }
    }

    /// <summary>Fills every tensor by its name, see <see cref="HashFill"/>.</summary>
    public void FillByHash()
    {
        foreach (ParameterInfo parameter in Parameters) HashFill.Fill(parameter, Values(parameter));
    }

    /// <summary>Copies all elements of another set of the same network.</summary>
    public void CopyFrom(NetworkWeights other)
    {
        foreach (ParameterInfo parameter in Parameters) other.Values(parameter).CopyTo(Values(parameter));
    }

    /// <summary>Copies of all elements by name.</summary>
    public IReadOnlyDictionary<string, float[]> ToArrays() => Parameters.ToDictionary(p => p.Name, p => Values(p).ToArray());

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values) tensor.Dispose();
        _tensors.Clear();
        _places.Clear();
    }
}
