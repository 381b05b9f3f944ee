using MedISeg.Dicom.Segmentations;

namespace MedISeg.Dicom.Reports;

/// <summary>Items of a structured report's content tree. Source: PS3.3 C.17.3.</summary>
internal static class ContentItem
{
    public const string Contains = "CONTAINS", HasContext = "HAS OBS CONTEXT", HasModifier = "HAS CONCEPT MOD";

    /// <summary>A heading and what stands under it.</summary>
    /// <param name="name">Its concept.</param>
    /// <param name="template">Template of PS3.16 that it follows; null: none is named.</param>
    /// <param name="children">In their order.</param>
    public static DicomDataset Container(DicomCode name, string? template, params IEnumerable<DicomDataset> children)
    {
        DicomDataset item = Item(Contains, "CONTAINER", name).PutText(DicomTag.ContinuityOfContent, "SEPARATE");
        if (template is not null)
            item.AddOrUpdate(DicomTag.ContentTemplateSequence,
                new DicomDataset().PutText(DicomTag.MappingResource, "DCMR").PutText(DicomTag.TemplateIdentifier, template));
        DicomSequence content = new(DicomTag.ContentSequence, children);
        return content.Items.Count == 0 ? item : item.AddOrUpdate(content);
    }

    /// <summary>A code.</summary>
    public static DicomDataset Code(string relationship, DicomCode name, DicomCode value, params DicomDataset[] modifiers)
    {
        DicomDataset item = Item(relationship, "CODE", name).AddOrUpdate(DicomTag.ConceptCodeSequence, Utf8Elements.Item(value));
        return modifiers.Length == 0 ? item : item.AddOrUpdate(DicomTag.ContentSequence, modifiers);
    }

    /// <summary>A text.</summary>
    public static DicomDataset Text(string relationship, DicomCode name, string value) => Item(relationship, "TEXT", name).PutText(DicomTag.TextValue, value);

    /// <summary>A UID.</summary>
    public static DicomDataset Uid(string relationship, DicomCode name, string value) => Item(relationship, "UIDREF", name).AddOrUpdate(DicomTag.UID, value);

    /// <summary>A number and its unit.</summary>
    public static DicomDataset Number(DicomCode name, double value, DicomCode unit) => Item(Contains, "NUM", name)
        .AddOrUpdate(DicomTag.MeasuredValueSequence, new DicomDataset()
            .AddOrUpdate(DicomTag.NumericValue, value)
            .AddOrUpdate(DicomTag.MeasurementUnitsCodeSequence, Utf8Elements.Item(unit)));

    /// <summary>An image, or a part of it.</summary>
    /// <param name="name">Its concept; null: it has none.</param>
    /// <param name="reference">Item that refers to it.</param>
    public static DicomDataset Image(DicomCode? name, DicomDataset reference) => Item(Contains, "IMAGE", name).AddOrUpdate(DicomTag.ReferencedSOPSequence, reference);

    private static DicomDataset Item(string relationship, string type, DicomCode? name)
    {
        DicomDataset item = new DicomDataset().PutText(DicomTag.RelationshipType, relationship).PutText(DicomTag.ValueType, type);
        return name is null ? item : item.AddOrUpdate(DicomTag.ConceptNameCodeSequence, Utf8Elements.Item(name));
    }
}
