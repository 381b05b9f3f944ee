using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>A table from stored to real values, instead of slope and intercept. Source: PS3.3 C.11.1.</summary>
internal sealed class ModalityTable
{
    private readonly int _first;
    private readonly int[] _values;

    private ModalityTable(int first, int[] values)
    {
        _first = first;
        _values = values;
    }

    /// <summary>The largest value that a slice's table can give; null where it has none.</summary>
    public static int? HighestOf(DicomSlice slice) => ItemOf(slice.Header) is { } item ? (1 << Descriptor(slice, item).Bits) - 1 : null;

    /// <summary>Reads the table.</summary>
    /// <param name="slice">Names the slice in messages.</param>
    /// <param name="dataset">The slice's data set with everything that is large.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: it does not hold what it says.</exception>
    public static ModalityTable Read(DicomSlice slice, DicomDataset dataset)
    {
        DicomDataset item = ItemOf(dataset) ?? throw Bad(slice);
        (int entries, int first, int bits) = Descriptor(slice, item);
        ReadOnlySpan<byte> data = item.GetDicomItem<DicomElement>(DicomTag.LUTData) is { } element ? element.Buffer.Span : [];
        return new ModalityTable(first, LookupTableData.Read(data, entries, bits) ?? throw Bad(slice));
    }

    /// <summary>Looks values up in place; below the first entry the first is taken, above the last the last.</summary>
    public void Apply(Span<int> values)
    {
        for (int n = 0; n < values.Length; n++) values[n] = _values[Math.Clamp((long)values[n] - _first, 0, _values.Length - 1)];
    }

    private static DicomDataset? ItemOf(DicomDataset dataset) =>
        dataset.TryGetSequence(DicomTag.ModalityLUTSequence, out DicomSequence? sequence) && sequence.Items.Count > 0 ? sequence.Items[0] : null;

    private static (int Entries, int First, int Bits) Descriptor(DicomSlice slice, DicomDataset item)
    {
        if (!item.TryGetValues(DicomTag.LUTDescriptor, out int[]? values) || values.Length != 3) throw Bad(slice);
        int first = values[1], bits = values[2];
        if (slice.Header.GetSingleValueOrDefault(DicomTag.PixelRepresentation, 0) == 1) first = (short)first;
        if (bits is < 8 or > 16) throw Bad(slice);
        return (LookupTableData.Count(values[0]), first, bits);
    }

    private static SegmentationException Bad(DicomSlice slice) => new(ErrorCode.UnreadableImage,
        $"The value table ({DicomTag.ModalityLUTSequence}) of {slice.Name} is damaged; export the series with {DicomTag.RescaleSlope} instead.");
}
