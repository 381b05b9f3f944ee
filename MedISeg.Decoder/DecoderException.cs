namespace MedISeg.Decoder;

/// <summary>A decode that ends without a frame.</summary>
internal sealed class DecoderException(DecoderStatus status) : Exception
{
    /// <summary>What to answer.</summary>
    internal DecoderStatus Status { get; } = status;
}
