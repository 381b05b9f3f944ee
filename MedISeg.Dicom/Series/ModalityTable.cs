using System.Buffers.Binary;
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
        // 8-bit tables are stored one entry a byte or one entry a word; the length tells.
        int unit = data.Length >= entries * 2 ? 2 : data.Length >= entries && bits <= 8 ? 1 : throw Bad(slice);
        int mask = (1 << bits) - 1;
        int[] values = new int[entries];
        for (int n = 0; n < entries; n++)
            values[n] = (unit == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(data[(n * 2)..]) : data[n]) & mask;
        return new ModalityTable(first, values);
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
        // The first and the third number are unsigned whatever the representation says; 0 entries are 2^16.
        int entries = values[0] & 0xffff, first = values[1], bits = values[2];
        if (slice.Header.GetSingleValueOrDefault(DicomTag.PixelRepresentation, 0) == 1) first = (short)first;
        if (bits is < 8 or > 16) throw Bad(slice);
        return (entries == 0 ? 1 << 16 : entries, first, bits);
    }

    private static SegmentationException Bad(DicomSlice slice) => new(ErrorCode.UnreadableImage,
        $"The value table ({DicomTag.ModalityLUTSequence}) of {slice.Name} is damaged; export the series with {DicomTag.RescaleSlope} instead.");
}
