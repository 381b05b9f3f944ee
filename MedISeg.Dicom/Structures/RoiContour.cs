namespace MedISeg.Dicom.Structures;

/// <summary>A closed contour of one ROI on one slice.</summary>
/// <param name="Slice">Source slice, from 0.</param>
/// <param name="Points">Number of points, at least 4.</param>
/// <param name="Data">Coordinates in mm (LPS), as a decimal string of 3 x <paramref name="Points"/> values.</param>
internal readonly record struct RoiContour(int Slice, int Points, byte[] Data);
