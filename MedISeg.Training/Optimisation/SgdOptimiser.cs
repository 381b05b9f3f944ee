using System.Numerics;

namespace MedISeg.Training.Optimisation;

/// <summary>Stochastic gradient descent with momentum, PyTorch's rule: v = momentum * v + g, w -= rate * v (Nesterov: g + momentum * v).</summary>
internal sealed class SgdOptimiser : IOptimiser
{
    private readonly float[][] _velocity;
    private readonly float _momentum, _decay;
    private readonly bool _nesterov;

    /// <summary>Starts at rest.</summary>
    /// <param name="options">Momentum, Nesterov and weight decay.</param>
    /// <param name="counts">Number of weights of each trainable parameter.</param>
    public SgdOptimiser(OptimiserOptions options, IEnumerable<long> counts)
    {
        _velocity = [.. counts.Select(count => new float[count])];
        _momentum = (float)options.Momentum;
        _decay = (float)options.WeightDecay;
        _nesterov = options.Nesterov;
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, float[][]>> Moments => [new("velocity", _velocity)];

    /// <inheritdoc />
    public void Update(int parameter, int step, double rate, ReadOnlySpan<float> gradient, Span<float> weights)
    {
        float[] velocity = _velocity[parameter];
        float minus = (float)-rate;
        int n = 0;
        for (; n <= weights.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> w = new(weights[n..]), g = new Vector<float>(gradient[n..]) + _decay * w, v = _momentum * new Vector<float>(velocity, n) + g;
            v.CopyTo(velocity, n);
            (w + minus * (_nesterov ? g + _momentum * v : v)).CopyTo(weights[n..]);
        }
        for (; n < weights.Length; n++)
        {
            float g = gradient[n] + _decay * weights[n];
            float v = velocity[n] = _momentum * velocity[n] + g;
            weights[n] += minus * (_nesterov ? g + _momentum * v : v);
        }
    }
}
