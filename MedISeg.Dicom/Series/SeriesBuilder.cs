using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Makes a regular grid of the objects of one series.</summary>
internal static class SeriesBuilder
{
    /// <summary>Sorts and checks.</summary>
    /// <param name="objects">Path and header of each file of one SeriesInstanceUID, in any order; the result does not depend on it.</param>
    /// <param name="policy">What to do with slices that form no regular grid.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MixedSeries"/>, <see cref="ErrorCode.IrregularGeometry"/>, <see
    /// cref="ErrorCode.InvalidGeometry"/>, <see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TooLarge"/>.</exception>
    public static DicomSeries Build(IEnumerable<(string Path, DicomDataset Header)> objects, GeometryPolicy policy = GeometryPolicy.Reject)
    {
        return Build(Slices(objects), policy);
    }

    /// <summary>The frames of all files, in an order that does not depend on that of the files.</summary>
    /// <exception cref="SegmentationException">As above.</exception>
    public static IReadOnlyList<DicomSlice> Slices(IEnumerable<(string Path, DicomDataset Header)> objects)
    {
        List<DicomSlice> slices = [];
        foreach ((string path, DicomDataset header) in objects.OrderBy(
            one => one.Header.TryGetString(DicomTag.SOPInstanceUID, out string? uid) ? uid : "", StringComparer.Ordinal))
            AddFrames(slices, path, header);
        return slices;
    }

    /// <summary>Sorts and checks slices.</summary>
    /// <inheritdoc cref="Build(IEnumerable{ValueTuple{string, DicomDataset}}, GeometryPolicy)"/>
    public static DicomSeries Build(IReadOnlyList<DicomSlice> slices, GeometryPolicy policy)
    {
        SeriesConsistency.Check(slices);
        SeriesConsistency.CheckTwice(slices);

        int positioned = slices.Count(SliceGeometry.IsPositioned);
        if (positioned == 0) return Unpositioned(slices);
        if (positioned < slices.Count)
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                $"{slices.Count - positioned} of {slices.Count} images have no position or orientation in the patient, " +
                $"{slices.First(slice => !SliceGeometry.IsPositioned(slice)).Name} among them; send the slices of one volume.");

        SliceGeometry[] planes = SliceOrder.Sort([.. slices.Select(SliceGeometry.Read)]);
        SliceGeometry first = planes[0];
        if (planes.Length > 1 && Irregular(planes, policy) is { } stack)
            return new DicomSeries([.. planes.Select(plane => plane.Slice)], stack.Grid) { Stack = stack };
        Vector3D step = planes.Length > 1
            ? (planes[^1].Position - first.Position) * (1.0 / (planes.Length - 1))
            : first.Normal * PlaneDistance(first.Slice);
        return new DicomSeries([.. planes.Select(plane => plane.Slice)], new VolumeGeometry(
            Grid(first.Slice, planes.Length), new Affine(first.Row * first.SpacingI, first.Column * first.SpacingJ, step, first.Position)));
    }

    /// <summary>The stack of slices that form no regular grid; null where they do.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>: the policy does not allow it.</exception>
    private static SliceStack? Irregular(SliceGeometry[] planes, GeometryPolicy policy)
    {
        SliceFault? gap = SlicePlaces.GapFault(planes, SliceOrder.Places(planes));
        SliceFault? fault = gap ?? SliceOrder.LineFault(planes);
        if (fault is null) return null;
        if (policy == GeometryPolicy.Reject || (policy == GeometryPolicy.Shear && gap is not null))
        {
            string choice = gap is null ? "'shear' or 'resample'" : "'resample'";
            throw new SegmentationException(ErrorCode.IrregularGeometry, $"{fault.What} {fault.Remedy}, or ask for option geometry {choice}.");
        }
        GridSize slice = Grid(planes[0].Slice, planes.Length);
        return SliceStack.Create(planes, slice.Height, slice.Width, fault);
    }

    private static void AddFrames(List<DicomSlice> slices, string path, DicomDataset header)
    {
        int frames = Math.Max(1, header.GetSingleValueOrDefault(DicomTag.NumberOfFrames, 1));
        if (frames > 1 && !header.Contains(DicomTag.PerFrameFunctionalGroupsSequence)) NuclearFrames.Describe(header, frames);
        if (header.TryGetSequence(DicomTag.PerFrameFunctionalGroupsSequence, out DicomSequence? groups))
        {
            if (groups.Items.Count != frames)
                throw new SegmentationException(ErrorCode.UnreadableImage,
                    $"The object says that it has {frames} frames and describes {groups.Items.Count}; export it again.");
        }
        else if (frames > 1)
        {
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                $"The object has {frames} frames and says of none where it lies in the patient (a cine loop or an older multi-frame object); " +
                "send a series of slices or an object with a position for each frame.");
        }
        for (int frame = 0; frame < frames; frame++) slices.Add(new DicomSlice(path, frame, header));
    }

    /// <summary>An image that has no place in the patient: only its pixel spacing is known, or not even that.</summary>
    private static DicomSeries Unpositioned(IReadOnlyList<DicomSlice> slices)
    {
        if (slices.Count > 1)
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                $"None of the {slices.Count} images has a position and orientation in the patient ({DicomTag.ImagePositionPatient}, " +
                $"{DicomTag.ImageOrientationPatient}), so they form no volume; send images one at a time, or export the series with positions.");
        DicomSlice slice = slices[0];
        (double j, double i) = SliceGeometry.Spacing(slice, DicomTag.PixelSpacing) ?? SliceGeometry.Spacing(slice, DicomTag.ImagerPixelSpacing)
            ?? SliceGeometry.Spacing(slice, DicomTag.NominalScannedPixelSpacing) ?? (1, 1);
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(Grid(slice, 1), new SpacingMm(PlaneDistance(slice), j, i));
        return new DicomSeries(slices, geometry) { IsInPatientSpace = false };
    }

    /// <summary>What a single slice says of its distance to others, mm. With two slices and more it is never asked: it is often wrong.</summary>
    private static double PlaneDistance(DicomSlice slice)
    {
        DicomDataset measures = slice.AttributesOf(DicomTag.PixelMeasuresSequence);
        double spacing = measures.GetSingleValueOrDefault(DicomTag.SpacingBetweenSlices, 0.0);
        double thickness = measures.GetSingleValueOrDefault(DicomTag.SliceThickness, 0.0);
        return spacing > 0 ? spacing : thickness > 0 ? thickness : 1;
    }

    private static GridSize Grid(DicomSlice slice, int depth) =>
        new(depth, slice.Header.GetSingleValue<int>(DicomTag.Rows), slice.Header.GetSingleValue<int>(DicomTag.Columns));
}
