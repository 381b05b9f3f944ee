using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Results;
using MedISeg.Dicom;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Dicom:Results</c>: what DICOM objects say of themselves.</summary>
public sealed class DicomResultOptions
{
    /// <summary>Distance of the series numbers of one job's objects, 1 to 10000: the segmentation's is the source's plus this, the structure set's plus
    /// twice this, and so on. Default 1000.</summary>
    [Range(1, 10_000)]
    public int SeriesNumberStep { get; init; } = 1000;

    /// <summary>Description of the segmentation's series, 1 to 64 characters; <c>{model}</c> and <c>{version}</c> are replaced, and what is then longer
    /// than 64 is cut. Default <c>MedISeg {model} {version}</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1), RegularExpression(@"[^\\\p{Cc}]*")]
    public string SeriesDescription { get; init; } = "MedISeg {model} {version}";

    /// <summary>Serial number of this installation, 1 to 64 characters. Default 0.</summary>
    [Required, StringLength(64, MinimumLength = 1), RegularExpression(@"[^\\\p{Cc}]*")]
    public string DeviceSerialNumber { get; init; } = "0";

    /// <summary>What all UIDs that are made begin with, 3 to 24 characters: two or more numbers without leading zeros, the first 0 to 2, with dots
    /// between them. A dot and up to 39 digits come behind it. Default 2.25, the root of UUIDs.</summary>
    [Required]
    public string UidRoot { get; init; } = DicomUID.UuidRoot;

    /// <summary>File with the secret, of at least 16 bytes, by which de-identified results replace UIDs and patients' ids. Default: one in the data
    /// root, made when it is first needed.</summary>
    public string? DeidentificationKeyFile { get; init; }
}

/// <summary>Checks <see cref="DicomResultOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DicomResultOptionsValidator : IValidateOptions<DicomResultOptions>;

/// <summary>Checks the root of UIDs and the key.</summary>
internal sealed class DicomResultCrossValidator : IValidateOptions<DicomResultOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, DicomResultOptions options)
    {
        List<string> errors = [];
        if (!DicomUID.IsRoot(options.UidRoot))
            errors.Add($"Dicom:Results:UidRoot must be numbers without leading zeros and dots between them, the first 0 to 2, at most {DicomUID.LongestRoot} characters.");
        if (options.DeidentificationKeyFile is { } file && !(File.Exists(file) && new FileInfo(file).Length >= DeidentificationKey.Shortest))
            errors.Add($"Dicom:Results:DeidentificationKeyFile must be a file of at least {DeidentificationKey.Shortest} bytes.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
