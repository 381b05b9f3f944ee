namespace MedISeg.Dicom;

/// <summary>A value.</summary>
/// <param name="tag">Its name.</param>
/// <param name="representation">How the bytes are read.</param>
/// <param name="value">Little endian bytes, whatever the file's order was.</param>
public sealed class DicomElement(DicomTag tag, DicomVR representation, ReadOnlyMemory<byte> value) : DicomItem(tag, representation)
{
    /// <summary>Little endian bytes; borrowed by whoever reads them.</summary>
    public ReadOnlyMemory<byte> Buffer { get; } = value;
}
