using System.Collections.Frozen;

namespace MedISeg.Dicom;

/// <summary>How a file's data set and its pixels are encoded.</summary>
public sealed class DicomTransferSyntax
{
    private static readonly FrozenDictionary<string, DicomTransferSyntax> Known;

    /// <summary>Implicit VR little endian, the default of the standard.</summary>
    public static DicomTransferSyntax ImplicitVRLittleEndian { get; } = new("1.2.840.10008.1.2", "Implicit VR Little Endian") { IsExplicitVR = false };

    /// <summary>Explicit VR little endian.</summary>
    public static DicomTransferSyntax ExplicitVRLittleEndian { get; } = new("1.2.840.10008.1.2.1", "Explicit VR Little Endian");

    /// <summary>Explicit VR big endian; retired, and yet met.</summary>
    public static DicomTransferSyntax ExplicitVRBigEndian { get; } = new("1.2.840.10008.1.2.2", "Explicit VR Big Endian") { IsBigEndian = true };

    /// <summary>Explicit VR little endian, everything after the file meta information deflated.</summary>
    public static DicomTransferSyntax DeflatedExplicitVRLittleEndian { get; } =
        new("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian") { IsDeflated = true };

    /// <summary>Run length encoding.</summary>
    public static DicomTransferSyntax RLELossless { get; } = new("1.2.840.10008.1.2.5", "RLE Lossless") { IsEncapsulated = true };

    /// <summary>JPEG, 8 bit.</summary>
    public static DicomTransferSyntax JPEGProcess1 { get; } = new("1.2.840.10008.1.2.4.50", "JPEG Baseline") { IsEncapsulated = true, IsLossy = true };

    /// <summary>JPEG, up to 12 bit.</summary>
    public static DicomTransferSyntax JPEGProcess2_4 { get; } = new("1.2.840.10008.1.2.4.51", "JPEG Extended") { IsEncapsulated = true, IsLossy = true };

    /// <summary>JPEG lossless, any predictor.</summary>
    public static DicomTransferSyntax JPEGProcess14 { get; } = new("1.2.840.10008.1.2.4.57", "JPEG Lossless") { IsEncapsulated = true };

    /// <summary>JPEG lossless, first predictor.</summary>
    public static DicomTransferSyntax JPEGProcess14SV1 { get; } =
        new("1.2.840.10008.1.2.4.70", "JPEG Lossless, First-Order Prediction") { IsEncapsulated = true };

    /// <summary>JPEG-LS, lossless.</summary>
    public static DicomTransferSyntax JPEGLSLossless { get; } = new("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless") { IsEncapsulated = true };

    /// <summary>JPEG-LS, near lossless.</summary>
    public static DicomTransferSyntax JPEGLSNearLossless { get; } =
        new("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless") { IsEncapsulated = true, IsLossy = true };

    /// <summary>JPEG 2000, lossless.</summary>
    public static DicomTransferSyntax JPEG2000Lossless { get; } = new("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless") { IsEncapsulated = true };

    /// <summary>JPEG 2000.</summary>
    public static DicomTransferSyntax JPEG2000Lossy { get; } = new("1.2.840.10008.1.2.4.91", "JPEG 2000") { IsEncapsulated = true, IsLossy = true };

    /// <summary>High-throughput JPEG 2000, lossless.</summary>
    public static DicomTransferSyntax HTJ2KLossless { get; } = new("1.2.840.10008.1.2.4.201", "HTJ2K Lossless") { IsEncapsulated = true };

    /// <summary>High-throughput JPEG 2000, lossless, resolution by resolution.</summary>
    public static DicomTransferSyntax HTJ2KLosslessRPCL { get; } = new("1.2.840.10008.1.2.4.202", "HTJ2K Lossless RPCL") { IsEncapsulated = true };

    /// <summary>High-throughput JPEG 2000.</summary>
    public static DicomTransferSyntax HTJ2K { get; } = new("1.2.840.10008.1.2.4.203", "HTJ2K") { IsEncapsulated = true, IsLossy = true };

    /// <summary>Each frame deflated.</summary>
    public static DicomTransferSyntax DeflatedImageFrame { get; } = new("1.2.840.10008.1.2.8.1", "Deflated Image Frame") { IsEncapsulated = true };

    static DicomTransferSyntax() => Known = new[]
    {
        ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless, JPEGProcess1,
        JPEGProcess2_4, JPEGProcess14, JPEGProcess14SV1, JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000Lossy, HTJ2KLossless,
        HTJ2KLosslessRPCL, HTJ2K, DeflatedImageFrame,
    }.ToFrozenDictionary(syntax => syntax.Uid, StringComparer.Ordinal);

    private DicomTransferSyntax(string uid, string name)
    {
        Uid = uid;
        Name = name;
    }

    /// <summary>Its UID.</summary>
    public string Uid { get; }

    /// <summary>The standard's name; empty where we do not know the UID.</summary>
    public string Name { get; }

    /// <summary>Whether elements carry their value representation.</summary>
    public bool IsExplicitVR { get; private init; } = true;

    /// <summary>Whether numbers have their highest byte first.</summary>
    public bool IsBigEndian { get; private init; }

    /// <summary>Whether the data set is deflated.</summary>
    public bool IsDeflated { get; private init; }

    /// <summary>Whether pixels are compressed fragments; unknown syntaxes are taken for such.</summary>
    public bool IsEncapsulated { get; private init; }

    /// <summary>Whether its compression may lose information.</summary>
    public bool IsLossy { get; private init; }

    /// <summary>All syntaxes that we know, decodable here or not.</summary>
    public static IReadOnlyCollection<DicomTransferSyntax> All => Known.Values;

    /// <summary>The syntax of a UID; a UID that we do not know gives an explicit little endian one without name.</summary>
    public static DicomTransferSyntax Parse(string uid) =>
        Known.TryGetValue(uid, out DicomTransferSyntax? syntax) ? syntax : new DicomTransferSyntax(uid, "") { IsEncapsulated = true };

    /// <summary>Name and UID, fit for messages.</summary>
    public override string ToString() => Name.Length == 0 ? Uid : $"{Name} ({Uid})";
}
