using System.Runtime.InteropServices;

namespace MedISeg.Decoder;

/// <summary>The functions of libopenjp2 that are called. Source: openjpeg.h of OpenJPEG 2.5; 0 means failure.</summary>
internal static unsafe partial class OpenJpegLibrary
{
    internal const string Name = "libopenjp2.so.7";

    [LibraryImport(Name, EntryPoint = "opj_create_decompress")]
    internal static partial nint CreateCodec(int format);

    [LibraryImport(Name, EntryPoint = "opj_destroy_codec")]
    internal static partial void DestroyCodec(nint codec);

    [LibraryImport(Name, EntryPoint = "opj_set_default_decoder_parameters")]
    internal static partial void SetDefaults(void* parameters);

    [LibraryImport(Name, EntryPoint = "opj_setup_decoder")]
    internal static partial int SetUp(nint codec, void* parameters);

    [LibraryImport(Name, EntryPoint = "opj_decoder_set_strict_mode")]
    internal static partial int SetStrict(nint codec, int strict);

    [LibraryImport(Name, EntryPoint = "opj_stream_create")]
    internal static partial nint CreateStream(nuint bufferBytes, int isInput);

    [LibraryImport(Name, EntryPoint = "opj_stream_destroy")]
    internal static partial void DestroyStream(nint stream);

    [LibraryImport(Name, EntryPoint = "opj_stream_set_read_function")]
    internal static partial void SetRead(nint stream, delegate* unmanaged<byte*, nuint, OpenJpegSource*, nuint> read);

    [LibraryImport(Name, EntryPoint = "opj_stream_set_skip_function")]
    internal static partial void SetSkip(nint stream, delegate* unmanaged<long, OpenJpegSource*, long> skip);

    [LibraryImport(Name, EntryPoint = "opj_stream_set_seek_function")]
    internal static partial void SetSeek(nint stream, delegate* unmanaged<long, OpenJpegSource*, int> seek);

    [LibraryImport(Name, EntryPoint = "opj_stream_set_user_data")]
    internal static partial void SetSource(nint stream, OpenJpegSource* source, nint free);

    [LibraryImport(Name, EntryPoint = "opj_stream_set_user_data_length")]
    internal static partial void SetLength(nint stream, ulong length);

    [LibraryImport(Name, EntryPoint = "opj_read_header")]
    internal static partial int ReadHeader(nint stream, nint codec, OpenJpegImage** image);

    [LibraryImport(Name, EntryPoint = "opj_decode")]
    internal static partial int Decode(nint codec, nint stream, OpenJpegImage* image);

    [LibraryImport(Name, EntryPoint = "opj_image_destroy")]
    internal static partial void DestroyImage(OpenJpegImage* image);
}

/// <summary>opj_image_t.</summary>
internal unsafe struct OpenJpegImage
{
    public uint Left, Top, Right, Bottom, Components;
    public int ColourSpace;
    public OpenJpegComponent* Planes;
    public byte* Profile;
    public uint ProfileBytes;
}

/// <summary>opj_image_comp_t.</summary>
internal unsafe struct OpenJpegComponent
{
    public uint StepX, StepY, Width, Height, Left, Top, Precision, BitsPerPixel, IsSigned, Resolutions, Factor;
    public int* Samples;
    public ushort Alpha;
}

/// <summary>Compressed bytes, and how far they were read.</summary>
internal unsafe struct OpenJpegSource
{
    public byte* Start;
    public long Length, At;

    /// <summary>Makes a stream read from here.</summary>
    internal static void Attach(nint stream, OpenJpegSource* source)
    {
        OpenJpegLibrary.SetRead(stream, &Read);
        OpenJpegLibrary.SetSkip(stream, &Skip);
        OpenJpegLibrary.SetSeek(stream, &Seek);
        OpenJpegLibrary.SetSource(stream, source, 0);
        OpenJpegLibrary.SetLength(stream, (ulong)source->Length);
    }

    [UnmanagedCallersOnly]
    private static nuint Read(byte* to, nuint most, OpenJpegSource* source)
    {
        long count = Math.Min((long)Math.Min(most, int.MaxValue), source->Length - source->At);
        if (count <= 0) return nuint.MaxValue;
        Buffer.MemoryCopy(source->Start + source->At, to, count, count);
        source->At += count;
        return (nuint)count;
    }

    [UnmanagedCallersOnly]
    private static long Skip(long count, OpenJpegSource* source)
    {
        bool fits = count >= 0 && count <= source->Length - source->At;
        source->At = fits ? source->At + count : source->Length;
        return fits ? count : -1;
    }

    [UnmanagedCallersOnly]
    private static int Seek(long to, OpenJpegSource* source)
    {
        if (to < 0 || to > source->Length) return 0;
        source->At = to;
        return 1;
    }
}
