namespace MedISeg.Training.Pretraining;

/// <summary>Settings of mae; the defaults are the published ones.</summary>
public sealed record MaskingOptions
{
    /// <summary>Share of the blocks that the encoder does not see, in (0, 1). Default 0.75.</summary>
    public double Share { get; init; } = 0.75;

    /// <summary>Channels of the decoder, a multiple of four and of its heads. Default 512.</summary>
    public int DecoderWidth { get; init; } = 512;

    /// <summary>Layers of the decoder, at least 1. Default 8.</summary>
    public int DecoderDepth { get; init; } = 8;

    /// <summary>Heads of the decoder's attention, at least 1. Default 16.</summary>
    public int DecoderHeads { get; init; } = 16;

    /// <summary>Whether each block's pixels are brought to mean 0 and deviation 1 before they are compared. Default true.</summary>
    public bool NormalisedPixels { get; init; } = true;
}
