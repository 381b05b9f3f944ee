namespace MedISeg.Dicom;

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
