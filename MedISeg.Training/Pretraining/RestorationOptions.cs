namespace MedISeg.Training.Pretraining;

/// <summary>How images are disturbed for models-genesis: probabilities in [0, 1]; the defaults are the published ones.</summary>
public sealed record RestorationOptions
{
    /// <summary>Each of up to three mirrors of image and truth. Default 0.4.</summary>
    public double Flip { get; init; } = 0.4;

    /// <summary>Voxels change places within small blocks. Default 0.5.</summary>
    public double LocalShuffle { get; init; } = 0.5;

    /// <summary>Intensities go through a random Bezier curve. Default 0.9.</summary>
    public double NonLinear { get; init; } = 0.9;

    /// <summary>Parts of the image become noise. Default 0.9.</summary>
    public double Paint { get; init; } = 0.9;

    /// <summary>Where parts become noise: everything outside some boxes, and not what is inside them. Default 0.8.</summary>
    public double OutPaint { get; init; } = 0.8;
}
