using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>Objects that independent programs are asked about. All come of oblique, anisotropic grids with planes of 6 x 11 pixels, so that
/// frames begin amid a byte. DCMTK 3.6.7, and with it dcmqi, loses pixels where the number of pixels modulo 8 is 3, 5, 6 or 7, whoever wrote
/// the object; it is 2 here.</summary>
public sealed class SegmentationFiles : IDisposable
{
    private const string LabelMapPrefix = "labelmap", Overlapping = "overlapping";

    private readonly TempFolder _folder = new();

    /// <summary>Two segments and one without a voxel; <c>background</c>: no voxel at all; <c>one-slice</c>; <c>multi-frame</c>: of an
    /// enhanced source; <c>bare</c>: of a source without optional attributes, lossy; <c>wide</c>: labels above 255; <c>overlapping</c>: of two labels the one, both, the other, and one that does not occur.</summary>
    public static readonly TheoryData<string> Names = ["pattern", "background", "one-slice", "multi-frame", "bare", "wide", Overlapping];

    public void Dispose() => _folder.Dispose();

    /// <summary>The same as label maps; <c>labelmap-wide</c> has 300 segments, and so 16 bits.</summary>
    public static readonly TheoryData<string> LabelMapNames =
        ["labelmap", "labelmap-background", "labelmap-one-slice", "labelmap-multi-frame", "labelmap-bare", "labelmap-wide"];

    /// <summary>Writes an object.</summary>
    /// <param name="name">One of the names.</param>
    /// <param name="syntax">How frames of a label map are encoded; null: native.</param>
    /// <returns>Its path, and what is in it.</returns>
    internal (string Path, SegmentSummary[] Truth) Write(string name, DicomTransferSyntax? syntax = null)
    {
        (DicomSeries series, LabelMap labels, int[] order) = Case(name);
        string path = Path.Combine(_folder.Path, $"{name}{syntax?.Uid}.dcm");
        SegmentationDescription description = SegmentationCases.Description(order);
        if (name == Overlapping) description = SegmentationCases.Overlapping(description, [1], [2, 1, 900], [2], [3]);
        File.WriteAllBytes(path, name.StartsWith(LabelMapPrefix, StringComparison.Ordinal)
            ? SegmentationCases.WriteLabelMap(series, labels, description, syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian)
            : SegmentationCases.Write(series, labels, description));
        return (path, SegmentSummary.Of(labels, description));
    }

    /// <summary>Writes a map as a FRACTIONAL object.</summary>
    /// <returns>Its path, and the pixels above one half.</returns>
    internal (string Path, SegmentSummary Truth) WriteFractional()
    {
        (DicomSeries series, _, _) = Case("pattern");
        Volume map = FractionalSegmentationTests.Map(series.Geometry);
        SegmentationDescription description = SegmentationCases.Description(1, 2);
        string path = Path.Combine(_folder.Path, "fractional.dcm");
        File.WriteAllBytes(path, SegmentationCases.WriteFractional(series, map, description with { Segments = [description.Segments[0]] }));
        byte[] above = [.. map.Voxels<float>(0).ToArray().Select(value => (byte)(value > 0.5 ? 1 : 0))];
        return (path, SegmentSummary.Of(new LabelMap(series.Geometry, above), 1)[0]);
    }

    /// <summary>Writes the images that an object is made of, one file a slice.</summary>
    /// <returns>Their paths, in the order of the slices.</returns>
    internal string[] WriteSource(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "of " + name)).FullName;
        SyntheticSeries.Save(Case(name).Series, folder);
        return [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
    }

    /// <summary>Rows and columns of a plane.</summary>
    internal (int Rows, int Columns) Plane { get; init; } = (6, 11);

    private (DicomSeries Series, LabelMap Labels, int[] Order) Case(string name)
    {
        bool isLabelMap = name.StartsWith(LabelMapPrefix, StringComparison.Ordinal);
        if (isLabelMap) name = name[LabelMapPrefix.Length..].TrimStart('-');
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(name == "one-slice" ? 1 : 5, Plane.Rows, Plane.Columns));
        DicomSeries series = name == "multi-frame" ? SyntheticSeries.CreateMultiFrame(geometry) : SyntheticSeries.Create(geometry);
        if (isLabelMap && name == "wide") return (series, SegmentationCases.Pattern(geometry, 299, 17), [.. Enumerable.Range(1, 300)]);
        if (name == Overlapping) return (series, SegmentationCases.Pattern(geometry, 1, 2), [1, 2, 3, 4]);
        if (name == "wide") return (series, SegmentationCases.Pattern(geometry, 1000, 300), [1000, 300, 301]);
        if (name == "background") return (series, LabelMap.Empty(geometry, 3), [1, 2, 3]);
        if (name == "bare")
            foreach (DicomSlice slice in series.Slices)
            {
                foreach (DicomTag tag in (DicomTag[])[DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex,
                    DicomTag.PatientAge, DicomTag.PatientWeight, DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.StudyID, DicomTag.StudyDescription,
                    DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.PositionReferenceIndicator, DicomTag.Manufacturer,
                    DicomTag.ManufacturerModelName, DicomTag.SliceThickness, DicomTag.SpecificCharacterSet])
                    slice.Header.Remove(tag);
                slice.Header.AddOrUpdate(DicomTag.LossyImageCompression, "01").AddOrUpdate(DicomTag.LossyImageCompressionRatio, "8")
                    .AddOrUpdate(DicomTag.LossyImageCompressionMethod, "ISO_10918_1");
            }
        return (series, SegmentationCases.Pattern(geometry, 1, 2), [1, 2, 3]);
    }
}
