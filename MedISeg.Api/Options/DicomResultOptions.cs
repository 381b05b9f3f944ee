using System.ComponentModel.DataAnnotations;
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
}

/// <summary>Checks <see cref="DicomResultOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DicomResultOptionsValidator : IValidateOptions<DicomResultOptions>;
