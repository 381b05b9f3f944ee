using System.Globalization;

namespace MedISeg.Dicom.Segmentations;

/// <summary>The Segment Sequence of an object. Source: PS3.3 C.8.20.4.</summary>
internal static class SegmentItems
{
    private static readonly DicomCode ArtificialIntelligence = new("DCM", "123110", "Artificial Intelligence");

    private static readonly DicomCode Background = new("DCM", "125040", "Background");

    /// <summary>All segments, numbered from 1; before those of a label map its background, number 0.</summary>
    public static DicomSequence Create(SegmentationDescription description, SegmentationKind kind)
    {
        IEnumerable<DicomDataset> segments = description.Segments.Select((segment, n) => Item(description, segment, n + 1));
        return new DicomSequence(DicomTag.SegmentSequence, kind == SegmentationKind.LabelMap ? segments.Prepend(BackgroundItem(description)) : segments);
    }

    /// <summary>The pixels that belong to no segment; nothing that would be tracked.</summary>
    private static DicomDataset BackgroundItem(SegmentationDescription description) => new DicomDataset()
        .AddOrUpdate(DicomTag.SegmentNumber, 0)
        .PutText(DicomTag.SegmentLabel, Background.Meaning)
        .PutText(DicomTag.SegmentAlgorithmType, "AUTOMATIC")
        .PutText(DicomTag.SegmentAlgorithmName, description.AlgorithmName)
        .AddOrUpdate(DicomTag.SegmentedPropertyCategoryCodeSequence, Utf8Elements.Item(Background))
        .AddOrUpdate(DicomTag.SegmentedPropertyTypeCodeSequence, Utf8Elements.Item(Background))
        .AddOrUpdate(DicomTag.SegmentationAlgorithmIdentificationSequence, Algorithm(description));

    private static DicomDataset Item(SegmentationDescription description, SegmentDescription segment, int number)
    {
        string name = Name(segment, number);
        DicomDataset type = Utf8Elements.Item(segment.Type);
        if (segment.Modifiers.Count > 0)
            type.AddOrUpdate(new DicomSequence(DicomTag.SegmentedPropertyTypeModifierCodeSequence, segment.Modifiers.Select(Utf8Elements.Item)));
        DicomDataset item = new DicomDataset()
            .AddOrUpdate(DicomTag.SegmentNumber, number)
            .PutText(DicomTag.SegmentLabel, name)
            .PutText(DicomTag.SegmentAlgorithmType, "AUTOMATIC")
            .PutText(DicomTag.SegmentAlgorithmName, description.AlgorithmName)
            .AddOrUpdate(DicomTag.SegmentedPropertyCategoryCodeSequence, Utf8Elements.Item(segment.Category))
            .AddOrUpdate(DicomTag.SegmentedPropertyTypeCodeSequence, type)
            .AddOrUpdate(DicomTag.SegmentationAlgorithmIdentificationSequence, Algorithm(description))
            .PutText(DicomTag.TrackingID, name)
            .AddOrUpdate(DicomTag.TrackingUID, segment.TrackingUid);
        if (segment.Colour is { } colour) item.AddOrUpdate(DicomTag.RecommendedDisplayCIELabValue, CielabColour.FromRgb(colour));
        return item;
    }

    /// <summary>Name of a segment; its number where it has none.</summary>
    public static string Name(SegmentDescription segment, int number) => string.IsNullOrWhiteSpace(segment.Name)
        ? string.Create(CultureInfo.InvariantCulture, $"Segment {number}")
        : segment.Name;

    /// <summary>Item that says which algorithm made it.</summary>
    public static DicomDataset Algorithm(SegmentationDescription description)
    {
        DicomDataset item = new DicomDataset()
            .AddOrUpdate(DicomTag.AlgorithmFamilyCodeSequence, Utf8Elements.Item(ArtificialIntelligence))
            .PutText(DicomTag.AlgorithmName, description.AlgorithmName)
            .PutText(DicomTag.AlgorithmVersion, description.AlgorithmVersion);
        return string.IsNullOrWhiteSpace(description.AlgorithmParameters) ? item : item.PutText(DicomTag.AlgorithmParameters, description.AlgorithmParameters);
    }
}
