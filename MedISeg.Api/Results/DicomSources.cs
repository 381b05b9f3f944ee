using MedISeg.Api.Options;
using MedISeg.Dicom;
using MedISeg.Dicom.Deidentification;
using MedISeg.Dicom.Series;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Results;

/// <summary>Makes what the DICOM objects of a job are made of: of the series as they came, or of nobody's.</summary>
internal sealed class DicomSources(DeidentificationKey key, IOptions<DicomResultOptions> options, TimeProvider time)
{
    /// <summary>Date of all objects that must not say when they were made.</summary>
    private static readonly DateTimeOffset NoDate = DateTimeOffset.UnixEpoch;

    /// <summary>Makes it.</summary>
    /// <param name="manifest">The package.</param>
    /// <param name="recipe">What ran; its options say what is to be left out.</param>
    /// <param name="sources">Series of the channels; the first one's grid is the result's.</param>
    public DicomSource Create(ModelManifest manifest, RunRecipe recipe, IReadOnlyList<DicomSeries> sources)
    {
        DicomResultOptions said = options.Value;
        DateTimeOffset now = time.GetUtcNow();
        if (Deidentifies(recipe))
        {
            SourceDeidentifier deidentifier = new(key.Read(), said.UidRoot, recipe.Options.Deidentify == DeidentificationPolicy.RetainUids);
            sources = [.. sources.Select(deidentifier.Apply)];
            // Description and serial number are the installation's own texts, which say where it is.
            said = new DicomResultOptions { SeriesNumberStep = said.SeriesNumberStep, UidRoot = said.UidRoot };
            now = NoDate;
        }
        return new DicomSource(
            sources[0], SegmentationDescriber.Create(manifest, recipe, sources, said, now), SegmentationDescriber.Regions(manifest, recipe, sources, said),
            said.SeriesNumberStep);
    }

    /// <summary>Whether pictures of the image would show what the objects are to leave out.</summary>
    public static bool ShowsPatient(RunRecipe recipe, IReadOnlyList<DicomSeries> sources) =>
        Deidentifies(recipe) && sources[0].Slices.Any(slice => slice.Header.GetSingleValueOrDefault(DicomTag.BurnedInAnnotation, "") == "YES");

    private static bool Deidentifies(RunRecipe recipe) => recipe.Options.Deidentify is not (null or DeidentificationPolicy.None);
}
