using System.Numerics.Tensors;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using TorchSharp;

namespace MedISeg.Training.Optimisation;

/// <summary>Applies an optimiser to all trainable tensors of a network after a backward pass.</summary>
internal sealed class WeightUpdater
{
    private readonly NetworkWeights _weights;
    private readonly ParameterInfo[] _trainable;
    private readonly OptimiserOptions _options;

    /// <summary>Makes the optimiser that the options name.</summary>
    /// <param name="weights">Tensors of a network.</param>
    /// <param name="options">Rule and its numbers.</param>
    /// <param name="parameters">Those of the tensors that it changes; null: all.</param>
    public WeightUpdater(NetworkWeights weights, OptimiserOptions options, IReadOnlyList<ParameterInfo>? parameters = null)
    {
        _weights = weights;
        _options = options;
        _trainable = [.. (parameters ?? weights.Parameters).Where(p => p.Trainable)];
        IEnumerable<long> counts = _trainable.Select(p => p.Count);
        Optimiser = options.Kind == OptimiserKind.Sgd ? new SgdOptimiser(options, counts) : new AdamOptimiser(options, counts);
    }

    /// <summary>The optimiser with its state.</summary>
    public IOptimiser Optimiser { get; }

    /// <summary>The tensors that it changes, in the order of the optimiser's state.</summary>
    public IReadOnlyList<ParameterInfo> Trainable => _trainable;

    /// <summary>Changes the weights and clears the gradients. Call it in the <see cref="TorchStep"/> of the backward pass.</summary>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="rate">Learning rate.</param>
    /// <returns>Norm of all gradients together, before it was limited. Where it is not finite, nothing was changed.</returns>
    public double Apply(int step, double rate)
    {
        torch.Tensor[] gradients = [.. _trainable.Select(p => Gradient(p))];
        double norm = Math.Sqrt(gradients.Select((gradient, n) => SumOfSquares(Values(gradient, _trainable[n]))).Sum());
        if (!double.IsFinite(norm)) return norm;
        float factor = _options.GradientNorm is { } limit && norm > limit ? (float)(limit / norm) : 1;
        for (int n = 0; n < gradients.Length; n++)
        {
            Span<float> gradient = Values(gradients[n], _trainable[n]);
            if (factor != 1) TensorPrimitives.Multiply(gradient, factor, gradient);
            Optimiser.Update(n, step, rate, gradient, _weights.Values(_trainable[n]));
            gradient.Clear();
            GC.KeepAlive(gradients[n]);
        }
        return norm;
    }

    /// <summary>Blocks are summed in 32 bits and together in 64, so that long gradients lose no digits.</summary>
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        const int Block = 4096;
        double sum = 0;
        for (int start = 0; start < values.Length; start += Block)
            sum += TensorPrimitives.SumOfSquares(values.Slice(start, Math.Min(Block, values.Length - start)));
        return sum;
    }

    /// <summary>Clears the gradients without using them. Call it in the <see cref="TorchStep"/> of the backward pass.</summary>
    public void Clear()
    {
        foreach (ParameterInfo parameter in _trainable)
        {
            torch.Tensor gradient = Gradient(parameter);
            Values(gradient, parameter).Clear();
            GC.KeepAlive(gradient);
        }
    }

    private torch.Tensor Gradient(ParameterInfo parameter) =>
        _weights[parameter.Name].grad is { } gradient && gradient.is_contiguous()
            ? gradient
            : throw new InvalidOperationException($"The backward pass left no plain gradient for {parameter.Name}.");

    private static unsafe Span<float> Values(torch.Tensor gradient, ParameterInfo parameter) =>
        new((void*)TensorMemory.Pointer(gradient), checked((int)parameter.Count));
}
