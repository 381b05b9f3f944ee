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
        // The bytes as they are: damaged ones are no text that could be written.
        if (file.Dataset.GetValueCount(tag) == 0 && file.FileMetaInfo.GetDicomItem<DicomElement>(meta) is { Buffer.Length: > 0 } uid)
            file.Dataset.AddOrUpdate(new DicomElement(tag, uid.ValueRepresentation, uid.Buffer));
    }
}
