using MedISeg.Imaging.Formats;

namespace MedISeg.Api.Capabilities;

/// <summary>What this host reads and writes.</summary>
/// <param name="ImageFormats">Files that are read besides DICOM.</param>
/// <param name="TransferSyntaxes">DICOM transfer syntaxes, by UID.</param>
/// <param name="Results">Kinds of results; which of them a job can answer depends on its input.</param>
public sealed record CapabilitiesDocument(
    IReadOnlyList<ImageFormat> ImageFormats, IReadOnlyList<TransferSyntaxDocument> TransferSyntaxes, IReadOnlyList<ResultKindDocument> Results);

/// <summary>A DICOM transfer syntax.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Name">The standard's name.</param>
/// <param name="Lossy">Whether its compression may lose information.</param>
/// <param name="Decoded">Whether pixels of it are decoded on this host.</param>
/// <param name="Needs">Debian package that is missing; null where nothing is.</param>
public sealed record TransferSyntaxDocument(string Uid, string Name, bool Lossy, bool Decoded, string? Needs);

/// <summary>A kind of result.</summary>
/// <param name="Format">Value of the query parameter format.</param>
/// <param name="MediaTypes">Values of Accept that ask for it; the first is the one it is sent as.</param>
public sealed record ResultKindDocument(string Format, IReadOnlyList<string> MediaTypes);
