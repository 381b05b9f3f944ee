namespace MedISeg.Decoder;

/// <summary>A frame in the memory of a native library, given out piece by piece so that it is not held twice.</summary>
internal abstract class DecodedImage : IDisposable
{
    /// <summary>Copies a part of the frame: little endian samples of the bytes that were asked for, those of a pixel side by side.</summary>
    /// <param name="first">First sample, counted over the frame.</param>
    /// <param name="samples">Takes whole samples.</param>
    internal abstract void Read(int first, Span<byte> samples);

    /// <inheritdoc />
    public abstract void Dispose();
}
