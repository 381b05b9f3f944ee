using MedISeg.Dicom;
using MedISeg.Tests.Dicom.IO;

namespace MedISeg.Tests.Dicom.Text;

/// <summary>Text of all character sets. The bytes are those of the standard's examples (PS3.5 annexes H, I, J and K) and of known words.</summary>
public sealed class CharacterSetTests
{
    [Theory]
    // H.3.1, H.3.2: Japanese
    [InlineData("\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "59616D6164615E5461726F753D1B24423B3345441B28425E1B244242404F3A1B28423D1B24422464245E24401B28425E1B2442243F246D24261B2842")]
    [InlineData("ISO 2022 IR 13\\ISO 2022 IR 87", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "D4CFC0DE5EC0DBB33D1B24423B3345441B284A5E1B244242404F3A1B284A3D1B24422464245E24401B284A5E1B2442243F246D24261B284A")]
    // I.2: Korean
    [InlineData("\\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동",
        "486F6E675E47696C646F6E673D1B242943FBF35E1B242943D1CED4D73D1B242943C8AB5E1B242943B1E6B5BF")]
    // J.1, J.2: Chinese in UTF-8 and GB18030
    [InlineData("ISO_IR 192", "Wang^XiaoDong=王^小東", "57616E675E5869616F446F6E673DE78E8B5EE5B08FE69DB1")]
    [InlineData("GB18030", "Wang^XiaoDong=王^小东", "57616E675E5869616F446F6E673DCDF55ED0A1B6AB")]
    [InlineData("GBK", "王^小东", "CDF55ED0A1B6AB")]
    // K.2: Chinese by escapes
    [InlineData("\\ISO 2022 IR 58", "Zhang^XiaoDong=张^小东", "5A68616E675E5869616F446F6E673D1B242941D5C55E1B242941D0A1B6AB")]
    [InlineData("ISO_IR 100", "Äneas^Rüdiger", "C46E6561735E52FC6469676572")]
    [InlineData("ISO_IR 101", "Wałęsa", "5761B3EA7361")]
    [InlineData("ISO_IR 109", "antaŭĝojo", "616E7461FDF86F6A6F")]
    [InlineData("ISO_IR 110", "vārds", "76E0726473")]
    [InlineData("ISO_IR 144", "Люкceмбypг", "BBEEDA63 65DCD179 70D3")]
    [InlineData("ISO_IR 127", "قباني^لنزار", "E2C8C7E6EA5EE4E6D2C7D1")]
    [InlineData("ISO_IR 126", "Διονυσιος", "C4E9EFEDF5F3E9EFF2")]
    [InlineData("ISO_IR 138", "שרון^דבורה", "F9F8E5EF5EE3E1E5F8E4")]
    [InlineData("ISO_IR 148", "Çavuşoğlu", "C7617675FE6FF06C75")]
    [InlineData("ISO_IR 203", "Œuvre 5 €", "BC7576726520 3520A4")]
    [InlineData("ISO_IR 166", "สวัสดี", "CAC7D1CAB4D5")]
    [InlineData("ISO_IR 13", "ﾔﾏﾀﾞ", "D4CFC0DE")]
    // JIS X 0212
    [InlineData("\\ISO 2022 IR 87\\ISO 2022 IR 159", "丂=あ", "1B2428443021 1B28423D1B244224221B2842")]
    // Single-byte sets by escapes; each = and ^ goes back to the first.
    [InlineData("ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126", "é^Люк=é=Δ", "E95E1B2D4CBBEEDA3DE93D1B2D46C4")]
    public void GetString_PublishedNames_AreTheirCharacters(string sets, string expected, string hex)
    {
        DicomDataset dataset = Read(sets, "PN", hex);

        Assert.Equal(expected, dataset.GetString(DicomTag.PatientName));
    }

    [Fact]
    public void GetString_LanguageSetsByEscape_EachIsKnown()
    {
        // ESC 2/13 and the final byte, then 0xC4 in that set.
        (char Final, string Expected)[] sets =
            [('A', "Ä"), ('B', "Ä"), ('C', "Ä"), ('D', "Ä"), ('L', "Ф"), ('G', "ؤ"), ('F', "Δ"), ('M', "Ä"), ('T', "ฤ"), ('b', "Ä")];
        foreach ((char final, string expected) in sets)
            Assert.Equal(expected, Read("ISO 2022 IR 6", "LO", $"1B2D{(int)final:X2}C4").GetString(DicomTag.PatientName));
        Assert.Equal("ה", Read("ISO 2022 IR 6", "LO", "1B2D48E4").GetString(DicomTag.PatientName));
    }

    [Theory]
    [InlineData("ISO_IR 192", "E5B08F5CE69DB1", new[] { "小", "東" })]
    // The second byte of a character may be that of a backslash.
    [InlineData("GB18030", "815C5C41", new[] { "乗", "A" })]
    [InlineData("\\ISO 2022 IR 87", "1B24424A5C1B28425C41", new[] { "鞭", "A" })]
    public void GetValues_BackslashBytes_SeparateOnlyWhereTheyAreBackslashes(string sets, string hex, string[] expected)
    {
        DicomDataset dataset = Read(sets, "LO", hex);

        Assert.Equal(expected.Length, dataset.GetValueCount(DicomTag.PatientName));
        Assert.Equal(expected, dataset.GetValues<string>(DicomTag.PatientName));
    }

    [Theory]
    [InlineData("\r", "ISO 2022 IR 100\\ISO 2022 IR 144")]
    [InlineData("\n", "ISO 2022 IR 100\\ISO 2022 IR 144")]
    [InlineData("\f", "ISO 2022 IR 100\\ISO 2022 IR 144")]
    [InlineData("\t", "ISO 2022 IR 100\\ISO 2022 IR 144")]
    public void GetString_AfterAControlCharacter_FirstSetIsBack(string control, string sets) =>
        Assert.Equal($"Л{control}»", Read(sets, "LT", $"1B2D4CBB{(int)control[0]:X2}BB").GetString(DicomTag.PatientName));

    [Fact]
    public void GetString_SeparatorsOfNames_AreTextElsewhere() =>
        Assert.Equal("Л^Л=Л", Read("ISO 2022 IR 100\\ISO 2022 IR 144", "LO", "1B2D4CBB5EBB3DBB").GetString(DicomTag.PatientName));

    [Theory]
    [InlineData("ISO_IR 999", "FC", "ü")]
    [InlineData("nonsense", "FC", "ü")]
    [InlineData("", "FC", "ü")]
    [InlineData("ISO IR 144", "BB", "Л")]
    [InlineData("ISO_IR_144", "BB", "Л")]
    [InlineData("iso_ir 144", "BB", "Л")]
    [InlineData("ISO 2022 IR 144", "BB", "Л")]
    [InlineData("UTF-8", "C3BC", "ü")]
    // The escape that the standard wants before each name part is forgotten.
    [InlineData("\\ISO 2022 IR 149", "C8AB", "홍")]
    [InlineData("ISO_IR 100", "411B5A42", "AZB")]
    [InlineData("\\ISO 2022 IR 87", "1B24423B", "\ufffd")]
    [InlineData("ISO_IR 192", "41FF", "A\ufffd")]
    public void GetString_WrongNamesAndBytes_AreReadAsWellAsCanBe(string sets, string hex, string expected) =>
        Assert.Equal(expected, Read(sets, "LO", hex).GetString(DicomTag.PatientName));

    [Fact]
    public void GetString_EverySetAndEveryByte_NeverThrows()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(n => (byte)n), 0x1b, .. "$B"u8, 0x1b, .. "$(D"u8, 0x80, 0xff, 0x1b];
        foreach (string set in new[] { "6", "100", "101", "109", "110", "144", "127", "126", "138", "148", "203", "13", "166", "87", "159", "149", "58", "192" })
            foreach (string name in new[] { $"ISO_IR {set}", $"\\ISO 2022 IR {set}", $"GB18030\\ISO 2022 IR {set}", $"ISO 2022 IR {set}\\GBK" })
                Assert.Contains("0123456789", Read(name, "LT", Convert.ToHexString(all)).GetString(DicomTag.PatientName), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ISO_IR 192", "Ä山𠀀")]
    [InlineData("GB18030", "Ä山𠀀")]
    [InlineData("GBK", "山东")]
    [InlineData("ISO_IR 100", "Äé")]
    [InlineData("ISO_IR 101", "Łódź")]
    [InlineData("ISO_IR 144", "Люк")]
    [InlineData("ISO_IR 126", "Δίκη")]
    [InlineData("ISO_IR 138", "שרון")]
    [InlineData("ISO_IR 127", "قباني")]
    [InlineData("ISO_IR 166", "สวัสดี")]
    [InlineData("ISO_IR 13", "ﾔﾏﾀﾞ")]
    [InlineData("ISO_IR 148", "Çavuşoğlu")]
    [InlineData("ISO_IR 203", "€")]
    [InlineData("ISO_IR 109", "ŭĝ")]
    [InlineData("ISO_IR 110", "vārds")]
    public void AddOrUpdate_TextOfTheSet_ReadsBack(string set, string text) =>
        Assert.Equal(text, new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, set).AddOrUpdate(DicomTag.PatientName, text)
            .GetString(DicomTag.PatientName));

    [Theory]
    [InlineData("ISO_IR 100", "山")]
    [InlineData("ISO_IR 144", "ü")]
    [InlineData("ISO_IR 13", "山")]
    [InlineData("ISO_IR 166", "…")]
    [InlineData("\\ISO 2022 IR 87", "山")]
    [InlineData("ISO_IR 6", "é")]
    [InlineData("ISO_IR 999", "é")]
    public void AddOrUpdate_TextThatIsNotInTheSet_ThrowsWithoutTheText(string set, string text)
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, set.Split('\\'));

