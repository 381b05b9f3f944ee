using System.IO.Compression;

namespace MedISeg.Dicom.IO;

/// <summary>Writes Part 10 files: preamble, file meta information, data set in the data set's transfer syntax.</summary>
public static class DicomWriter
{
    private const string VersionName = "MEDISEG";
    private const int LastForeignGroup = 2;

    /// <summary>Writes a file whose longest value is not held in memory.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="dataset">Everything but that value; of a little endian syntax.</param>
    /// <param name="tag">Name of the value, e.g. PixelData; it takes the place of an element of that name.</param>
    /// <param name="representation">Its representation, one of 32-bit lengths such as OB.</param>
    /// <param name="length">Its bytes, up to 2^32 - 2; an odd number is padded with a zero.</param>
    /// <param name="writeValue">Writes just as many bytes to the stream that it is given.</param>
    /// <exception cref="ArgumentException">The data set has no SOP class or instance UID or is big endian, or the value cannot be written
    /// under this representation and length.</exception>
    /// <exception cref="InvalidOperationException">More or fewer bytes were written.</exception>
    public static void Write(
        Stream output, DicomDataset dataset, DicomTag tag, DicomVR representation, long length, Action<Stream> writeValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, uint.MaxValue - 1);
        if (!representation.HasLongLength) throw new ArgumentException("The representation has lengths of 16 bits only.", nameof(representation));
        if (dataset.InternalTransferSyntax.IsBigEndian) throw new ArgumentException("Streamed values are little endian.", nameof(dataset));
        WriteAround(output, dataset, tag, (body, elements) =>
        {
            elements.WriteHeader(tag, representation, (uint)(length + (length & 1)));
            using (CountingStream value = new(body, length))
            {
                writeValue(value);
                if (value.Count != length) throw new InvalidOperationException($"A value of {length} bytes was given {value.Count}.");
            }
            if ((length & 1) == 1) body.WriteByte(0);
        });
    }

    /// <summary>Writes a file whose encoded frames are not held in memory. Each becomes one fragment; the offset table stays empty.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="dataset">Everything but the pixel data; of an encapsulated syntax.</param>
    /// <param name="frames">Encoded frames, asked for one by one.</param>
    /// <exception cref="ArgumentException">The data set has no SOP class or instance UID, or is of a native syntax.</exception>
    public static void WriteFrames(Stream output, DicomDataset dataset, IEnumerable<ReadOnlyMemory<byte>> frames)
    {
        if (!dataset.InternalTransferSyntax.IsEncapsulated) throw new ArgumentException("Encoded frames need an encapsulated syntax.", nameof(dataset));
        WriteAround(output, dataset, DicomTag.PixelData, (_, elements) => elements.WriteFragments(DicomTag.PixelData, default, frames));
    }

    /// <summary>Writes a file.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="file">The UIDs of its file meta information serve where the data set has none, as in a DICOMDIR.</param>
    /// <exception cref="ArgumentException">There is no SOP class or instance UID, or compressed fragments stand under a native syntax.</exception>
    internal static void Write(Stream output, DicomFile file)
    {
        DicomDataset dataset = file.Dataset;
        if (!dataset.InternalTransferSyntax.IsEncapsulated && dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData) is not null)
            throw new ArgumentException("Compressed fragments cannot be written under a native transfer syntax.", nameof(file));
        WriteFile(output, dataset, file.FileMetaInfo, (_, elements) => elements.Write(dataset, dataset.Items.Where(IsOfDataset)));
    }

    /// <summary>Writes the data set, and a value in its place among the elements.</summary>
    private static void WriteAround(Stream output, DicomDataset dataset, DicomTag tag, Action<Stream, ElementWriter> writeValue) =>
        WriteFile(output, dataset, new DicomDataset(), (body, elements) =>
        {
            elements.Write(dataset, dataset.Items.Where(item => IsOfDataset(item) && item.Tag < tag));
            writeValue(body, elements);
            elements.Write(dataset, dataset.Items.Where(item => IsOfDataset(item) && item.Tag > tag));
        });

    private static void WriteFile(Stream output, DicomDataset dataset, DicomDataset oldMeta, Action<Stream, ElementWriter> writeBody)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        WriteMeta(output, new DicomDataset()
            .AddOrUpdate(DicomTag.FileMetaInformationVersion, new byte[] { 0, 1 })
            .AddOrUpdate(DicomTag.MediaStorageSOPClassUID, Uid(dataset, DicomTag.SOPClassUID, oldMeta, DicomTag.MediaStorageSOPClassUID))
            .AddOrUpdate(DicomTag.MediaStorageSOPInstanceUID, Uid(dataset, DicomTag.SOPInstanceUID, oldMeta, DicomTag.MediaStorageSOPInstanceUID))
            .AddOrUpdate(DicomTag.TransferSyntaxUID, syntax.Uid)
            .AddOrUpdate(DicomTag.ImplementationClassUID, DicomUID.ImplementationClass)
            .AddOrUpdate(DicomTag.ImplementationVersionName, VersionName));
        if (!syntax.IsDeflated)
        {
            writeBody(output, new ElementWriter(output, ElementCoding.Of(syntax)));
            return;
        }
        using CountingStream counted = new(output);
        using (DeflateStream deflate = new(counted, CompressionLevel.Optimal, leaveOpen: true))
            writeBody(deflate, new ElementWriter(deflate, ElementCoding.Of(syntax)));
        if ((counted.Count & 1) == 1) counted.WriteByte(0);
    }

    private static void WriteMeta(Stream output, DicomDataset meta)
    {
        using MemoryStream elements = new();
        new ElementWriter(elements, ElementCoding.Explicit).Write(meta, meta.Items);
        output.Write(new byte[128]);
        output.Write("DICM"u8);
        DicomDataset length = new DicomDataset().AddOrUpdate(DicomTag.FileMetaInformationGroupLength, (uint)elements.Length);
        new ElementWriter(output, ElementCoding.Explicit).Write(length, length.Items);
        elements.WriteTo(output);
    }

    /// <summary>Command and file meta elements are none of the data set's.</summary>
    private static bool IsOfDataset(DicomItem item) => item.Tag.Group > LastForeignGroup;

    private static string Uid(DicomDataset dataset, DicomTag tag, DicomDataset oldMeta, DicomTag oldTag)
    {
        string uid = dataset.GetSingleValueOrDefault(tag, "");
        if (uid.Length == 0) uid = oldMeta.GetSingleValueOrDefault(oldTag, "");
        return uid.Length > 0 ? uid : throw new ArgumentException($"The data set has no {tag}.", nameof(dataset));
    }
}
