using System.Buffers.Binary;

namespace MedISeg.Decoder;

/// <summary>The library that decodes a frame.</summary>
internal enum DecoderCodec : byte
{
    /// <summary>None: asks which libraries are there; the answer is a byte, 1 or 0, for OpenJPEG and one for CharLS.</summary>
    Probe = 0,

    /// <summary>JPEG 2000 and HTJ2K, by libopenjp2.</summary>
    Jpeg2000 = 1,

    /// <summary>JPEG-LS, by libcharls.</summary>
    JpegLs = 2,
}

/// <summary>How a decode ended.</summary>
internal enum DecoderStatus : byte
{
    /// <summary>The frame follows.</summary>
    Decoded = 1,

    /// <summary>The library refused the stream.</summary>
    Unreadable = 2,

    /// <summary>The library is not on this host.</summary>
    NoLibrary = 3,

    /// <summary>The memory limit was reached.</summary>
    OutOfMemory = 4,

    /// <summary>The stream holds another frame than was asked for.</summary>
    Mismatch = 5,
}

/// <summary>What goes to the child before the compressed bytes. All numbers little endian.</summary>
/// <param name="Codec">Library.</param>
/// <param name="IsSigned">Whether samples shall be two's complement; unsigned streams are then extended from their precision.</param>
/// <param name="BytesPerSample">1, 2, 4 or 8.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Components">Samples of a pixel, 1 to 4.</param>
/// <param name="Length">Compressed bytes that follow.</param>
internal readonly record struct DecoderRequest(DecoderCodec Codec, bool IsSigned, int BytesPerSample, int Width, int Height, int Components, int Length)
{
    internal const int Size = 28;
    internal const uint Magic = 0x3144_534d;

    /// <summary>Bytes of the decoded frame.</summary>
    internal long FrameBytes => (long)Width * Height * Components * BytesPerSample;

    /// <summary>Writes the request.</summary>
    /// <param name="bytes">At least <see cref="Size"/>.</param>
    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = (byte)Codec;
        bytes[5] = IsSigned ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)BytesPerSample);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Height);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], Components);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], 0);
    }

    /// <summary>Reads a request.</summary>
    /// <returns>false: it is none.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out DecoderRequest request)
    {
        request = new DecoderRequest((DecoderCodec)bytes[4], bytes[5] == 1, BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic && request.Length >= 0 && request.Codec <= DecoderCodec.JpegLs
            && request.BytesPerSample is 1 or 2 or 4 or 8 && request is { Width: > 0, Height: > 0, Components: > 0 and <= 4 };
    }
}

/// <summary>What comes back before the frame.</summary>
/// <param name="Status">How the decode ended.</param>
/// <param name="Length">Bytes that follow; 0 unless it was decoded.</param>
internal readonly record struct DecoderResponse(DecoderStatus Status, long Length)
{
    internal const int Size = 16;

    /// <summary>Writes the response.</summary>
    /// <param name="bytes">At least <see cref="Size"/>.</param>
    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, DecoderRequest.Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], (int)Status);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Length);
    }

    /// <summary>Reads a response.</summary>
    /// <returns>false: it is none.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out DecoderResponse response)
    {
        int status = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        response = new DecoderResponse((DecoderStatus)status, BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == DecoderRequest.Magic && response.Length >= 0
            && status is >= (int)DecoderStatus.Decoded and <= (int)DecoderStatus.Mismatch;
    }
}
