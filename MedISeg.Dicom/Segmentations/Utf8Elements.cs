using System.Text;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Text for an object whose character set is ISO_IR 192. Items of sequences are filled before they know the object around them, so
/// the bytes are made here and not by the data set.</summary>
internal static class Utf8Elements
{
    /// <summary>Sets a text of ours: separators and control characters become blanks, what is too long for the representation is cut.</summary>
    public static DicomDataset PutText(this DicomDataset dataset, DicomTag tag, string text)
    {
        DicomVR vr = Representation(tag);
        StringBuilder clean = new(text.Length);
        foreach (char c in text) clean.Append(char.IsControl(c) || (c == '\\' && !vr.IsSingleText) ? ' ' : c);
        int longest = vr.Code switch
        {
            "SH" or "CS" => 16,
            "LO" or "PN" => 64,
            "ST" => 1024,
            "LT" => 10240,
            _ => int.MaxValue,
        };
        string value = clean.ToString().Trim();
        if (value.Length > longest) value = value[..(char.IsHighSurrogate(value[longest - 1]) ? longest - 1 : longest)].TrimEnd();
        return dataset.AddOrUpdate(new DicomElement(tag, vr, Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>Copies a text, re-encoded. Without a valid one in the source nothing is set, or an empty value.</summary>
    /// <param name="target">Gets the element.</param>
    /// <param name="source">Has it, or not.</param>
    /// <param name="tag">Of a representation that is text.</param>
    /// <param name="always">Whether the element is set where the source has no value (type 2).</param>
    public static void CopyText(this DicomDataset target, DicomDataset source, DicomTag tag, bool always)
    {
        DicomVR representation = Representation(tag);
        string text = source.GetDicomItem<DicomElement>(tag) is { ValueRepresentation.IsString: true } ? source.GetString(tag) : "";
        // Who the patient is and what was ordered is copied whatever it looks like: a result of nobody is worse than an overlong name.
        bool isIdentity = tag == DicomTag.PatientName || tag == DicomTag.PatientID || tag == DicomTag.AccessionNumber;
        if (!isIdentity && !ValueRules.IsValid(tag, representation, text)) text = "";
        if (text.Length > 0 || always) target.AddOrUpdate(new DicomElement(tag, representation, Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Copies a sequence of codes, re-encoded; its items hold nothing else afterwards.</summary>
    public static void CopyCodes(this DicomDataset target, DicomDataset source, DicomTag sequence)
    {
        if (!source.TryGetSequence(sequence, out DicomSequence? codes) || codes.Items.Count == 0) return;
        List<DicomDataset> copies = [];
        foreach (DicomDataset code in codes.Items)
        {
            DicomDataset copy = new();
            foreach (DicomTag tag in (DicomTag[])[DicomTag.CodeValue, DicomTag.LongCodeValue, DicomTag.CodingSchemeDesignator,
                DicomTag.CodingSchemeVersion, DicomTag.CodeMeaning])
                copy.CopyText(code, tag, always: false);
            copies.Add(copy);
        }
        target.AddOrUpdate(new DicomSequence(sequence, copies));
    }

    /// <summary>The item of a code sequence.</summary>
    public static DicomDataset Item(DicomCode code)
    {
        DicomDataset item = new();
        // A code value has 16 characters at most; longer ones have an attribute of their own.
        if (code.Value.Length <= 16) item.PutText(DicomTag.CodeValue, code.Value);
        else item.AddOrUpdate(new DicomElement(DicomTag.LongCodeValue, DicomVR.Parse("UC"), Encoding.UTF8.GetBytes(code.Value)));
        return item.PutText(DicomTag.CodingSchemeDesignator, code.Scheme)
            .PutText(DicomTag.CodeMeaning, string.IsNullOrWhiteSpace(code.Meaning) ? code.Value : code.Meaning);
    }

    private static DicomVR Representation(DicomTag tag) => DicomVR.Parse(DicomDictionary.RepresentationOf(tag)[..2]);
}
