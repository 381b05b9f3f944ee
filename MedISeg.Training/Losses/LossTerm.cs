namespace MedISeg.Training.Losses;

/// <summary>One summand of a loss.</summary>
internal enum LossTerm
{
    /// <summary>Cross-entropy.</summary>
    CrossEntropy,

    /// <summary>Soft Dice.</summary>
    Dice,

    /// <summary>Focal loss.</summary>
    Focal,

    /// <summary>Tversky loss.</summary>
    Tversky,

    /// <summary>Cross-entropy with a weight a class.</summary>
    WeightedCrossEntropy,

    /// <summary>Cross-entropy of the hardest voxels.</summary>
    Ohem,

    /// <summary>Soft intersection over union.</summary>
    Iou,

    /// <summary>Cross-entropy with a weight a voxel.</summary>
    PixelCrossEntropy,
}
