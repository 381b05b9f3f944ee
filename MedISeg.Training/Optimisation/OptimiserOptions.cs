using System.Text.Json.Serialization;

namespace MedISeg.Training.Optimisation;

/// <summary>How weights follow their gradients.</summary>
public sealed record OptimiserOptions
{
    /// <summary>Rule. Default adam-w.</summary>
    public OptimiserKind Kind { get; init; } = OptimiserKind.AdamW;

    /// <summary>Largest learning rate, above 0. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>sgd: momentum, in [0, 1). Default 0.99.</summary>
    public double Momentum { get; init; } = 0.99;

    /// <summary>sgd: whether the gradient is taken after the momentum's step (Nesterov). Default true.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>adam, adam-w: decay of the mean gradient, in [0, 1). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>adam, adam-w: decay of the mean squared gradient, in [0, 1). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>sgd, adam: added to the gradient as weight * decay; adam-w: weights shrink by rate * decay. At least 0. Default 1e-4.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Largest norm of all gradients together; larger ones are scaled down; null: no limit. Default 12.</summary>
    /// <remarks>Written even when null: left out of options.json, no limit would come back as the default.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? GradientNorm { get; init; } = 12;

    /// <summary>How the learning rate falls. Default cosine.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Steps over which the rate rises linearly at the start, at least 0. Default 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Whether poly and cosine change the rate once an epoch, as the paper does, and not at every step. Default false.</summary>
    public bool PerEpoch { get; init; }

    /// <summary>plateau: what the rate is multiplied by, in (0, 1). Default 0.1.</summary>
    public double PlateauFactor { get; init; } = 0.1;

    /// <summary>plateau: epochs without a better value that are waited for, at least 0. Default 10.</summary>
    public int PlateauPatience { get; init; } = 10;

    /// <summary>Batches whose gradients are averaged for one step, at least 1: a step of 4 batches of 2 follows the gradient of 8 samples in
    /// the memory of 2. Default 1.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Learning rate of a step, before plateau lowers it.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch, at least 1.</param>
    public double RateAt(int step, int steps, int stepsPerEpoch = 1)
    {
        if (PerEpoch && step >= WarmupSteps) step = Math.Max(WarmupSteps, step / stepsPerEpoch * stepsPerEpoch);
        if (step < WarmupSteps) return LearningRate * (step + 1) / WarmupSteps;
        double done = (double)(step - WarmupSteps) / Math.Max(1, steps - WarmupSteps);
        return LearningRate * Schedule switch
        {
            ScheduleKind.Poly => Math.Pow(1 - done, 0.9),
            ScheduleKind.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
            _ => 1,
        };
    }
}

/// <summary>Rule of an optimiser.</summary>
public enum OptimiserKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,
    /// <summary>Adam with weight decay in the gradient.</summary>
    Adam,
    /// <summary>Adam with weight decay apart.</summary>
    AdamW,
}

/// <summary>How the learning rate falls.</summary>
public enum ScheduleKind
{
    /// <summary>It does not.</summary>
    Constant,
    /// <summary>(1 - done) to the power 0.9 (nnU-Net).</summary>
    Poly,
    /// <summary>Half a cosine.</summary>
    Cosine,
    /// <summary>A step down when the validation has stopped to improve.</summary>
    Plateau,
}
