namespace MedISeg.Training.Pretraining;

/// <summary>Settings of simclr and moco-v2.</summary>
public sealed record ContrastOptions
{
    /// <summary>What likeness is divided by, above 0; null: the published 0.1 (simclr) or 0.2 (moco-v2). Default null.</summary>
    public double? Temperature { get; init; }

    /// <summary>Numbers an image is projected to, at least 2. Default 128.</summary>
    public int Projection { get; init; } = 128;

    /// <summary>moco-v2: earlier views to be told apart from, a multiple of the batch size. Default 4096.</summary>
    public int Queue { get; init; } = 4096;

    /// <summary>moco-v2: share of itself that the following encoder keeps a step, in [0, 1). Default 0.999.</summary>
    public double Momentum { get; init; } = 0.999;

    /// <summary>Smallest share of the window's area, or volume, that a view shows, in (0, 1]. Default 0.2.</summary>
    public double SmallestView { get; init; } = 0.2;

    /// <summary>Probability in [0, 1] of changed contrast and brightness. Default 0.8.</summary>
    public double Intensity { get; init; } = 0.8;

    /// <summary>Largest change of contrast, as a share, and of brightness, in standard deviations of the view; in [0, 1). Default 0.4.</summary>
    public double Strength { get; init; } = 0.4;

    /// <summary>Probability in [0, 1] of a Gaussian blur of 0.1 to 2 voxels. Default 0.5.</summary>
    public double Blur { get; init; } = 0.5;

    /// <summary>Largest deviation of added normal noise, in standard deviations of the view, at least 0. Default 0.1.</summary>
    public double Noise { get; init; } = 0.1;
}
