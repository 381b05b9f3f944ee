using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Api.Jobs;

/// <summary>A job's input once it was read.</summary>
/// <param name="Image">The image, all channels.</param>
/// <param name="Kind">What it is: that a DICOM picture has no place in the patient is known only now.</param>
/// <param name="Sources">Series of the channels; empty where the input is not DICOM.</param>
/// <param name="Warnings">Sentences for the report.</param>
internal sealed record JobImage(Volume Image, InputKind Kind, IReadOnlyList<DicomSeries> Sources, IReadOnlyList<string> Warnings);
