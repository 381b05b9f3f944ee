namespace MedISeg.Training.Weights;

/// <summary>Who trained an encoder: how its tensors are called in the file.</summary>
/// <param name="Name">Name for the command line and the model card.</param>
/// <param name="Prefixes">What stands before the encoder's own names; the first one that fits all tensors counts.</param>
/// <remarks>Source of the prefixes: the published files, as mediseg's and their own loaders read them.</remarks>
internal sealed record WeightsSource(string Name, IReadOnlyList<string> Prefixes)
{
    /// <summary>All sources that are known.</summary>
    public static IReadOnlyList<WeightsSource> All { get; } =
    [
        new("torchvision", [""]),
        new("swsl", [""]),
        new("miil-21k", ["state_dict.", "model.", ""]),
        new("simclr", ["state_dict.backbone."]),
        new("moco-v2", ["state_dict.module.encoder_q."]),
        new("moco-v3", ["state_dict.module.base_encoder.", "state_dict.module.momentum_encoder."]),
        new("models-genesis", ["state_dict.module.", "state_dict.", ""]),
    ];
}
