using System.Security.Cryptography;
using System.Text;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;

namespace MedISeg.Dicom.Deidentification;

/// <summary>
/// Takes out of a series' headers who the patient is, where and when the images were made, before objects are made of them. What remains is
/// listed: attributes of the image and its place, and UIDs and the patient's id replaced by what a key makes of them. The same value gives the same
/// replacement, so that all objects of a study or patient stay together.
/// </summary>
/// <param name="key">Secret; whoever has it can tell which patient a result belongs to. Borrowed.</param>
/// <param name="root">What replaced UIDs begin with (<see cref="DicomUID.IsRoot"/>).</param>
/// <param name="retainUids">Whether UIDs stay, so that objects refer to the images that they were made of.</param>
/// <remarks>Source: PS3.15 table E.1-1, Basic Application Confidentiality Profile, as far as our objects hold its attributes.</remarks>
public sealed class SourceDeidentifier(byte[] key, string root, bool retainUids)
{
    private const int PseudonymDigits = 16;

    /// <summary>UIDs of the standard itself say nothing of anybody.</summary>
    private const string StandardRoot = "1.2.840.10008.";

    private static readonly DicomCode BasicProfile = new("DCM", "113100", "Basic Application Confidentiality Profile"),
        RetainUidsOption = new("DCM", "113110", "Retain UIDs Option");

    private static readonly DicomTag[] Identifiers =
        [DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.SOPInstanceUID, DicomTag.FrameOfReferenceUID];

    private static readonly HashSet<DicomTag> Kept =
    [
        DicomTag.SOPClassUID, DicomTag.Modality, DicomTag.SeriesNumber, DicomTag.InstanceNumber, DicomTag.Laterality,
        DicomTag.SamplesPerPixel, DicomTag.PhotometricInterpretation, DicomTag.NumberOfFrames, DicomTag.Rows, DicomTag.Columns, DicomTag.BitsAllocated,
        DicomTag.BitsStored, DicomTag.HighBit, DicomTag.PixelRepresentation, DicomTag.WindowCenter, DicomTag.WindowWidth,
        DicomTag.LossyImageCompression, DicomTag.LossyImageCompressionRatio, DicomTag.LossyImageCompressionMethod,
        DicomTag.ImagePositionPatient, DicomTag.ImageOrientationPatient, DicomTag.PixelSpacing, DicomTag.SliceThickness, DicomTag.SpacingBetweenSlices,
        DicomTag.SharedFunctionalGroupsSequence, DicomTag.PerFrameFunctionalGroupsSequence, DicomTag.PlanePositionSequence,
        DicomTag.PlaneOrientationSequence, DicomTag.PixelMeasuresSequence, DicomTag.FrameVOILUTSequence,
    ];

    /// <summary>The same slices at the same places, of nobody; the files are not named any more.</summary>
    public DicomSeries Apply(DicomSeries series)
    {
        // Frames of one object share its header.
        Dictionary<DicomDataset, DicomDataset> done = new(ReferenceEqualityComparer.Instance);
        DicomSlice[] slices = new DicomSlice[series.Slices.Count];
        for (int k = 0; k < slices.Length; k++)
        {
            DicomDataset header = series.Slices[k].Header;
            if (!done.TryGetValue(header, out DicomDataset? clean)) done[header] = clean = Clean(header);
            slices[k] = new DicomSlice("", series.Slices[k].Frame, clean);
        }
        return series with { Slices = slices };
    }

    private DicomDataset Clean(DicomDataset header)
    {
        DicomDataset clean = Copy(header);
        foreach (DicomTag tag in Identifiers)
            if (header.GetSingleValueOrDefault(tag, "") is { } uid && DicomUID.IsValid(uid)) clean.AddOrUpdate(tag, Replaced(uid));
        string pseudonym = Pseudonym(header);
        DicomDataset[] codes = retainUids ? [Utf8Elements.Item(BasicProfile), Utf8Elements.Item(RetainUidsOption)] : [Utf8Elements.Item(BasicProfile)];
        return clean.PutText(DicomTag.PatientID, pseudonym).PutText(DicomTag.PatientName, "Anonymous^" + pseudonym)
            .PutText(DicomTag.PatientIdentityRemoved, "YES").PutText(DicomTag.DeidentificationMethod, BasicProfile.Meaning)
            .AddOrUpdate(DicomTag.DeidentificationMethodCodeSequence, codes).PutText(DicomTag.LongitudinalTemporalInformationModified, "REMOVED");
    }

    /// <summary>The attributes that are kept, at every depth, as far as their values are what they should be.</summary>
    private static DicomDataset Copy(DicomDataset from)
    {
        DicomDataset copy = new(from.InternalTransferSyntax);
        foreach (DicomItem item in from.Items)
        {
            if (!Kept.Contains(item.Tag)) continue;
            if (item is DicomSequence sequence) copy.AddOrUpdate(new DicomSequence(item.Tag, sequence.Items.Select(Copy)));
            else if (!item.ValueRepresentation.IsString || ValueRules.IsValid(item.Tag, item.ValueRepresentation, from.GetString(item.Tag))) copy.AddOrUpdate(item);
        }
        return copy;
    }

    private string Replaced(string uid) => retainUids || uid.StartsWith(StandardRoot, StringComparison.Ordinal) ? uid : DicomUID.FromHash(Hash("uid|" + uid), root);

    /// <summary>Of the patient; where the source has no id, of the study: results of nobody in particular must not become one patient's.</summary>
    private string Pseudonym(DicomDataset header)
    {
        string id = header.TryGetString(DicomTag.PatientID, out string? given) ? given.Trim() : "";
        string issuer = header.TryGetString(DicomTag.IssuerOfPatientID, out string? by) ? by.Trim() : "";
        string what = id.Length > 0 ? $"patient|{issuer}|{id}" : "study|" + header.GetSingleValueOrDefault(DicomTag.StudyInstanceUID, "");
        return Convert.ToHexString(Hash(what))[..PseudonymDigits];
    }

    private byte[] Hash(string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
