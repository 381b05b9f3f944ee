using MedISeg.Imaging.Errors;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Data.Synthetic;

namespace MedISeg.Training.Data;

/// <summary>Random changes of training patches.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Axes that are mirrored with probability 1/2 each: k, j, i. Default none.</summary>
    public IReadOnlyList<string> Flips { get; init; } = [];

    /// <summary>Probability in [0, 1] of the intensity changes below, of all together. Default 0.</summary>
    public double Intensity { get; init; }

    /// <summary>Largest deviation of added normal noise, in normalised units, at least 0; drawn in [0, noise]. Default 0.1.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>Intensities are multiplied by a factor in [1 - contrast, 1 + contrast]; in [0, 1). Default 0.1.</summary>
    public double Contrast { get; init; } = 0.1;

    /// <summary>A summand in [-brightness, brightness], in normalised units; at least 0. Default 0.1.</summary>
    public double Brightness { get; init; } = 0.1;

    /// <summary>The paper's operations, singly or as the sets gt-aug-a, gt-aug-b and all, or those of nnU-Net, singly or as the set nnu-net;
    /// they exclude <see cref="Flips"/> and <see cref="Intensity"/>. Default none.</summary>
    public IReadOnlyList<AugmentationOperation> Operations { get; init; } = [];

    /// <summary>Operation noise: deviation, at least 0. Default 0.1, the paper's.</summary>
    public double NoiseSigma { get; init; } = 0.1;

    /// <summary>Operation noise: what <see cref="NoiseSigma"/> is a multiple of. Default absolute, the paper's.</summary>
    public NoiseUnit NoiseUnit { get; init; }

    /// <summary>Whether flip, rotate and scale alone do nothing in 2-D, as in the published code. Default false.</summary>
    public bool Compat { get; init; }

    /// <summary>GANAug: synthetic pairs of image and truth, from the folder of <c>train --synthetic</c>; null: none. Default null.</summary>
    public SyntheticOptions? Synthetic { get; init; }

    /// <summary>What does not fit; empty: nothing.</summary>
    /// <param name="dimensionality">2 or 3.</param>
    internal IEnumerable<KeyError> Check(int dimensionality)
    {
        if (Operations.Count > 0 && (Flips.Count > 0 || Intensity > 0))
            yield return new KeyError("augmentation.operations", "Operations cannot be joined with flips or intensity; name the operations flip, noise or gamma instead.");
        if (new AugmentationPlan(this, dimensionality).IsMixed)
            yield return new KeyError("augmentation.operations", "Operations of nnU-Net cannot be joined with the paper's other than flip; leave one of them out.");
        for (int n = 0; n < Operations.Count; n++)
            if (!AugmentationPlan.Exists(Operations[n], dimensionality))
                yield return new KeyError($"augmentation.operations[{n}]",
                    dimensionality == 2 ? "noise is a 3-D operation; use brightness-contrast, gamma or clahe." : "This is a 2-D operation; use scale, rotate, flip, noise or gamma.");
    }
}
