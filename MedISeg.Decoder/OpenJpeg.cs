namespace MedISeg.Decoder;

/// <summary>Decodes JPEG 2000 and HTJ2K by libopenjp2 2.5.</summary>
internal static unsafe class OpenJpeg
{
    /// <summary>opj_dparameters_t takes about 8 KiB and is only ever set by the library itself.</summary>
    private const int ParameterBytes = 16 * 1024;

    private const int BufferBytes = 1 << 20, RawStream = 0, Jp2File = 2, Input = 1;

    /// <summary>Whether the library is on this host.</summary>
    internal static bool IsThere => System.Runtime.InteropServices.NativeLibrary.TryLoad(OpenJpegLibrary.Name, out _);

    /// <summary>Decodes a stream.</summary>
    /// <param name="stream">Compressed bytes, as many as the request says; a raw code stream or a JP2 file.</param>
    /// <param name="request">What must come out.</param>
    /// <exception cref="DecoderException">Nothing came out.</exception>
    internal static DecodedImage Decode(byte* stream, DecoderRequest request)
    {
        if (!IsThere) throw new DecoderException(DecoderStatus.NoLibrary);
        if (request.Length < 12) throw new DecoderException(DecoderStatus.Unreadable);
        OpenJpegSource source = new() { Start = stream, Length = request.Length };
        byte* parameters = stackalloc byte[ParameterBytes];
        nint codec = 0, reader = 0;
        OpenJpegImage* image = null;
        try
        {
            codec = OpenJpegLibrary.CreateCodec(stream[4] == 'j' && stream[5] == 'P' ? Jp2File : RawStream);
            OpenJpegLibrary.SetDefaults(parameters);
            reader = OpenJpegLibrary.CreateStream(BufferBytes, Input);
            if (codec == 0 || reader == 0) throw new DecoderException(DecoderStatus.OutOfMemory);
            // A stream that ends early would otherwise give a coarser image without a word.
            if (OpenJpegLibrary.SetUp(codec, parameters) == 0 || OpenJpegLibrary.SetStrict(codec, 1) == 0) throw new DecoderException(DecoderStatus.Unreadable);
            OpenJpegSource.Attach(reader, &source);
            if (OpenJpegLibrary.ReadHeader(reader, codec, &image) == 0) throw new DecoderException(DecoderStatus.Unreadable);
            Check(image, request, decoded: false);
            if (OpenJpegLibrary.Decode(codec, reader, image) == 0) throw new DecoderException(DecoderStatus.Unreadable);
            Check(image, request, decoded: true);
            Image result = new(image, request);
            image = null;
            return result;
        }
        finally
        {
            if (image != null) OpenJpegLibrary.DestroyImage(image);
            if (reader != 0) OpenJpegLibrary.DestroyStream(reader);
            if (codec != 0) OpenJpegLibrary.DestroyCodec(codec);
        }
    }

    private static void Check(OpenJpegImage* image, DecoderRequest request, bool decoded)
    {
        bool fits = image->Components >= request.Components && image->Right - image->Left == request.Width && image->Bottom - image->Top == request.Height;
        for (int i = 0; fits && i < request.Components; i++)
        {
            OpenJpegComponent* component = image->Planes + i;
            fits = component->Width == request.Width && component->Height == request.Height && component->Precision <= 8 * request.BytesPerSample
                && component->Precision is >= 1 and <= 32 && (!decoded || component->Samples != null);
        }
        if (!fits) throw new DecoderException(DecoderStatus.Mismatch);
    }

    private sealed class Image(OpenJpegImage* image, DecoderRequest request) : DecodedImage
    {
        private OpenJpegImage* _image = image;

        internal override void Read(int first, Span<byte> samples)
        {
            int bytes = request.BytesPerSample, components = request.Components;
            for (int at = 0, index = first; at < samples.Length; at += bytes, index++)
            {
                OpenJpegComponent* component = _image->Planes + index % components;
                int value = component->Samples[index / components];
                // Some writers mark signed values as unsigned: the object's word counts, over the precision of the stream.
                if (request.IsSigned && component->IsSigned == 0)
                {
                    int shift = 32 - (int)component->Precision;
                    value = value << shift >> shift;
                }
                for (int i = 0; i < bytes; i++) samples[at + i] = (byte)(value >> Math.Min(8 * i, 31));
            }
        }

        public override void Dispose()
        {
            if (_image != null) OpenJpegLibrary.DestroyImage(_image);
            _image = null;
        }
    }
}
