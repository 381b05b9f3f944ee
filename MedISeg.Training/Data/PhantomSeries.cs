using System.Globalization;
using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>A phantom as a CT series of a patient that nobody is. The same seed gives the same files.</summary>
internal static class PhantomSeries
{
    /// <summary>Writes one file a slice.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="image">CT values in HU.</param>
    /// <param name="seed">Seed of the phantom; name, number and UIDs come from it.</param>
    public static void Write(string folder, Volume image, int seed)
    {
        string number = seed.ToString(CultureInfo.InvariantCulture);
        DicomDataset template = new DicomDataset()
            .AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192")
            .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage)
            .AddOrUpdate(DicomTag.Modality, "CT")
            .AddOrUpdate(DicomTag.BodyPartExamined, "ABDOMEN")
            .AddOrUpdate(DicomTag.PatientName, "Phantom^" + number)
            .AddOrUpdate(DicomTag.PatientID, "PHANTOM-" + number)
            .AddOrUpdate(DicomTag.PatientSex, "O")
            .AddOrUpdate(DicomTag.StudyDate, "20000101")
            .AddOrUpdate(DicomTag.StudyTime, "000000")
            .AddOrUpdate(DicomTag.StudyDescription, "Made-up abdomen")
            .AddOrUpdate(DicomTag.SeriesDescription, "Phantom of seed " + number)
            .AddOrUpdate(DicomTag.StudyID, "1")
            .AddOrUpdate(DicomTag.SeriesNumber, 2)
            .AddOrUpdate(DicomTag.StudyInstanceUID, Uid("study"))
            .AddOrUpdate(DicomTag.SeriesInstanceUID, Uid("series"))
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, Uid("frame of reference"));
        DicomSeriesWriter.Write(folder, image, template);

        string Uid(string role) => DicomUID.Derive($"MedISeg phantom {number} {role}");
    }
}