        ArgumentException error = Assert.Throws<ArgumentException>(() => dataset.AddOrUpdate(DicomTag.PatientName, "CANARY" + text));

        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        Assert.False(dataset.Contains(DicomTag.PatientName));
    }

    [Fact]
    public void AddOrUpdate_HalfACharacter_Throws() =>
        Assert.Throws<ArgumentException>(() => new DicomDataset().AddOrUpdate(DicomTag.PatientName, "a\ud800"));

    [Fact]
    public void AddOrUpdate_NoSetAndTextBeyondAscii_BecomesUnicode()
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.PatientID, "A").AddOrUpdate(DicomTag.PatientName, "山");

        Assert.Equal("ISO_IR 192", dataset.GetString(DicomTag.SpecificCharacterSet));
        Assert.Equal("山", dataset.GetString(DicomTag.PatientName));
        Assert.Throws<ArgumentException>(() => dataset.AddOrUpdate(DicomTag.Modality, "山"));
    }

    [Fact]
    public void GetString_Item_TakesTheSetOfTheDataSetAroundUnlessItHasOne()
    {
        DicomTag sequence = new(0x0008, 0x1115);
        byte[] name = [0xbb];
        DicomDataset plain = Element(name);
        DicomDataset own = Element(name).AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 100");
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 144").AddOrUpdate(sequence, plain);
        dataset.GetSequence(sequence).Items.Add(own);

        Assert.Equal("Л", plain.GetString(DicomTag.PatientName));
        Assert.Equal("»", own.GetString(DicomTag.PatientName));
    }

    private static DicomDataset Element(byte[] value) =>
        new DicomDataset().AddOrUpdate(new DicomElement(DicomTag.PatientName, DicomVR.Parse("PN"), value));

    private static DicomDataset Read(string sets, string vr, string hex)
    {
        DicomBytes value = new DicomBytes().Hex(hex);
        if (value.ToArray().Length % 2 == 1) value.Raw(" "u8);
        return new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian).Explicit(0x00080005, "CS", sets)
            .Explicit(DicomTag.PatientName.Key, vr, value.ToArray()).Open().Dataset;
    }
}
