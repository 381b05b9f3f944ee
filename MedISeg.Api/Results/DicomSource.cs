using System.Text.Json;
using MedISeg.Api.Jobs;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;

namespace MedISeg.Api.Results;

/// <summary>What every DICOM object of a job needs beside its voxels. It is kept, because the job's images are not: objects that are seldom asked
/// for are made when they are.</summary>
/// <param name="Series">Headers of the series that was segmented.</param>
/// <param name="Description">What the job's segmentation object says of itself.</param>
/// <param name="Regions">The package's regions as segments that overlap; null: it has none.</param>
/// <param name="SeriesNumberStep">Distance of the series numbers of the job's objects.</param>
internal sealed record DicomSource(
    DicomSeries Series, SegmentationDescription Description, IReadOnlyList<SegmentDescription>? Regions, int SeriesNumberStep)
{
    /// <summary>Longest text of value representation LO.</summary>
    private const int LongestText = 64;

    /// <summary>Names of the files.</summary>
    private const string HeadersName = "source.zip", TextsName = "source.json";

    /// <summary>Writes it durably.</summary>
    public void Save(string folder)
    {
        DurableFiles.Write(Path.Combine(folder, HeadersName), stream => SeriesHeaders.Save(stream, Series));
        DurableFiles.Write(Path.Combine(folder, TextsName), stream => JsonSerializer.Serialize(stream, new Texts(Description, Regions, SeriesNumberStep)));
    }

    /// <summary>Reads what was saved.</summary>
    public static DicomSource Open(StoredResult result)
    {
        using FileStream headers = result.Open(HeadersName), texts = result.Open(TextsName);
        Texts stored = JsonSerializer.Deserialize<Texts>(texts)!;
        return new DicomSource(SeriesHeaders.Open(headers), stored.Description, stored.Regions, stored.SeriesNumberStep);
    }

    /// <summary>What another object of the job says of itself: in a series of its own, with UIDs that are the same whenever it is made.</summary>
    /// <param name="role">Which object; decides the UIDs.</param>
    /// <param name="place">Its place among the objects, from 1 behind the segmentation: by so many steps its series number is higher.</param>
    /// <param name="suffix">What is added to its description.</param>
    public SegmentationDescription Describe(string role, int place, string suffix) => Description with
    {
        SopInstanceUid = DicomUID.Derive(Description.SopInstanceUid + "|" + role, Description.UidRoot),
        SeriesInstanceUid = DicomUID.Derive(Description.SeriesInstanceUid + "|" + role, Description.UidRoot),
        DimensionOrganizationUid = DicomUID.Derive(Description.DimensionOrganizationUid + "|" + role, Description.UidRoot),
        SeriesNumber = Description.SeriesNumber + place * SeriesNumberStep,
        // What the object is must not be cut off.
        SeriesDescription = $"{Cut(Description.SeriesDescription, LongestText - suffix.Length - 1)} {suffix}",
    };

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest].TrimEnd();

    /// <summary>What is stored beside the headers.</summary>
    private sealed record Texts(SegmentationDescription Description, IReadOnlyList<SegmentDescription>? Regions, int SeriesNumberStep);
}
