namespace MedISeg.Training.Data.Augmentation;

/// <summary>A random change of the paper, or a named set of them.</summary>
public enum AugmentationOperation
{
    /// <summary>Pixel-level set. 2-D: brightness-contrast, gamma, clahe. 3-D: noise, gamma.</summary>
    GtAugA,
    /// <summary>Spatial-level set. 2-D: shift, scale and rotate as one operation, then flip. 3-D: scale, rotate, flip.</summary>
    GtAugB,
    /// <summary>gt-aug-b, then gt-aug-a.</summary>
    All,
    /// <summary>Each spatial axis is mirrored with probability 1/2.</summary>
    Flip,
    /// <summary>2-D: by an angle in [-45, 45) degrees with probability 1/2. 3-D: 0 to 3 quarter turns from height towards width.</summary>
    Rotate,
    /// <summary>2-D: by a factor in [0.9, 1.1) with probability 1/2. 3-D: by a factor in [0.85, 1.25), always.</summary>
    Scale,
    /// <summary>2-D only: by up to a tenth of width and height with probability 1/2.</summary>
    Shift,
    /// <summary>3-D only: normal noise, clipped at two deviations, always.</summary>
    Noise,
    /// <summary>2-D: exponent in [0.8, 1.2) with probability 1/2. 3-D: exponent in [0.5, 1) or [1, 2), always.</summary>
    Gamma,
    /// <summary>2-D only: contrast by a factor in [0.8, 1.2), brightness by up to a fifth of the range, with probability 1/2.</summary>
    BrightnessContrast,
    /// <summary>2-D only: contrast-limited adaptive histogram equalisation of the lightness, limit in [1, 4), with probability 1/2.</summary>
    Clahe,
}
