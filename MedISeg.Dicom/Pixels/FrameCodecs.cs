using System.Collections.Frozen;

namespace MedISeg.Dicom.Pixels;

/// <summary>What decodes a frame.</summary>
internal enum FrameCodec
{
    /// <summary>Nothing here.</summary>
    None,
    /// <summary>Nothing needs to.</summary>
    Native,
    /// <summary>Own code.</summary>
    Rle,
    /// <summary>The runtime's inflater.</summary>
    Deflate,
    /// <summary>Own code.</summary>
    Jpeg,
    /// <summary>libopenjp2 in a child process.</summary>
    Jpeg2000,
    /// <summary>libcharls in a child process.</summary>
    JpegLs,
}

/// <summary>Which codec a transfer syntax takes.</summary>
internal static class FrameCodecs
{
    private static readonly FrozenDictionary<string, FrameCodec> ByUid = new (DicomTransferSyntax Syntax, FrameCodec Codec)[]
    {
        (DicomTransferSyntax.ImplicitVRLittleEndian, FrameCodec.Native),
        (DicomTransferSyntax.ExplicitVRLittleEndian, FrameCodec.Native),
        (DicomTransferSyntax.ExplicitVRBigEndian, FrameCodec.Native),
        (DicomTransferSyntax.DeflatedExplicitVRLittleEndian, FrameCodec.Native),
        (DicomTransferSyntax.RLELossless, FrameCodec.Rle),
        (DicomTransferSyntax.DeflatedImageFrame, FrameCodec.Deflate),
        (DicomTransferSyntax.JPEGProcess1, FrameCodec.Jpeg),
        (DicomTransferSyntax.JPEGProcess2_4, FrameCodec.Jpeg),
        (DicomTransferSyntax.JPEGProcess14, FrameCodec.Jpeg),
        (DicomTransferSyntax.JPEGProcess14SV1, FrameCodec.Jpeg),
        (DicomTransferSyntax.JPEGLSLossless, FrameCodec.JpegLs),
        (DicomTransferSyntax.JPEGLSNearLossless, FrameCodec.JpegLs),
        (DicomTransferSyntax.JPEG2000Lossless, FrameCodec.Jpeg2000),
        (DicomTransferSyntax.JPEG2000Lossy, FrameCodec.Jpeg2000),
        (DicomTransferSyntax.HTJ2KLossless, FrameCodec.Jpeg2000),
        (DicomTransferSyntax.HTJ2KLosslessRPCL, FrameCodec.Jpeg2000),
        (DicomTransferSyntax.HTJ2K, FrameCodec.Jpeg2000),
    }.ToFrozenDictionary(entry => entry.Syntax.Uid, entry => entry.Codec, StringComparer.Ordinal);

    /// <summary>The codec of a syntax.</summary>
    internal static FrameCodec Of(DicomTransferSyntax syntax) => ByUid.GetValueOrDefault(syntax.Uid);

    /// <summary>The Debian package that a syntax needs; null: none.</summary>
    internal static string? PackageOf(DicomTransferSyntax syntax) => Of(syntax) switch
    {
        FrameCodec.Jpeg2000 => "libopenjp2-7",
        FrameCodec.JpegLs => "libcharls2",
        _ => null,
    };
}
