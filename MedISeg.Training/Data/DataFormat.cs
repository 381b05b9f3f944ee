using System.Text.Json.Serialization;

namespace MedISeg.Training.Data;

/// <summary>How a data folder is laid out.</summary>
public enum DataFormat
{
    /// <summary><c>images/</c> with <c>labels/</c> or <c>masks/</c>: NIfTI, NRRD, MetaImage, PNG, JPEG or TIFF of the same names.</summary>
    [JsonStringEnumMemberName("folders")] Folders,
    /// <summary>One folder with <c>X.png</c> beside <c>X_label.png</c>, <c>X_labels.png</c>, <c>X_mask.png</c> and the like.</summary>
    [JsonStringEnumMemberName("pairs")] Pairs,
    /// <summary>nnU-Net raw: <c>imagesTr/X_0000.*</c>, one file a channel, <c>labelsTr/X.*</c>, <c>dataset.json</c>.</summary>
    [JsonStringEnumMemberName("nnu-net")] NnUNet,
    /// <summary>Medical Segmentation Decathlon: <c>imagesTr</c> with channels in the fourth dimension, <c>labelsTr</c>, <c>dataset.json</c>.</summary>
    [JsonStringEnumMemberName("decathlon")] Decathlon,
    /// <summary>KiTS19: <c>case_00000/imaging.nii.gz</c> and <c>segmentation.nii.gz</c>.</summary>
    [JsonStringEnumMemberName("kits19")] Kits19,
    /// <summary>LiTS17: <c>volume-0.nii</c> and <c>segmentation-0.nii</c>.</summary>
    [JsonStringEnumMemberName("lits17")] Lits17,
    /// <summary>ISIC 2018, task 1: <c>ISIC_*.jpg</c> and <c>ISIC_*_segmentation.png</c>.</summary>
    [JsonStringEnumMemberName("isic2018")] Isic2018,
    /// <summary>CoNIC: <c>images.npy</c> and <c>labels.npy</c>, with <c>patch_info.csv</c> where it is there.</summary>
    [JsonStringEnumMemberName("conic")] Conic,
}
