using System.Numerics;

namespace MedISeg.Training.Optimisation;

/// <summary>Adam with bias correction; weight decay in the gradient (adam) or apart (adam-w).</summary>
/// <remarks>Source: Kingma and Ba 2015; Loshchilov and Hutter 2019; epsilon 1e-8 as in PyTorch; checked against golden <c>optim</c>.</remarks>
internal sealed class AdamOptimiser : IOptimiser
{
    private const float Epsilon = 1e-8f;
    private readonly float[][] _mean, _square;
    private readonly double _beta1, _beta2, _decay;
    private readonly bool _apart;

    /// <summary>Starts with empty means.</summary>
    /// <param name="options">Betas, weight decay and kind.</param>
    /// <param name="counts">Number of weights of each trainable parameter.</param>
    public AdamOptimiser(OptimiserOptions options, IEnumerable<long> counts)
    {
        long[] lengths = [.. counts];
        _mean = [.. lengths.Select(count => new float[count])];
        _square = [.. lengths.Select(count => new float[count])];
        (_beta1, _beta2, _decay) = (options.Beta1, options.Beta2, options.WeightDecay);
        _apart = options.Kind == OptimiserKind.AdamW;
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, float[][]>> Moments => [new("mean", _mean), new("square", _square)];

    /// <inheritdoc />
    public void Update(int parameter, int step, double rate, ReadOnlySpan<float> gradient, Span<float> weights)
    {
        float[] mean = _mean[parameter], square = _square[parameter];
        float b1 = (float)_beta1, b2 = (float)_beta2, l2 = _apart ? 0 : (float)_decay, shrink = _apart ? (float)(1 - rate * _decay) : 1;
        float size = (float)(rate / (1 - Math.Pow(_beta1, step))), root = (float)Math.Sqrt(1 - Math.Pow(_beta2, step));
        int n = 0;
        for (; n <= weights.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> w = new(weights[n..]), g = new Vector<float>(gradient[n..]) + l2 * w;
            Vector<float> m = b1 * new Vector<float>(mean, n) + (1 - b1) * g, v = b2 * new Vector<float>(square, n) + (1 - b2) * g * g;
            m.CopyTo(mean, n);
            v.CopyTo(square, n);
            (shrink * w - size * m / (Vector.SquareRoot(v) / root + new Vector<float>(Epsilon))).CopyTo(weights[n..]);
        }
        for (; n < weights.Length; n++)
        {
            float g = gradient[n] + l2 * weights[n];
            float m = mean[n] = b1 * mean[n] + (1 - b1) * g;
            float v = square[n] = b2 * square[n] + (1 - b2) * g * g;
            weights[n] = shrink * weights[n] - size * m / (MathF.Sqrt(v) / root + Epsilon);
        }
    }
}
