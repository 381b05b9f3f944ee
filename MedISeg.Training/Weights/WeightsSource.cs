namespace MedISeg.Training.Weights;

/// <summary>Who trained an encoder: how its tensors are called in the file.</summary>
/// <param name="Name">Name for the command line and the model card.</param>
/// <param name="Families">Encoders that they trained.</param>
/// <param name="Prefixes">What stands before the encoder's own names; the first one that fits all tensors counts.</param>
/// <remarks>Source of the prefixes: the published files, as mediseg's and their own loaders read them.</remarks>
internal sealed record WeightsSource(string Name, EncoderFamily Families, IReadOnlyList<string> Prefixes)
{
    /// <summary>All sources that are known.</summary>
    public static IReadOnlyList<WeightsSource> All { get; } =
    [
        new("torchvision", EncoderFamily.ResNet, [""]),
        new("swsl", EncoderFamily.ResNet, [""]),
        new("miil-21k", EncoderFamily.ResNet, ["state_dict.", "model.", ""]),
        new("simclr", EncoderFamily.ResNet, ["state_dict.backbone."]),
        new("moco-v2", EncoderFamily.ResNet, ["state_dict.module.encoder_q."]),
        new("moco-v3", EncoderFamily.ResNet | EncoderFamily.VisionTransformer, ["state_dict.module.base_encoder.", "state_dict.module.momentum_encoder."]),
        new("mae", EncoderFamily.VisionTransformer, ["model.", ""]),
        new("models-genesis", EncoderFamily.ModelsGenesis, ["state_dict.module.", "state_dict.", ""]),
    ];
}

/// <summary>Encoders whose published weights are read.</summary>
[Flags]
internal enum EncoderFamily
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>torchvision's ResNets.</summary>
    ResNet = 1,
    /// <summary>timm's vision transformers.</summary>
    VisionTransformer = 2,
    /// <summary>The 3-D U-Net of Models Genesis, all of it but the head.</summary>
    ModelsGenesis = 4,
}
