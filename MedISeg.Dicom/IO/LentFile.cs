using System.Buffers;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.IO;

/// <summary>A file whose bytes are lent: elements point into memory that the next file gets when this is disposed.</summary>
internal sealed class LentFile : IDisposable
{
    /// <summary>Larger files have memory of their own: what is lent is kept for the next one.</summary>
    private const int MostLent = 16 << 20;

    private byte[]? _lent;

    private LentFile(DicomFile file, byte[]? lent) => (File, _lent) = (file, lent);

    /// <summary>The file, up to the end of this.</summary>
    public DicomFile File { get; }

    /// <summary>Reads a file.</summary>
    /// <inheritdoc cref="DicomFile.Open(string, FileReadOption, DicomReadLimits?)"/>
    public static LentFile Open(string path, FileReadOption option, DicomReadLimits? limits)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        // A pipe does not say how much comes.
        if (!stream.CanSeek) return new LentFile(DicomFile.Open(StreamBytes.ReadAll(stream, Array.MaxLength, TooLarge), option, limits), null);
        if (stream.Length > Array.MaxLength) throw TooLarge();
        int length = (int)stream.Length;
        byte[]? lent = length <= MostLent ? ArrayPool<byte>.Shared.Rent(length) : null;
        try
        {
            byte[] content = lent ?? GC.AllocateUninitializedArray<byte>(length);
            int read = stream.ReadAtLeast(content.AsSpan(0, length), length, throwOnEndOfStream: false);
            LentFile file = new(DicomFile.Open(content.AsMemory(0, read), option, limits), lent);
            lent = null;
            return file;
        }
        finally
        {
            if (lent is not null) ArrayPool<byte>.Shared.Return(lent);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_lent is not null) ArrayPool<byte>.Shared.Return(_lent);
        _lent = null;
    }

    /// <summary>What to throw where a file is larger than an array.</summary>
    internal static SegmentationException TooLarge() =>
        new(ErrorCode.TooLarge, $"The DICOM file has more than {Array.MaxLength} bytes; send the series as single slices.");
}
