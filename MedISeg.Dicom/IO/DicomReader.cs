using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.IO;

/// <summary>Reads a Part 10 file: preamble, file meta information and data set, each of the first two optional.</summary>
internal static class DicomReader
{
    private const int PreambleSize = 128;
    private const int PrefixSize = 4;

    /// <summary>Inflated bytes that hold most headers, and the longest ones that are looked for without inflating the pixels.</summary>
    private const int ShortStart = 1 << 16, LongStart = 1 << 22;

    /// <summary>Reads a file.</summary>
    /// <param name="content">The whole file. Elements point into it, unless large ones are skipped.</param>
    /// <param name="option">What to keep.</param>
    /// <param name="limits">Bounds.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>.</exception>
    public static DicomFile Read(ReadOnlyMemory<byte> content, FileReadOption option, DicomReadLimits limits)
    {
        bool hasPrefix = HasPrefix(content.Span);
        int start = hasPrefix ? PreambleSize + PrefixSize : 0;
        if (!hasPrefix && !SyntaxSniffer.IsElement(content.Span)) throw DicomErrors.NotDicom();

        DicomDataset meta = new();
        DatasetParser metaParser = new(content, start, option, limits);
        metaParser.Read(meta, ElementCoding.Explicit, onlyMeta: true);
        ReadOnlyMemory<byte> body = content[metaParser.Position..];
        DicomTransferSyntax syntax = DeclaredSyntax(meta);
        if (syntax.IsDeflated && SyntaxSniffer.IsExplicitElement(body.Span)) syntax = DicomTransferSyntax.ExplicitVRLittleEndian;
        if (syntax.IsDeflated && option == FileReadOption.Headers && StartOfDeflated(meta, metaParser.Count, syntax, body, limits) is { } headers) return headers;
        if (syntax.IsDeflated) body = Inflater.Inflate(body, limits.InflatedBytesOf(body.Length));
        return ReadBody(meta, metaParser.Count, syntax, body, option == FileReadOption.Headers ? FileReadOption.SkipLargeTags : option, limits);
    }

    /// <summary>Reads what comes before the pixels of a deflated data set, without inflating these.</summary>
    /// <returns>null: no pixels come within the first bytes.</returns>
    private static DicomFile? StartOfDeflated(DicomDataset meta, int metaCount, DicomTransferSyntax syntax, ReadOnlyMemory<byte> deflated, DicomReadLimits limits)
    {
        for (int length = ShortStart; length <= LongStart; length *= 8)
        {
            ReadOnlyMemory<byte> start = Inflater.Start(deflated, length);
            if (start.Length < length) return null;
            try
            {
                DicomFile file = ReadBody(meta, metaCount, syntax, start, FileReadOption.Headers, limits);
                if (file.Dataset.HasPixelData) return file;
            }
            catch (SegmentationException)
            {
                // Cut off amid an element, or damaged, which shows when all is read.
            }
        }
        return null;
    }

    private static DicomFile ReadBody(
        DicomDataset meta, int metaCount, DicomTransferSyntax syntax, ReadOnlyMemory<byte> body, FileReadOption option, DicomReadLimits limits)
    {
        if (body.IsEmpty) throw DicomErrors.Truncated();
        ElementCoding coding = SyntaxSniffer.Correct(body.Span, ElementCoding.Of(syntax));
        DicomDataset dataset = new(Matching(syntax, coding));
        DatasetParser parser = new(body, 0, option, limits);
        parser.Read(dataset, coding, onlyMeta: false);
        return new DicomFile(meta, dataset) { ElementCount = metaCount + parser.Count };
    }

    /// <summary>Whether the bytes are marked as a Part 10 file.</summary>
    public static bool HasPrefix(ReadOnlySpan<byte> content) =>
        content.Length >= PreambleSize + PrefixSize && content.Slice(PreambleSize, PrefixSize).SequenceEqual("DICM"u8);

    private static DicomTransferSyntax DeclaredSyntax(DicomDataset meta) =>
        meta.TryGetSingleValue(DicomTag.TransferSyntaxUID, out string? uid) && uid.Length > 0
            ? DicomTransferSyntax.Parse(uid)
            : DicomTransferSyntax.ImplicitVRLittleEndian;

    /// <summary>The declared syntax, or the native one that the elements are laid out in, where the declared one contradicts them.</summary>
    private static DicomTransferSyntax Matching(DicomTransferSyntax declared, ElementCoding coding)
    {
        // Compressed pixels are what the file says, however its elements are laid out.
        if (declared.IsEncapsulated || ElementCoding.Of(declared) == coding) return declared;
        if (!coding.IsExplicit) return DicomTransferSyntax.ImplicitVRLittleEndian;
        return coding.IsBigEndian ? DicomTransferSyntax.ExplicitVRBigEndian : DicomTransferSyntax.ExplicitVRLittleEndian;
    }
}
