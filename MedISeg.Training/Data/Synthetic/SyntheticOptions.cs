using MedISeg.Training.Losses;

namespace MedISeg.Training.Data.Synthetic;

/// <summary>GANAug: samples are now and then made of a synthetic pair of image and truth instead of a case.</summary>
/// <remarks>Source: MedISeg at a1ab165 and its history, augmentation task da3.</remarks>
public sealed record SyntheticOptions
{
    /// <summary>Probability in [0, 1] that a sample is made of a synthetic pair. Default 0.2, the paper's.</summary>
    public double Probability { get; init; } = 0.2;

    /// <summary>fixed: image and truth of a pair, any of them. compat: as the published code at last, only the image of the pair with the
    /// number of the case, under the truth of the case. Default fixed.</summary>
    public DefectMode Mode { get; init; }
}
