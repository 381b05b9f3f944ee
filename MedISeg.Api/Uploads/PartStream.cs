using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Uploads;

/// <summary>One part of a multipart body. Its damage is the client's; what goes wrong while the part is written to the disk is not.</summary>
internal sealed class PartStream(Stream inner) : ForwardStream
{
    /// <summary>Whether it is the multipart reader's own complaint; a broken connection is a subclass of IOException or a cancellation.</summary>
    public static bool IsDamage(Exception failure) => failure is InvalidDataException || failure.GetType() == typeof(IOException);

    /// <summary>The refusal of a body that is no whole multipart body.</summary>
    public static SegmentationException Damaged(Exception cause) => new(ErrorCode.MalformedRequest,
        "The multipart body is damaged or ends early: check the boundary and send all parts with their headers.", cause);

    /// <inheritdoc />
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MalformedRequest"/>.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }
}
