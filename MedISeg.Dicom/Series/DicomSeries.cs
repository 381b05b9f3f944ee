using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>The slices of one series as one regular grid, checked; the pixels are still in the files.</summary>
/// <param name="Slices">In the order of k: by position along the normal, <c>row direction x column direction</c>.</param>
/// <param name="Geometry">Where the grid lies; i along the rows, j along the columns, k along the normal. One plane a slice, unless there is a
/// <see cref="Stack"/>.</param>
public sealed record DicomSeries(IReadOnlyList<DicomSlice> Slices, VolumeGeometry Geometry)
{
    /// <summary>Header of the first slice: what all slices share is read from it.</summary>
    public DicomDataset Header => Slices[0].Header;

    /// <summary>Whether the geometry says where the image lies in the patient. A single image without position and orientation (a
    /// radiograph, a screenshot) has a geometry of its pixel spacing only: first pixel at the origin, rows along x, columns along y.</summary>
    public bool IsInPatientSpace { get; init; } = true;

    /// <summary>Scouts of the upload that were left out.</summary>
    public int LocalizersLeftOut { get; init; }

    /// <summary>Factor that real values are brought to other units with, above 0; 1: they stay as they are (<see cref="StandardUptake"/>).</summary>
    public double Scale { get; init; } = 1;

    /// <summary>How the slices lie where they form no regular grid and <see cref="Geometry"/> is interpolated from them; null: they form it.</summary>
    public SliceStack? Stack { get; init; }

    /// <summary>One plane a slice: <see cref="Geometry"/>, or only its extent where there is a <see cref="Stack"/>.</summary>
    internal VolumeGeometry Planes => Stack?.Planes ?? Geometry;
}
