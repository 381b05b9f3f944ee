namespace MedISeg.Training.Optimisation;

/// <summary>Moves weights against their gradients. Works on plain memory, so that its state can be stored and its results do not depend on
/// threads.</summary>
internal interface IOptimiser
{
    /// <summary>What it remembers a weight, in a fixed order: name of the moment and values a parameter.</summary>
    IReadOnlyList<KeyValuePair<string, float[][]>> Moments { get; }

    /// <summary>Changes the weights of one parameter.</summary>
    /// <param name="parameter">Place of the parameter among the trainable ones.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="gradient">Gradient of the loss, one number a weight.</param>
    /// <param name="weights">Changed in place.</param>
    void Update(int parameter, int step, double rate, ReadOnlySpan<float> gradient, Span<float> weights);
}
