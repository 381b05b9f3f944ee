using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>Says of a reconstructed nuclear medicine object's frames where they lie, as an enhanced object would: the object itself gives the
/// first slice's place and the distance of the others. Source: PS3.3 C.8.4.8, C.8.4.11, C.8.4.15.</summary>
internal static class NuclearFrames
{
    /// <summary>Adds functional groups to a header that describes its slices so; any other is left as it is.</summary>
    /// <param name="header">Header of a multi-frame object without functional groups.</param>
    /// <param name="frames">Its frames.</param>
    public static void Describe(DicomDataset header, int frames)
    {
        if (!header.TryGetValues(DicomTag.SliceVector, out int[]? slices) || slices.Length != frames || slices.Any(slice => slice < 1)) return;
        if (!header.TryGetSequence(DicomTag.DetectorInformationSequence, out DicomSequence? detectors) || detectors.Items.Count == 0) return;
        DicomDataset detector = detectors.Items[0];
        if (!detector.TryGetValues(DicomTag.ImagePositionPatient, out double[]? first) || first.Length != 3
            || !detector.TryGetValues(DicomTag.ImageOrientationPatient, out double[]? cosines) || cosines.Length != 6)
            return;
        // Signed: a negative distance stacks the slices against the normal.
        double step = header.GetSingleValueOrDefault(DicomTag.SpacingBetweenSlices, header.GetSingleValueOrDefault(DicomTag.SliceThickness, 0.0));
        if (step == 0) return;
        Vector3D normal = new Vector3D(cosines[0], cosines[1], cosines[2]).Cross(new Vector3D(cosines[3], cosines[4], cosines[5]));
        Dictionary<int, int> seen = [];
        DicomDataset[] groups = new DicomDataset[frames];
        for (int n = 0; n < frames; n++)
        {
            // The same slice again is another gate, energy window or phase.
            int time = seen[slices[n]] = seen.GetValueOrDefault(slices[n]) + 1;
            Vector3D place = new Vector3D(first[0], first[1], first[2]) + normal * (step * (slices[n] - 1));
            groups[n] = new DicomDataset()
                .AddOrUpdate(DicomTag.FrameContentSequence, new DicomDataset().AddOrUpdate(DicomTag.TemporalPositionIndex, (uint)time))
                .AddOrUpdate(DicomTag.PlanePositionSequence, new DicomDataset().AddOrUpdate(DicomTag.ImagePositionPatient, place.X, place.Y, place.Z))
                .AddOrUpdate(DicomTag.PlaneOrientationSequence, new DicomDataset().AddOrUpdate(DicomTag.ImageOrientationPatient, cosines));
        }
        header.AddOrUpdate(DicomTag.PerFrameFunctionalGroupsSequence, groups);
    }
}
