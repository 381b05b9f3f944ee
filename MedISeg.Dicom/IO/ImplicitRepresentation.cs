namespace MedISeg.Dicom.IO;

/// <summary>The value representation of elements that do not carry it. Source: PS3.5 annex A.1.</summary>
internal static class ImplicitRepresentation
{
    private static readonly DicomVR Words = DicomVR.Parse("OW");
    private static readonly DicomVR Signed = DicomVR.Parse("SS");
    private static readonly DicomVR Unsigned = DicomVR.Parse("US");
    private static readonly DicomVR Unknown = DicomVR.Parse("UN");

    /// <summary>The representation.</summary>
    /// <param name="tag">Name of the element.</param>
    /// <param name="dataset">The data set that it is in: its PixelRepresentation, or that of one around it, chooses between US and SS.</param>
    public static DicomVR Of(DicomTag tag, DicomDataset dataset)
    {
        string spelling = DicomDictionary.RepresentationOf(tag);
        if (spelling.Length == 2) return DicomVR.Parse(spelling);
        if (spelling.EndsWith("OW", StringComparison.Ordinal)) return Words;
        if (spelling.StartsWith("US or SS", StringComparison.Ordinal)) return HasSignedPixels(dataset) ? Signed : Unsigned;
        return Unknown;
    }

    private static bool HasSignedPixels(DicomDataset dataset)
    {
        for (DicomDataset? set = dataset; set is not null; set = set.Parent)
            if (set.GetDicomItem<DicomElement>(DicomTag.PixelRepresentation) is { Buffer.Length: >= 2 } element) return element.Buffer.Span[0] == 1;
        return false;
    }
}
