using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Pictures;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Reads the Segment Sequence of whoever wrote it.</summary>
internal static class SegmentReader
{
    /// <summary>The segments in the object's order.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: no segment, one without a number, or a number
    /// twice.</exception>
    public static IReadOnlyList<DicomSegment> Read(DicomDataset dataset)
    {
        IList<DicomDataset> items = dataset.GetSequence(DicomTag.SegmentSequence).Items;
        HashSet<int> numbers = [];
        List<DicomSegment> segments = [];
        foreach (DicomDataset item in items)
        {
            int number = item.GetSingleValue<ushort>(DicomTag.SegmentNumber);
            if (!numbers.Add(number))
                throw new SegmentationException(ErrorCode.UnreadableImage, $"Two segments have the number {number}; export the object again.");
            segments.Add(Segment(item, number));
        }
        if (segments.Count == 0)
            throw new SegmentationException(ErrorCode.UnreadableImage, "The segmentation describes no segment; export the object again.");
        return segments;
    }

    private static DicomSegment Segment(DicomDataset item, int number)
    {
        DicomDataset? type = First(item, DicomTag.SegmentedPropertyTypeCodeSequence);
        DicomDataset? algorithm = First(item, DicomTag.SegmentationAlgorithmIdentificationSequence);
        return new DicomSegment
        {
            Number = number,
            Label = Text(item, DicomTag.SegmentLabel),
            Category = Code(First(item, DicomTag.SegmentedPropertyCategoryCodeSequence)),
            Type = Code(type),
            Modifiers = type is not null && type.TryGetSequence(DicomTag.SegmentedPropertyTypeModifierCodeSequence, out DicomSequence? codes)
                ? [.. codes.Items.Select(Code).OfType<DicomCode>()]
                : [],
            Colour = Colour(item),
            AlgorithmType = Text(item, DicomTag.SegmentAlgorithmType),
            AlgorithmName = Text(item, DicomTag.SegmentAlgorithmName),
            AlgorithmVersion = algorithm is null ? "" : Text(algorithm, DicomTag.AlgorithmVersion),
            TrackingId = Text(item, DicomTag.TrackingID),
            TrackingUid = Text(item, DicomTag.TrackingUID),
        };
    }

    private static Rgb? Colour(DicomDataset item) =>
        item.GetValueCount(DicomTag.RecommendedDisplayCIELabValue) == 3
            ? CielabColour.ToRgb(item.GetValues<ushort>(DicomTag.RecommendedDisplayCIELabValue))
            : null;

    private static DicomCode? Code(DicomDataset? item)
    {
        if (item is null) return null;
        string value = Text(item, DicomTag.CodeValue);
        return new DicomCode(Text(item, DicomTag.CodingSchemeDesignator),
            value.Length > 0 ? value : Text(item, DicomTag.LongCodeValue), Text(item, DicomTag.CodeMeaning));
    }

    private static DicomDataset? First(DicomDataset item, DicomTag tag) =>
        item.TryGetSequence(tag, out DicomSequence? sequence) && sequence.Items.Count > 0 ? sequence.Items[0] : null;

    private static string Text(DicomDataset item, DicomTag tag) => item.TryGetString(tag, out string? text) ? text : "";
}
