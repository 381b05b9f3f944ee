using System.Text.Json.Serialization;

namespace MedISeg.Training.Losses;

/// <summary>The losses under the names that the paper gives them; each sets the weights of the terms and their parameters.</summary>
public enum LossName
{
    /// <summary>Dice+CE: soft Dice of the foreground over the batch (nnU-Net's) and cross-entropy. Our default; not one of the paper's.</summary>
    [JsonStringEnumMemberName("Dice+CE")]
    DiceAndCrossEntropy,

    /// <summary>CE: cross-entropy, the paper's baseline.</summary>
    [JsonStringEnumMemberName("CE")]
    CrossEntropy,

    /// <summary>CBL(Dice): soft Dice of every class, background too, in each sample.</summary>
    [JsonStringEnumMemberName("CBL(Dice)")]
    Dice,

    /// <summary>CBL(Focal): cross-entropy that fades where the network is right.</summary>
    [JsonStringEnumMemberName("CBL(Focal)")]
    Focal,

    /// <summary>CBL(Tvers): overlap that counts false positives and false negatives differently.</summary>
    [JsonStringEnumMemberName("CBL(Tvers)")]
    Tversky,

    /// <summary>CBL(WCE): cross-entropy with a weight a class.</summary>
    [JsonStringEnumMemberName("CBL(WCE)")]
    WeightedCrossEntropy,

    /// <summary>OHEM: cross-entropy of the hardest voxels.</summary>
    [JsonStringEnumMemberName("OHEM")]
    Ohem,

    /// <summary>IoU: soft intersection over union.</summary>
    [JsonStringEnumMemberName("IoU")]
    Iou,

    /// <summary>pixel-WCE: cross-entropy with a weight a voxel.</summary>
    [JsonStringEnumMemberName("pixel-WCE")]
    PixelCrossEntropy,

    /// <summary>Dice+Focal: soft Dice of the foreground over the batch, and CBL(Focal).</summary>
    [JsonStringEnumMemberName("Dice+Focal")]
    DiceAndFocal,
}
