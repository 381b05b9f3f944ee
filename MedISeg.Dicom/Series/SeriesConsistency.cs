using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Checks that the objects of one series belong together: one patient, one study, one modality, one frame of reference, one size.</summary>
internal static class SeriesConsistency
{
    /// <summary>Attributes of which a series has one value. Absent and empty ones say nothing.</summary>
    private static readonly (DicomTag Tag, string What)[] Shared =
    [
        (DicomTag.PatientID, "patients"),
        (DicomTag.StudyInstanceUID, "studies"),
        (DicomTag.Modality, "modalities"),
        (DicomTag.FrameOfReferenceUID, "frames of reference"),
        (DicomTag.PhotometricInterpretation, "kinds of pixels (PhotometricInterpretation)"),
    ];

    /// <summary>Identifiers that a result repeats.</summary>
    private static readonly DicomTag[] Identifiers =
        [DicomTag.SOPClassUID, DicomTag.SOPInstanceUID, DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.FrameOfReferenceUID];

    /// <summary>Refuses what does not belong together.</summary>
    /// <param name="slices">All slices of one SeriesInstanceUID.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MixedSeries"/>, <see cref="ErrorCode.IrregularGeometry"/>, or <see
    /// cref="ErrorCode.UnreadableImage"/>: a UID that is none.</exception>
    public static void Check(IReadOnlyList<DicomSlice> slices)
    {
        foreach (DicomSlice slice in slices) CheckIdentifiers(slice);
        foreach ((DicomTag tag, string what) in Shared)
        {
            int kinds = Distinct(slices, slice => slice.Header.TryGetString(tag, out string? text) ? text : "");
            if (kinds > 1)
                throw new SegmentationException(ErrorCode.MixedSeries,
                    $"The images of one series name {kinds} {what}; send images that belong together.");
        }
        int stacks = Distinct(slices, slice => Text(slice, DicomTag.StackID));
        if (stacks > 1)
            throw new SegmentationException(ErrorCode.MixedSeries, $"The object holds {stacks} stacks of frames; send one stack per request.");
        int times = Distinct(slices, slice => Text(slice, DicomTag.TemporalPositionIndex));
        if (times > 1)
            throw new SegmentationException(ErrorCode.MixedSeries, $"The object holds {times} time points; send one per request.");
        CheckSize(slices);
    }

    /// <summary>Refuses an image that came twice. Instances that share their UID by mistake and lie elsewhere are let through.</summary>
    /// <param name="slices">All slices of one SeriesInstanceUID.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>.</exception>
    public static void CheckTwice(IReadOnlyList<DicomSlice> slices)
    {
        HashSet<(string Uid, string Position, int Frame)> seen = [];
        int extra = 0;
        DicomSlice? second = null;
        foreach (DicomSlice slice in slices)
        {
            if (!slice.Header.TryGetString(DicomTag.SOPInstanceUID, out string? uid) || uid.Length == 0) continue;
            string position = slice.Header.TryGetString(DicomTag.ImagePositionPatient, out string? text) ? text : "";
            if (seen.Add((uid, position, slice.Frame))) continue;
            second ??= slice;
            extra++;
        }
        if (second is not null)
            throw new SegmentationException(ErrorCode.IrregularGeometry,
                $"{extra} of {slices.Count} images came twice ({second.Name} among them, with the same {DicomTag.SOPInstanceUID}); send each image once.");
    }

    private static void CheckIdentifiers(DicomSlice slice)
    {
        foreach (DicomTag tag in Identifiers)
            if (slice.Header.TryGetString(tag, out string? uid) && uid.Length > 0 && !DicomUID.IsValid(uid))
                throw new SegmentationException(ErrorCode.UnreadableImage,
                    $"{tag} of {slice.Name} is no UID (digits and dots, at most {DicomUID.Longest}); correct it or export the image again.");
    }

    private static void CheckSize(IReadOnlyList<DicomSlice> slices)
    {
        (int Columns, int Rows, int Samples) first = Size(slices[0]);
        foreach (DicomSlice slice in slices)
        {
            (int Columns, int Rows, int Samples) size = Size(slice);
            if (size.Columns != first.Columns || size.Rows != first.Rows)
                throw new SegmentationException(ErrorCode.IrregularGeometry,
                    $"The slices differ in size: {slices[0].Name} has {first.Columns}x{first.Rows} pixels, {slice.Name} has " +
                    $"{size.Columns}x{size.Rows}; send slices of one size.");
            if (size.Samples != first.Samples)
                throw new SegmentationException(ErrorCode.MixedSeries,
                    $"Some slices are grey and some coloured: {slices[0].Name} has {first.Samples} samples a pixel, {slice.Name} has " +
                    $"{size.Samples}; send slices of one kind.");
        }
    }

    private static (int Columns, int Rows, int Samples) Size(DicomSlice slice) => (
        slice.Header.GetSingleValue<int>(DicomTag.Columns), slice.Header.GetSingleValue<int>(DicomTag.Rows),
        slice.Header.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, 1));

    private static string Text(DicomSlice slice, DicomTag tag) =>
        slice.FrameNumber is not null && slice.AttributesOf(DicomTag.FrameContentSequence).TryGetString(tag, out string? text) ? text : "";

    private static int Distinct(IReadOnlyList<DicomSlice> slices, Func<DicomSlice, string> value) =>
        slices.Select(value).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Count();
}
