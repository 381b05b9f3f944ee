using MedISeg.Dicom;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Header of a multi-frame CT whose orientation and spacing are shared by all frames.</summary>
internal static class EnhancedHeader
{
    /// <summary>A frame at each z; values are rescaled by -1000 + 2 v.</summary>
    public static DicomDataset Of(params double[] places)
    {
        DicomDataset header = SliceHeaders.At(1, 0).Remove(DicomTag.ImagePositionPatient).Remove(DicomTag.ImageOrientationPatient).Remove(DicomTag.PixelSpacing)
            .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.EnhancedCTImageStorage).AddOrUpdate(DicomTag.NumberOfFrames, places.Length);
        header.AddOrUpdate(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset()
            .AddOrUpdate(DicomTag.PlaneOrientationSequence, new DicomDataset().AddOrUpdate(DicomTag.ImageOrientationPatient, SliceHeaders.Axial))
            .AddOrUpdate(DicomTag.PixelMeasuresSequence, new DicomDataset().AddOrUpdate(DicomTag.PixelSpacing, 0.7, 0.9).AddOrUpdate(DicomTag.SliceThickness, 5.0))
            .AddOrUpdate(DicomTag.PixelValueTransformationSequence,
                new DicomDataset().AddOrUpdate(DicomTag.RescaleIntercept, -1000.0).AddOrUpdate(DicomTag.RescaleSlope, 2.0)));
        header.AddOrUpdate(DicomTag.PerFrameFunctionalGroupsSequence, [.. places.Select(z => new DicomDataset()
            .AddOrUpdate(DicomTag.FrameContentSequence, new DicomDataset().AddOrUpdate(DicomTag.StackID, "1").AddOrUpdate(DicomTag.TemporalPositionIndex, 1))
            .AddOrUpdate(DicomTag.PlanePositionSequence, new DicomDataset().AddOrUpdate(DicomTag.ImagePositionPatient, -20.0, 30.0, z)))]);
        return header;
    }
}
