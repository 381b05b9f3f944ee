namespace MedISeg.Training.Data.Augmentation;

/// <summary>Which single operations run for a number of dimensions, with the sets written out.</summary>
/// <remarks>Source: MedISeg at a1ab165, augmentation tasks da1, da2, da2flip, da2rot, da2scale and da4.</remarks>
internal sealed class AugmentationPlan
{
    private static readonly AugmentationOperation[] Planar =
        [AugmentationOperation.Shift, AugmentationOperation.BrightnessContrast, AugmentationOperation.Clahe];
    private static readonly AugmentationOperation[] Spatial = [AugmentationOperation.Scale, AugmentationOperation.Rotate, AugmentationOperation.Flip];

    private static readonly AugmentationOperation[] Nnu =
    [
        AugmentationOperation.NnuRotate, AugmentationOperation.NnuScale, AugmentationOperation.NnuNoise, AugmentationOperation.NnuBlur,
        AugmentationOperation.NnuBrightness, AugmentationOperation.NnuContrast, AugmentationOperation.NnuLowResolution,
        AugmentationOperation.NnuGammaInverted, AugmentationOperation.NnuGamma,
    ];

    private readonly HashSet<AugmentationOperation> _operations = [];

    /// <summary>Writes the sets out.</summary>
    /// <param name="options">Operations and whether the published code's gaps are kept.</param>
    /// <param name="dimensionality">2 or 3.</param>
    public AugmentationPlan(AugmentationOptions options, int dimensionality)
    {
        foreach (AugmentationOperation operation in options.Operations)
            foreach (AugmentationOperation single in Parts(operation, dimensionality))
            {
                // The published 2-D code knows the sets alone: a part falls through to no augmentation.
                bool missing = options.Compat && dimensionality == 2 && operation == single && Spatial.Contains(single);
                if (!missing) _operations.Add(single);
            }
        IsNnuNet = _operations.Overlaps(Nnu);
    }

    /// <summary>Whether anything is changed.</summary>
    public bool IsActive => _operations.Count > 0;

    /// <summary>Whether operations of nnU-Net run; flip is one of both.</summary>
    public bool IsNnuNet { get; }

    /// <summary>Whether operations of nnU-Net are asked for together with those of the paper.</summary>
    public bool IsMixed => IsNnuNet && !_operations.All(operation => operation == AugmentationOperation.Flip || Nnu.Contains(operation));

    /// <summary>Whether a single operation runs.</summary>
    public bool Has(AugmentationOperation operation) => _operations.Contains(operation);

    /// <summary>Whether an operation, or all of a set, exists for a number of dimensions.</summary>
    public static bool Exists(AugmentationOperation operation, int dimensionality) =>
        dimensionality == 2 ? operation != AugmentationOperation.Noise : !Planar.Contains(operation);

    private static AugmentationOperation[] Parts(AugmentationOperation operation, int dimensionality)
    {
        AugmentationOperation[] pixel = dimensionality == 2
            ? [AugmentationOperation.BrightnessContrast, AugmentationOperation.Gamma, AugmentationOperation.Clahe]
            : [AugmentationOperation.Noise, AugmentationOperation.Gamma];
        AugmentationOperation[] spatial = dimensionality == 2 ? [AugmentationOperation.Shift, .. Spatial] : Spatial;
        return operation switch
        {
            AugmentationOperation.GtAugA => pixel,
            AugmentationOperation.GtAugB => spatial,
            AugmentationOperation.All => [.. spatial, .. pixel],
            AugmentationOperation.NnuNet => [.. Nnu, AugmentationOperation.Flip],
            _ => [operation],
        };
    }
}
