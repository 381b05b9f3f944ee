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
internal sealed record DicomSource(DicomSeries Series, SegmentationDescription Description)
{
    /// <summary>Longest text of value representation LO.</summary>
    private const int LongestText = 64;

    /// <summary>Names of the files.</summary>
    private const string Headers = "source.zip", Texts = "source.json";

    /// <summary>Writes it durably.</summary>
    public void Save(string folder)
    {
        DurableFiles.Write(Path.Combine(folder, Headers), stream => SeriesHeaders.Save(stream, Series));
        DurableFiles.Write(Path.Combine(folder, Texts), stream => JsonSerializer.Serialize(stream, Description));
    }

    /// <summary>Reads what was saved.</summary>
    public static DicomSource Open(StoredResult result)
    {
        using FileStream headers = result.Open(Headers), texts = result.Open(Texts);
        return new DicomSource(SeriesHeaders.Open(headers), JsonSerializer.Deserialize<SegmentationDescription>(texts)!);
    }

    /// <summary>What another object of the job says of itself: in a series of its own, with UIDs that are the same whenever it is made.</summary>
    /// <param name="role">Which object; decides the UIDs.</param>
    /// <param name="numberStep">What is added to the number of the segmentation's series.</param>
    /// <param name="suffix">What is added to its description.</param>
    public SegmentationDescription Describe(string role, int numberStep, string suffix) => Description with
    {
        SopInstanceUid = DicomUID.Derive(Description.SopInstanceUid + "|" + role),
        SeriesInstanceUid = DicomUID.Derive(Description.SeriesInstanceUid + "|" + role),
        DimensionOrganizationUid = DicomUID.Derive(Description.DimensionOrganizationUid + "|" + role),
        SeriesNumber = Description.SeriesNumber + numberStep,
        // What the object is must not be cut off.
        SeriesDescription = $"{Cut(Description.SeriesDescription, LongestText - suffix.Length - 1)} {suffix}",
    };

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest].TrimEnd();
}
