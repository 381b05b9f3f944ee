using System.Text;

namespace MedISeg.Dicom.Series;

/// <summary>Class and instance of a file: careless anonymisation empties them in the data set and leaves them in the file meta
/// information.</summary>
internal static class InstanceUids
{
    /// <summary>Fills in what the data set lacks.</summary>
    public static void Complete(DicomFile file)
    {
        Complete(file, DicomTag.SOPClassUID, DicomTag.MediaStorageSOPClassUID);
        Complete(file, DicomTag.SOPInstanceUID, DicomTag.MediaStorageSOPInstanceUID);
    }

    private static void Complete(DicomFile file, DicomTag tag, DicomTag meta)
    {
        // What is no text of a UID cannot be written into an element of UIDs.
        if (file.Dataset.GetSingleValueOrDefault(tag, "").Length == 0 && file.FileMetaInfo.TryGetString(meta, out string? uid) && uid.Length > 0
            && Ascii.IsValid(uid))
            file.Dataset.AddOrUpdate(tag, uid);
    }
}
