using MedISeg.Dicom.IO;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom;

/// <summary>A Part 10 file: its meta information and its data set.</summary>
public sealed class DicomFile
{
    /// <summary>A file around a data set, to be saved in the data set's transfer syntax.</summary>
    public DicomFile(DicomDataset dataset) : this(new DicomDataset(), dataset)
    {
    }

    internal DicomFile(DicomDataset meta, DicomDataset dataset)
    {
        FileMetaInfo = meta;
        Dataset = dataset;
    }

    /// <summary>Group 0002 as it was read; empty where the file has none. Written anew when the file is saved.</summary>
    public DicomDataset FileMetaInfo { get; }

    /// <summary>Elements and items that were read, whether they were kept or not.</summary>
    internal int ElementCount { get; init; }

    /// <summary>Everything else.</summary>
    public DicomDataset Dataset { get; }

    /// <summary>Reads a file. It is held in memory; elements point into it.</summary>
    /// <param name="path">Path of the file, or of a pipe.</param>
    /// <param name="option">What to keep.</param>
    /// <param name="limits">Null: the defaults.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static DicomFile Open(string path, FileReadOption option = FileReadOption.ReadAll, DicomReadLimits? limits = null)
    {
        if (option != FileReadOption.ReadAll)
        {
            // Nothing points into the bytes afterwards, so that the next file can have the same ones.
            using LentFile lent = LentFile.Open(path, option, limits);
            return lent.File;
        }
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        // A pipe does not say how much comes.
        if (!stream.CanSeek) return Open(StreamBytes.ReadAll(stream, Array.MaxLength, LentFile.TooLarge), option, limits);
        if (stream.Length > Array.MaxLength) throw LentFile.TooLarge();
        byte[] content = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        return Open(content.AsMemory(0, stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)), option, limits);
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <inheritdoc cref="Open(string, FileReadOption, DicomReadLimits?)"/>
    /// <param name="content">The whole file; elements point into it.</param>
    /// <param name="option">What to keep.</param>
    /// <param name="limits">Null: the defaults.</param>
    public static DicomFile Open(ReadOnlyMemory<byte> content, FileReadOption option = FileReadOption.ReadAll, DicomReadLimits? limits = null) =>
        DicomReader.Read(content, option, limits ?? new DicomReadLimits());

    /// <summary>Writes the file, in the data set's transfer syntax.</summary>
    /// <exception cref="ArgumentException">The data set has no SOP class or instance UID.</exception>
    public void Save(Stream output) => DicomWriter.Write(output, this);
}
