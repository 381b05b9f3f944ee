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
    /// <summary>nnU-Net's recipe: all nnu operations, then flip. Cannot be joined with the paper's.</summary>
    NnuNet,
    /// <summary>With probability 0.2 by angles in [-30, 30) degrees about each axis; in the plane alone by [-180, 180) in 2-D, and in 3-D
    /// where the patch's depth is less than a third of its longest side; in 2-D by [-15, 15) where one side is 1.5 times the other.</summary>
    NnuRotate,
    /// <summary>With probability 0.2 a patch shows a region of [0.7, 1.4) times its extent; depth stays where rotations stay in the plane.</summary>
    NnuScale,
    /// <summary>With probability 0.1 normal noise, of a deviation in [0, 0.1).</summary>
    NnuNoise,
    /// <summary>With probability 0.2 half of the channels by a Gaussian of [0.5, 1) voxels, drawn for each axis.</summary>
    NnuBlur,
    /// <summary>With probability 0.15 times a factor in [0.75, 1.25).</summary>
    NnuBrightness,
    /// <summary>With probability 0.15 the distance to the mean times a factor in [0.75, 1.25), held in the patch's range.</summary>
    NnuContrast,
    /// <summary>With probability 0.25 half of the channels to [0.5, 1) of their resolution and back.</summary>
    NnuLowResolution,
    /// <summary>With probability 0.1 an exponent in [0.7, 1.5) on the negative of the patch.</summary>
    NnuGammaInverted,
    /// <summary>With probability 0.3 an exponent in [0.7, 1.5).</summary>
    NnuGamma,
}
