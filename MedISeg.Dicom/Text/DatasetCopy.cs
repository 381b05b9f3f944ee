using System.Text;

namespace MedISeg.Dicom.Text;

/// <summary>Copies elements from one data set to another, whose text may be in another character set.</summary>
internal static class DatasetCopy
{
    private const byte Escape = 0x1b;

    /// <summary>Copies an element with all that is in it.</summary>
    /// <param name="item">The element.</param>
    /// <param name="from">The data set that it is in.</param>
    /// <param name="to">The data set that gets it.</param>
    /// <exception cref="ArgumentException">Text is not in the character set of <paramref name="to"/>.</exception>
    public static void Copy(DicomItem item, DicomDataset from, DicomDataset to)
    {
        if (item is DicomSequence sequence)
        {
            DicomSequence copy = new(item.Tag);
            to.AddOrUpdate(copy);
            foreach (DicomDataset inner in sequence.Items)
            {
                DicomDataset innerCopy = new(inner.InternalTransferSyntax);
                copy.Items.Add(innerCopy);
                foreach (DicomItem element in inner.Items)
                    if (element.Tag != DicomTag.SpecificCharacterSet) Copy(element, inner, innerCopy);
            }
        }
        else if (item is DicomElement element && item.ValueRepresentation.UsesCharacterSet && !IsPlain(element))
            to.AddOrUpdate(item.ValueRepresentation, item.Tag, DicomText.Split(element, from.CharacterSets));
        else
            to.AddOrUpdate(item);
    }

    /// <summary>Whether the text is the same in all character sets.</summary>
    private static bool IsPlain(DicomElement element) => Ascii.IsValid(element.Buffer.Span) && element.Buffer.Span.IndexOf(Escape) < 0;
}
