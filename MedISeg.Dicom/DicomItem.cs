namespace MedISeg.Dicom;

/// <summary>A data element of whatever kind.</summary>
public abstract class DicomItem(DicomTag tag, DicomVR representation)
{
    /// <summary>Its name.</summary>
    public DicomTag Tag { get; } = tag;

    /// <summary>How its value is read.</summary>
    public DicomVR ValueRepresentation { get; } = representation;
}

/// <summary>A value.</summary>
/// <param name="tag">Its name.</param>
/// <param name="representation">How the bytes are read.</param>
/// <param name="value">Little endian bytes, whatever the file's order was.</param>
public sealed class DicomElement(DicomTag tag, DicomVR representation, ReadOnlyMemory<byte> value) : DicomItem(tag, representation)
{
    /// <summary>Little endian bytes; borrowed by whoever reads them.</summary>
    public ReadOnlyMemory<byte> Buffer { get; } = value;
}

/// <summary>A list of data sets.</summary>
public sealed class DicomSequence : DicomItem
{
    /// <summary>Takes the items over.</summary>
    public DicomSequence(DicomTag tag, params IEnumerable<DicomDataset> items) : base(tag, DicomVR.Parse("SQ")) => Items = [.. items];

    /// <summary>The items in their order.</summary>
    public IList<DicomDataset> Items { get; }
}

/// <summary>Encapsulated pixel data: the offset table and the fragments.</summary>
/// <param name="tag">PixelData.</param>
/// <param name="offsetTable">Content of the basic offset table; empty where the file has none.</param>
/// <param name="fragments">The fragments in their order, as they are in the file.</param>
public sealed class DicomFragmentSequence(DicomTag tag, ReadOnlyMemory<byte> offsetTable, IReadOnlyList<ReadOnlyMemory<byte>> fragments)
    : DicomItem(tag, DicomVR.Parse("OB"))
{
    /// <summary>Content of the basic offset table: one little endian 32-bit offset a frame, or nothing.</summary>
    public ReadOnlyMemory<byte> OffsetTable { get; } = offsetTable;

    /// <summary>The fragments in their order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Fragments { get; } = fragments;
}
