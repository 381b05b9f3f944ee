using System.Buffers.Binary;
using System.Globalization;
using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>A made-up CT series with all that a segmentation takes from its source.</summary>
internal static class SyntheticSeries
{
    public const string StudyUid = "2.25.101", SeriesUid = "2.25.102", FrameOfReferenceUid = "2.25.103";

    /// <summary>Oblique axes, spacing (k, j, i) = (2.5, 1.1, 0.7) mm, right-handed.</summary>
    public static VolumeGeometry Oblique(GridSize grid)
    {
        (double sinA, double cosA) = Math.SinCos(0.3);
        (double sinB, double cosB) = Math.SinCos(-0.5);
        Vector3D i = new(cosA * cosB, sinA * cosB, sinB), j = new(sinA, -cosA, 0);
        return new VolumeGeometry(grid, new Affine(i * 0.7, j * 1.1, i.Cross(j) * 2.5, new Vector3D(12.5, -140.25, 33)));
    }

    /// <summary>One instance a slice.</summary>
    public static DicomSeries Create(VolumeGeometry geometry) => new(
        [.. Enumerable.Range(0, geometry.Grid.Depth).Select(k => new DicomSlice("", 0, Header(geometry, k)))], geometry);

    /// <summary>All slices in one enhanced object; positions are in its per-frame groups, in an order of their own.</summary>
    public static DicomSeries CreateMultiFrame(VolumeGeometry geometry)
    {
        int depth = geometry.Grid.Depth;
        DicomDataset header = Header(geometry, 0);
        DicomDataset plane = new(), measures = new();
        foreach (DicomTag tag in (DicomTag[])[DicomTag.PixelSpacing, DicomTag.SliceThickness]) measures.AddOrUpdate(header.GetDicomItem<DicomElement>(tag)!);
        plane.AddOrUpdate(header.GetDicomItem<DicomElement>(DicomTag.ImageOrientationPatient)!);
        foreach (DicomTag tag in (DicomTag[])[DicomTag.PixelSpacing, DicomTag.SliceThickness, DicomTag.ImageOrientationPatient, DicomTag.ImagePositionPatient])
            header.Remove(tag);
        header.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.EnhancedCTImageStorage)
            .AddOrUpdate(DicomTag.NumberOfFrames, depth)
            .AddOrUpdate(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset()
                .AddOrUpdate(DicomTag.PlaneOrientationSequence, plane).AddOrUpdate(DicomTag.PixelMeasuresSequence, measures))
            .AddOrUpdate(new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, Enumerable.Range(0, depth).Select(frame =>
                new DicomDataset().AddOrUpdate(DicomTag.PlanePositionSequence,
                    new DicomDataset().AddOrUpdate(DicomTag.ImagePositionPatient, Place(geometry, depth - 1 - frame))))));
        return new DicomSeries([.. Enumerable.Range(0, depth).Select(k => new DicomSlice("", depth - 1 - k, header))], geometry);
    }

    /// <summary>Writes one file a slice, with a ramp as its pixels.</summary>
    public static void Save(DicomSeries series, string folder)
    {
        for (int k = 0; k < series.Slices.Count; k++)
        {
            DicomDataset whole = new();
            foreach (DicomItem item in series.Slices[k].Header.Items) whole.AddOrUpdate(item);
            byte[] pixels = new byte[series.Geometry.Grid.Height * series.Geometry.Grid.Width * 2];
            for (int n = 0; n < pixels.Length / 2; n++) BinaryPrimitives.WriteInt16LittleEndian(pixels.AsSpan(2 * n), (short)(100 * k + n));
            whole.AddOrUpdate(new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), pixels));
            using FileStream file = File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{k:d4}.dcm")));
            new DicomFile(whole).Save(file);
        }
    }

    private static DicomDataset Header(VolumeGeometry geometry, int k)
    {
        SpacingMm spacing = geometry.Spacing;
        Vector3D row = geometry.IndexToPatient.I * (1 / spacing.I), column = geometry.IndexToPatient.J * (1 / spacing.J);
        return new DicomDataset()
            .AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 100")
            .AddOrUpdate(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
            .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage)
            .AddOrUpdate(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"2.25.2{k:d4}"))
            .AddOrUpdate(DicomTag.StudyDate, "20250314").AddOrUpdate(DicomTag.StudyTime, "081530")
            .AddOrUpdate(DicomTag.AccessionNumber, "A-17").AddOrUpdate(DicomTag.ReferringPhysicianName, "Nuñez^Íñigo")
            .AddOrUpdate(DicomTag.StudyDescription, "Größe")
            .AddOrUpdate(DicomTag.Modality, "CT")
            .AddOrUpdate(DicomTag.Manufacturer, "Maker").AddOrUpdate(DicomTag.ManufacturerModelName, "Scanner 3")
            .AddOrUpdate(DicomTag.PatientName, "Müller^Zoë").AddOrUpdate(DicomTag.PatientID, "P-23")
            .AddOrUpdate(DicomTag.PatientBirthDate, "19600229").AddOrUpdate(DicomTag.PatientSex, "F")
            .AddOrUpdate(DicomTag.PatientAge, "065Y").AddOrUpdate(DicomTag.PatientWeight, "61.5")
            .AddOrUpdate(DicomTag.KVP, "120")
            .AddOrUpdate(DicomTag.StudyInstanceUID, StudyUid).AddOrUpdate(DicomTag.SeriesInstanceUID, SeriesUid)
            .AddOrUpdate(DicomTag.StudyID, "S-5").AddOrUpdate(DicomTag.SeriesNumber, 4).AddOrUpdate(DicomTag.AcquisitionNumber, 1)
            .AddOrUpdate(DicomTag.InstanceNumber, geometry.Grid.Depth - k)
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, FrameOfReferenceUid)
            .AddOrUpdate(DicomTag.PositionReferenceIndicator, "XY")
            .AddOrUpdate(DicomTag.ImagePositionPatient, Place(geometry, k))
            .AddOrUpdate(DicomTag.ImageOrientationPatient, row.X, row.Y, row.Z, column.X, column.Y, column.Z)
            .AddOrUpdate(DicomTag.PixelSpacing, spacing.J, spacing.I)
            .AddOrUpdate(DicomTag.SliceThickness, 3.0)
            .AddOrUpdate(DicomTag.SpacingBetweenSlices, 9.0)
            .AddOrUpdate(DicomTag.SamplesPerPixel, 1).AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2")
            .AddOrUpdate(DicomTag.Rows, geometry.Grid.Height).AddOrUpdate(DicomTag.Columns, geometry.Grid.Width)
            .AddOrUpdate(DicomTag.BitsAllocated, 16).AddOrUpdate(DicomTag.BitsStored, 16).AddOrUpdate(DicomTag.HighBit, 15)
            .AddOrUpdate(DicomTag.PixelRepresentation, 1)
            .AddOrUpdate(DicomTag.RescaleIntercept, -1024).AddOrUpdate(DicomTag.RescaleSlope, 1);
    }

    private static double[] Place(VolumeGeometry geometry, int k)
    {
        Vector3D place = geometry.IndexToPatient.Apply(0, 0, k);
        return [place.X, place.Y, place.Z];
    }
}
