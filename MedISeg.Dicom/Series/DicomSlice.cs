namespace MedISeg.Dicom.Series;

/// <summary>One plane of a series.</summary>
/// <param name="Path">File that holds it.</param>
/// <param name="Frame">Frame within the file, from 0.</param>
/// <param name="Header">Its data set without pixel data.</param>
public sealed record DicomSlice(string Path, int Frame, DicomDataset Header);
