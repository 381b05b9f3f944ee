namespace MedISeg.Api.Uploads.Archives;

/// <summary>One entry of a zip archive, as its directory claims it; nothing of it is believed before it was counted.</summary>
/// <param name="Name">Its name without folders; compared with what a header names, and never kept.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="IsDeflated">Whether it is deflated; else it is stored.</param>
/// <param name="HeaderOffset">Place of its own header in the archive, bytes.</param>
/// <param name="PackedLength">Bytes in the archive.</param>
/// <param name="Length">Bytes once unpacked.</param>
/// <param name="Checksum">CRC-32 of the unpacked bytes.</param>
internal sealed record ArchiveEntry(string Name, bool IsFolder, bool IsDeflated, long HeaderOffset, long PackedLength, long Length, uint Checksum);
