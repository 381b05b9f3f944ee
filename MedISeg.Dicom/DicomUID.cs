using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MedISeg.Dicom;

/// <summary>UIDs that we name, and UIDs that we make.</summary>
public static partial class DicomUID
{
    /// <summary>Segmentation Storage.</summary>
    public const string SegmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";
    /// <summary>Label Map Segmentation Storage.</summary>
    public const string LabelMapSegmentationStorage = "1.2.840.10008.5.1.4.1.1.66.7";
    /// <summary>RT Structure Set Storage.</summary>
    public const string RTStructureSetStorage = "1.2.840.10008.5.1.4.1.1.481.3";
    /// <summary>Comprehensive 3D SR Storage.</summary>
    public const string Comprehensive3DSRStorage = "1.2.840.10008.5.1.4.1.1.88.34";
    /// <summary>Media Storage Directory Storage (DICOMDIR).</summary>
    public const string MediaStorageDirectoryStorage = "1.2.840.10008.1.3.10";
    /// <summary>CT Image Storage.</summary>
    public const string CTImageStorage = "1.2.840.10008.5.1.4.1.1.2";
    /// <summary>MR Image Storage.</summary>
    public const string MRImageStorage = "1.2.840.10008.5.1.4.1.1.4";
    /// <summary>Positron Emission Tomography Image Storage.</summary>
    public const string PositronEmissionTomographyImageStorage = "1.2.840.10008.5.1.4.1.1.128";
    /// <summary>Enhanced CT Image Storage.</summary>
    public const string EnhancedCTImageStorage = "1.2.840.10008.5.1.4.1.1.2.1";
    /// <summary>Enhanced MR Image Storage.</summary>
    public const string EnhancedMRImageStorage = "1.2.840.10008.5.1.4.1.1.4.1";
    /// <summary>Enhanced PET Image Storage.</summary>
    public const string EnhancedPETImageStorage = "1.2.840.10008.5.1.4.1.1.130";
    /// <summary>Secondary Capture Image Storage.</summary>
    public const string SecondaryCaptureImageStorage = "1.2.840.10008.5.1.4.1.1.7";
    /// <summary>This implementation, for file meta information; derived once from the product's name.</summary>
    public const string ImplementationClass = "2.25.242131384352741395470217281826386523117";

    /// <summary>Longest UID. Source: PS3.5 9.1.</summary>
    public const int Longest = 64;

    /// <summary>Root of UIDs that are UUIDs. Source: PS3.5 B.2.</summary>
    public const string UuidRoot = "2.25";

    /// <summary>Longest root of ours: a dot and the 39 digits of a UUID come behind it.</summary>
    public const int LongestRoot = 24;

    private const int UuidBytes = 16;

    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789.");

    /// <summary>Whether a text is made of digits and dots, as a UID is, and no longer than one.</summary>
    public static bool IsValid(string? text) => text is { Length: > 0 and <= Longest } && !text.AsSpan().ContainsAnyExcept(Characters);

    /// <summary>Whether a text may be the root of UIDs that we make: two or more numbers without leading zeros, the first 0 to 2, and no longer
    /// than <see cref="LongestRoot"/>.</summary>
    public static bool IsRoot(string? text) => text is { Length: <= LongestRoot } && Root().IsMatch(text);

    /// <summary>A new UID from a random UUID.</summary>
    /// <param name="root">What it begins with (<see cref="IsRoot"/>).</param>
    public static string Generate(string root = UuidRoot)
    {
        Span<byte> bytes = stackalloc byte[UuidBytes];
        Guid.NewGuid().TryWriteBytes(bytes, bigEndian: true, out _);
        return FromUuid(bytes, root);
    }

    /// <summary>The same UID for the same text, from a UUID of version 8 made of the text's SHA-256.</summary>
    /// <inheritdoc cref="Generate"/>
    /// <param name="text">What it is derived from.</param>
    /// <param name="root">What it begins with.</param>
    public static string Derive(string text, string root = UuidRoot)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return FromHash(hash, root);
    }

    /// <summary>The UID of a hash.</summary>
    /// <param name="hash">At least 16 bytes; changed.</param>
    /// <param name="root">What it begins with.</param>
    internal static string FromHash(Span<byte> hash, string root)
    {
        hash[6] = (byte)(hash[6] & 0x0f | 0x80);
        hash[8] = (byte)(hash[8] & 0x3f | 0x80);
        return FromUuid(hash[..UuidBytes], root);
    }

    private static string FromUuid(ReadOnlySpan<byte> uuid, string root) =>
        $"{root}.{BinaryPrimitives.ReadUInt128BigEndian(uuid).ToString(CultureInfo.InvariantCulture)}";

    [GeneratedRegex(@"^[0-2](\.(0|[1-9][0-9]*))+\z")]
    private static partial Regex Root();
}
