using System.Buffers.Binary;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>The colours that the values of a PALETTE COLOR image stand for. Source: PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9.2.</summary>
internal sealed class PaletteTable
{
    /// <summary>Descriptor, table and segmented table of red, green and blue.</summary>
    private static readonly (DicomTag Descriptor, DicomTag Data, DicomTag Segments)[] Colours =
    [
        (DicomTag.RedPaletteColorLookupTableDescriptor, DicomTag.RedPaletteColorLookupTableData, DicomTag.SegmentedRedPaletteColorLookupTableData),
        (DicomTag.GreenPaletteColorLookupTableDescriptor, DicomTag.GreenPaletteColorLookupTableData, DicomTag.SegmentedGreenPaletteColorLookupTableData),
        (DicomTag.BluePaletteColorLookupTableDescriptor, DicomTag.BluePaletteColorLookupTableData, DicomTag.SegmentedBluePaletteColorLookupTableData),
    ];

    private readonly int[] _first;
    private readonly int[][] _values;

    private PaletteTable(int[] first, int[][] values)
    {
        _first = first;
        _values = values;
    }

    /// <summary>Bits of a colour: 8 or 16.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: the image does not describe its palette.</exception>
    public static int BitsOf(DicomSlice slice) => Colours.Max(colour => Describe(slice, slice.Header, colour.Descriptor).Bits);

    /// <summary>Reads the three tables.</summary>
    /// <param name="slice">Names the slice in messages.</param>
    /// <param name="dataset">The slice's data set with everything that is large.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: they do not hold what they say.</exception>
    public static PaletteTable Read(DicomSlice slice, DicomDataset dataset)
    {
        int[] first = new int[Colours.Length];
        int[][] values = new int[Colours.Length][];
        int bits = BitsOf(slice);
        for (int n = 0; n < Colours.Length; n++)
        {
            (int entries, first[n], int own) = Describe(slice, dataset, Colours[n].Descriptor);
            values[n] = dataset.GetDicomItem<DicomElement>(Colours[n].Segments) is { Buffer.Length: > 0 } segments
                ? Expand(slice, Words(slice, segments.Buffer.Span, own), entries, own / 8)
                : LookupTableData.Read(dataset.GetDicomItem<DicomElement>(Colours[n].Data) is { } data ? data.Buffer.Span : [], entries, own) ?? throw Bad(slice);
            // Tables of different depths would mix scales.
            if (own < bits) for (int e = 0; e < entries; e++) values[n][e] *= 257;
        }
        return new PaletteTable(first, values);
    }

    /// <summary>Looks values up; below the first entry the first is taken, above the last the last.</summary>
    /// <param name="values">One a pixel.</param>
    /// <param name="colours">Red, green and blue of each pixel, side by side.</param>
    public void Apply(ReadOnlySpan<int> values, Span<int> colours)
    {
        for (int n = 0; n < values.Length; n++)
            for (int c = 0; c < _values.Length; c++)
                colours[n * _values.Length + c] = _values[c][Math.Clamp((long)values[n] - _first[c], 0, _values[c].Length - 1)];
    }

    private static (int Entries, int First, int Bits) Describe(DicomSlice slice, DicomDataset dataset, DicomTag descriptor)
    {
        if (!dataset.TryGetValues(descriptor, out int[]? values) || values.Length != 3 || values[2] is not (8 or 16)) throw Bad(slice);
        int first = dataset.GetSingleValueOrDefault(DicomTag.PixelRepresentation, 0) == 1 ? (short)values[1] : values[1] & 0xffff;
        return (LookupTableData.Count(values[0]), first, values[2]);
    }

    private static int[] Words(DicomSlice slice, ReadOnlySpan<byte> bytes, int bits)
    {
        if (bits == 8) return [.. bytes.ToArray().Select(value => (int)value)];
        if (bytes.Length % 2 != 0) throw Bad(slice);
        int[] words = new int[bytes.Length / 2];
        for (int n = 0; n < words.Length; n++) words[n] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(n * 2)..]);
        return words;
    }

    /// <summary>Writes segments out: runs of values, straight lines from the value before, and repetitions of earlier segments.</summary>
    /// <param name="slice">Names the slice in messages.</param>
    /// <param name="words">Bytes, or words of 16 bits.</param>
    /// <param name="entries">How many values there must be.</param>
    /// <param name="size">Bytes of a word.</param>
    private static int[] Expand(DicomSlice slice, int[] words, int entries, int size)
    {
        List<int> values = new(entries);
        int at = 0;
        while (at + 1 < words.Length && values.Count < entries) at = Segment(slice, words, at, values, entries, size, isCopy: false);
        return values.Count == entries ? [.. values] : throw Bad(slice);
    }

    private static int Segment(DicomSlice slice, int[] words, int at, List<int> values, int entries, int size, bool isCopy)
    {
        const int Discrete = 0, Linear = 1, Indirect = 2;
        int Word(int place) => place < words.Length ? words[place] : throw Bad(slice);
        int kind = Word(at), count = Word(at + 1);
        if (kind != Indirect && values.Count + count > entries) throw Bad(slice);
        switch (kind)
        {
            case Discrete:
                for (int n = 0; n < count; n++) values.Add(Word(at + 2 + n));
                return at + 2 + count;
            case Linear when values.Count > 0:
                int from = values[^1], to = Word(at + 2);
                for (int n = 1; n <= count; n++) values.Add((int)Math.Round(from + (double)(to - from) * n / count));
                return at + 3;
            case Indirect when !isCopy:
                // Bytes from the start of the table, low ones first; a copy holds no copies, so that none is without end.
                int places = sizeof(int) / size;
                long offset = 0;
                for (int n = 0; n < places; n++) offset |= (long)Word(at + 2 + n) << 8 * size * n;
                int source = (int)Math.Min(offset / size, at);
                for (int n = 0; n < count; n++)
                    source = source < at ? Segment(slice, words, source, values, entries, size, isCopy: true) : throw Bad(slice);
                return at + 2 + places;
            default:
                throw Bad(slice);
        }
    }

    private static SegmentationException Bad(DicomSlice slice) => new(ErrorCode.UnreadableImage,
        $"The colour palette ({DicomTag.RedPaletteColorLookupTableData} and the others) of {slice.Name} is missing or damaged; export the image as RGB.");
}
