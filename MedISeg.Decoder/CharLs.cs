using System.Runtime.InteropServices;

namespace MedISeg.Decoder;

/// <summary>Decodes JPEG-LS by libcharls 2.</summary>
internal static unsafe partial class CharLs
{
    private const string Library = "libcharls.so.2";
    private const int NotInterleaved = 0, NotEnoughMemory = 9;

    /// <summary>Whether the library is on this host.</summary>
    internal static bool IsThere => NativeLibrary.TryLoad(Library, out _);

    /// <summary>Decodes a stream.</summary>
    /// <param name="stream">Compressed bytes, as many as the request says.</param>
    /// <param name="request">What must come out.</param>
    /// <exception cref="DecoderException">Nothing came out.</exception>
    internal static DecodedImage Decode(byte* stream, DecoderRequest request)
    {
        if (!IsThere) throw new DecoderException(DecoderStatus.NoLibrary);
        nint decoder = Create();
        if (decoder == 0) throw new DecoderException(DecoderStatus.OutOfMemory);
        Image? image = null;
        try
        {
            Require(SetSource(decoder, stream, (nuint)request.Length));
            Require(ReadHeader(decoder));
            FrameInfo info = default;
            int mode = 0;
            Require(GetFrame(decoder, &info));
            Require(GetInterleaving(decoder, &mode));
            if (info.Width != request.Width || info.Height != request.Height || info.Components != request.Components || info.Bits > 8 * request.BytesPerSample)
                throw new DecoderException(DecoderStatus.Mismatch);
            nuint size = 0;
            Require(GetSize(decoder, 0, &size));
            int bytes = info.Bits <= 8 ? 1 : 2;
            if (size != (nuint)request.Width * (nuint)request.Height * (nuint)(request.Components * bytes)) throw new DecoderException(DecoderStatus.Mismatch);
            image = new Image(size, bytes, mode == NotInterleaved, request);
            Require(Decode(decoder, image.Memory, size, 0));
            Image result = image;
            image = null;
            return result;
        }
        finally
        {
            image?.Dispose();
            Destroy(decoder);
        }
    }

    private static void Require(int error)
    {
        if (error != 0) throw new DecoderException(error == NotEnoughMemory ? DecoderStatus.OutOfMemory : DecoderStatus.Unreadable);
    }

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_create")]
    private static partial nint Create();

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_destroy")]
    private static partial void Destroy(nint decoder);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_set_source_buffer")]
    private static partial int SetSource(nint decoder, void* source, nuint length);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_read_header")]
    private static partial int ReadHeader(nint decoder);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_get_frame_info")]
    private static partial int GetFrame(nint decoder, FrameInfo* info);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_get_interleave_mode")]
    private static partial int GetInterleaving(nint decoder, int* mode);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_get_destination_size")]
    private static partial int GetSize(nint decoder, uint stride, nuint* size);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_decode_to_buffer")]
    private static partial int Decode(nint decoder, void* to, nuint length, uint stride);

    /// <summary>charls_frame_info.</summary>
    private struct FrameInfo
    {
        public uint Width, Height;
        public int Bits, Components;
    }

    private sealed class Image(nuint size, int stored, bool isPlanar, DecoderRequest request) : DecodedImage
    {
        private readonly int _pixels = request.Width * request.Height;

        internal byte* Memory { get; private set; } = (byte*)NativeMemory.AllocZeroed(size);

        internal override void Read(int first, Span<byte> samples)
        {
            int bytes = request.BytesPerSample, components = request.Components;
            samples.Clear();
            for (int at = 0, index = first; at < samples.Length; at += bytes, index++)
            {
                int place = isPlanar ? index % components * _pixels + index / components : index;
                byte* from = Memory + (long)place * stored;
                samples[at] = from[0];
                if (stored == 2) samples[at + 1] = from[1];
            }
        }

        public override void Dispose()
        {
            NativeMemory.Free(Memory);
            Memory = null;
        }
    }
}
