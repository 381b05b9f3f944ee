using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Headers of synthetic slices: 3 rows of 5 columns, 0.7 mm between rows, 0.9 mm between columns.</summary>
internal static class SliceHeaders
{
    public const int Rows = 3, Columns = 5;

    public static readonly double[] Axial = [1, 0, 0, 0, 1, 0];

    /// <summary>A CT slice at z, upright.</summary>
    public static DicomDataset At(int instance, double z) => At(instance, new Vector3D(-20, 30, z));

    /// <summary>A CT slice at a position; its instance UID ends in its number, its file is named after it.</summary>
    public static DicomDataset At(int instance, Vector3D position) => new DicomDataset()
        .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage).AddOrUpdate(DicomTag.SOPInstanceUID, $"2.25.77.{instance}")
        .AddOrUpdate(DicomTag.StudyInstanceUID, "2.25.1").AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.2").AddOrUpdate(DicomTag.FrameOfReferenceUID, "2.25.3")
        .AddOrUpdate(DicomTag.Modality, "CT").AddOrUpdate(DicomTag.InstanceNumber, instance)
        .AddOrUpdate(DicomTag.ImagePositionPatient, position.X, position.Y, position.Z).AddOrUpdate(DicomTag.ImageOrientationPatient, Axial)
        .AddOrUpdate(DicomTag.PixelSpacing, 0.7, 0.9).AddOrUpdate(DicomTag.SliceThickness, 9.0).AddOrUpdate(DicomTag.SpacingBetweenSlices, 8.0)
        .AddOrUpdate(DicomTag.Rows, (ushort)Rows).AddOrUpdate(DicomTag.Columns, (ushort)Columns)
        .AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1).AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .AddOrUpdate(DicomTag.BitsAllocated, (ushort)16).AddOrUpdate(DicomTag.BitsStored, (ushort)16).AddOrUpdate(DicomTag.HighBit, (ushort)15)
        .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)1);

    /// <summary>Upright CT slices at z = <paramref name="places"/>, instance numbers from 1.</summary>
    public static DicomDataset[] Stack(params double[] places) => [.. places.Select((z, n) => At(n + 1, z))];

    /// <summary>The series of headers that are in no file.</summary>
    public static DicomSeries Build(params IEnumerable<DicomDataset> headers) => SeriesBuilder.Build(headers.Select((header, n) => ($"file-{n}", header)));

    /// <summary>The refusal of headers.</summary>
    public static SegmentationException Refusal(params IEnumerable<DicomDataset> headers) => Assert.Throws<SegmentationException>(() => Build(headers));

    /// <summary>Instance numbers in the order of k.</summary>
    public static int[] Order(DicomSeries series) => [.. series.Slices.Select(slice => slice.Header.GetSingleValue<int>(DicomTag.InstanceNumber))];
}
