namespace MedISeg.Dicom.IO;

/// <summary>Writes the elements of data sets: padded to even lengths, sequences and items with delimiters, without group lengths.</summary>
/// <param name="output">Where to; the caller's.</param>
/// <param name="coding">How elements are laid out.</param>
internal sealed class ElementWriter(Stream output, ElementCoding coding)
{
    private const int LongestShort = 0xfffe;
    private static readonly DicomTag Item = new(0xfffe, 0xe000);
    private static readonly DicomTag ItemDelimitation = new(0xfffe, 0xe00d);
    private static readonly DicomTag SequenceDelimitation = new(0xfffe, 0xe0dd);
    private static readonly DicomVR Unknown = DicomVR.Parse("UN");

    /// <summary>Writes elements and all that is in them.</summary>
    /// <param name="dataset">The data set that they are of.</param>
    /// <param name="items">Its elements, or some of them, by ascending tag.</param>
    public void Write(DicomDataset dataset, IEnumerable<DicomItem> items)
    {
        Stack<Place> open = new();
        open.Push(new Place(dataset, items.GetEnumerator(), null, 0));
        while (open.TryPop(out Place place))
        {
            if (WriteUpToSequence(place) is { } sequence)
            {
                open.Push(place);
                open.Push(OpenItem(sequence, 0));
            }
            else if (place.Sequence is { } around)
            {
                WriteMark(ItemDelimitation, 0);
                if (place.Index + 1 < around.Items.Count) open.Push(OpenItem(around, place.Index + 1));
                else WriteMark(SequenceDelimitation, 0);
            }
        }
    }

    /// <summary>Writes tag, representation and length.</summary>
    /// <param name="tag">Name.</param>
    /// <param name="representation">Representation; a value too long for its header becomes UN (CP-1066).</param>
    /// <param name="length">Even, or undefined.</param>
    /// <returns>The representation that was written.</returns>
    public DicomVR WriteHeader(DicomTag tag, DicomVR representation, uint length)
    {
        Span<byte> header = stackalloc byte[12];
        header.Clear();
        coding.Write(header, tag);
        if (!coding.IsExplicit)
        {
            coding.Write(header[4..], length);
            output.Write(header[..8]);
            return representation;
        }
        if (!representation.HasLongLength && length > LongestShort) representation = Unknown;
        header[4] = (byte)representation.Code[0];
        header[5] = (byte)representation.Code[1];
        if (representation.HasLongLength) coding.Write(header[8..], length);
        else coding.Write(header[6..], (ushort)length);
        output.Write(header[..(representation.HasLongLength ? 12 : 8)]);
        return representation;
    }

    /// <summary>Writes encapsulated pixel data.</summary>
    /// <param name="tag">Name.</param>
    /// <param name="offsetTable">Content of the basic offset table, or nothing.</param>
    /// <param name="fragments">Written as they come.</param>
    public void WriteFragments(DicomTag tag, ReadOnlyMemory<byte> offsetTable, IEnumerable<ReadOnlyMemory<byte>> fragments)
    {
        WriteHeader(tag, DicomVR.Parse("OB"), ElementHeader.Undefined);
        WriteFragment(offsetTable.Span);
        foreach (ReadOnlyMemory<byte> fragment in fragments) WriteFragment(fragment.Span);
        WriteMark(SequenceDelimitation, 0);
    }

    /// <summary>Writes elements up to a sequence that has items, and that sequence's header; null: there is none.</summary>
    private DicomSequence? WriteUpToSequence(Place place)
    {
        while (place.Elements.MoveNext())
        {
            DicomItem item = place.Elements.Current;
            if (item.Tag.Element == 0 && item.Tag != DicomTag.FileMetaInformationGroupLength) continue;
            if (item is DicomSequence { Items.Count: > 0 } sequence)
            {
                WriteHeader(item.Tag, item.ValueRepresentation, ElementHeader.Undefined);
                return sequence;
            }
            if (item is DicomElement element) WriteElement(place.Dataset, element);
            else if (item is DicomFragmentSequence fragments) WriteFragments(fragments.Tag, fragments.OffsetTable, fragments.Fragments);
            else WriteHeader(item.Tag, item.ValueRepresentation, 0);
        }
        return null;
    }

    private void WriteElement(DicomDataset dataset, DicomElement element)
    {
        ReadOnlySpan<byte> value = element.Buffer.Span;
        int odd = value.Length & 1;
        DicomVR written = WriteHeader(element.Tag, element.ValueRepresentation, (uint)value.Length + (uint)odd);
        int unit = coding.IsBigEndian ? ByteOrder.UnitOf(element.Tag, written, dataset) : 1;
        if (unit > 1) output.Write(ByteOrder.Swapped(value, unit));
        else output.Write(value);
        if (odd == 1) output.WriteByte(element.ValueRepresentation.Padding);
    }

    private void WriteFragment(ReadOnlySpan<byte> fragment)
    {
        int odd = fragment.Length & 1;
        WriteMark(Item, (uint)fragment.Length + (uint)odd);
        output.Write(fragment);
        if (odd == 1) output.WriteByte(0);
    }

    private Place OpenItem(DicomSequence sequence, int index)
    {
        WriteMark(Item, ElementHeader.Undefined);
        DicomDataset item = sequence.Items[index];
        return new Place(item, item.Items.GetEnumerator(), sequence, index);
    }

    private void WriteMark(DicomTag tag, uint length)
    {
        Span<byte> mark = stackalloc byte[8];
        coding.Write(mark, tag);
        coding.Write(mark[4..], length);
        output.Write(mark);
    }

    /// <summary>A data set that is being written.</summary>
    /// <param name="Dataset">The data set.</param>
    /// <param name="Elements">Those of its elements that are left.</param>
    /// <param name="Sequence">The sequence that it is an item of; null: the top.</param>
    /// <param name="Index">Its place in the sequence, from 0.</param>
    private readonly record struct Place(DicomDataset Dataset, IEnumerator<DicomItem> Elements, DicomSequence? Sequence, int Index);
}
