using System.Runtime.InteropServices;

namespace MedISeg.Decoder;

/// <summary>Reads requests and writes frames until the input ends.</summary>
internal sealed unsafe class DecoderLoop(Stream input, Stream output)
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Runs.</summary>
    /// <returns>Exit code: 0 after the end of the input, 3 after a request that is none.</returns>
    internal int Run()
    {
        byte[] head = new byte[DecoderRequest.Size];
        while (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            if (!DecoderRequest.TryRead(head, out DecoderRequest request)) return 3;
            if (request.Codec == DecoderCodec.Probe)
            {
                Answer(DecoderStatus.Decoded, [OpenJpeg.IsThere ? (byte)1 : (byte)0, CharLs.IsThere ? (byte)1 : (byte)0]);
                continue;
            }
            byte* stream = null;
            try
            {
                stream = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, request.Length));
                ReadExactly(stream, request.Length);
                Decode(request, stream);
            }
            catch (DecoderException exception)
            {
                Answer(exception.Status, []);
            }
            catch (OutOfMemoryException)
            {
                // Where the input did not fit, it was not read: the parent sees the answer and ends us.
                Answer(DecoderStatus.OutOfMemory, []);
            }
            finally
            {
                NativeMemory.Free(stream);
            }
        }
        return 0;
    }

    private void Decode(DecoderRequest request, byte* stream)
    {
        using DecodedImage image = request.Codec == DecoderCodec.Jpeg2000 ? OpenJpeg.Decode(stream, request) : CharLs.Decode(stream, request);
        Start(request.FrameBytes);
        for (long done = 0; done < request.FrameBytes;)
        {
            int count = (int)Math.Min(_buffer.Length, request.FrameBytes - done);
            image.Read((int)(done / request.BytesPerSample), _buffer.AsSpan(0, count));
            output.Write(_buffer, 0, count);
            done += count;
        }
        output.Flush();
    }

    private void ReadExactly(byte* to, int length)
    {
        for (int done = 0; done < length;)
        {
            int count = input.Read(new Span<byte>(to + done, length - done));
            if (count == 0) throw new EndOfStreamException();
            done += count;
        }
    }

    private void Start(long length)
    {
        Span<byte> head = stackalloc byte[DecoderResponse.Size];
        new DecoderResponse(DecoderStatus.Decoded, length).Write(head);
        output.Write(head);
    }

    private void Answer(DecoderStatus status, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[DecoderResponse.Size];
        new DecoderResponse(status, content.Length).Write(head);
        output.Write(head);
        output.Write(content);
        output.Flush();
    }
}
