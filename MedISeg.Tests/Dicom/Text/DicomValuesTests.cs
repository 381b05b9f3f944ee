using MedISeg.Dicom;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Text;

/// <summary>Values through the data set's own methods.</summary>
public sealed class DicomValuesTests
{
    private static readonly DicomTag Tag = new(0x0029, 0x1010);

    [Theory]
    [InlineData("DS", "1\\2.5\\-3e2", new[] { 1, 2.5, -300 })]
    [InlineData("DS", " 1 \\ 2 ", new[] { 1.0, 2 })]
    [InlineData("DS", "+.5\\5.", new[] { 0.5, 5 })]
    [InlineData("IS", "007\\-2", new[] { 7.0, -2 })]
    [InlineData("IS", "1.0", new[] { 1.0 })]
    [InlineData("LO", "12", new[] { 12.0 })]
    [InlineData("DS", "", new double[0])]
    [InlineData("DS", "  ", new double[0])]
    [InlineData("DS", " \\ ", new double[0])]
    public void GetValues_NumbersOfText_AreRead(string vr, string text, double[] expected) =>
        Assert.Equal(expected, Text(vr, text).GetValues<double>(Tag));

    [Theory]
    [InlineData("DS", "1\\\\3")]
    [InlineData("DS", "1\\")]
    [InlineData("DS", "1,5")]
    [InlineData("DS", "NaN")]
    [InlineData("DS", "Infinity")]
    [InlineData("DS", "1e999")]
    [InlineData("IS", "abc")]
    public void GetValues_NoNumber_IsUnreadableAndNamesTheTagOnly(string vr, string text)
    {
        SegmentationException error = Assert.Throws<SegmentationException>(() => Text(vr, text).GetValues<double>(Tag));

        Assert.Equal(ErrorCode.UnreadableImage, error.Code);
        Assert.Contains("(0029,1010)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IS", "1.5")]
    [InlineData("IS", "3000000000")]
    [InlineData("DS", "-2147483649")]
    public void GetValues_NumberThatIsNoInt_IsUnreadable(string vr, string text) =>
        Assert.Equal(ErrorCode.UnreadableImage, Assert.Throws<SegmentationException>(() => Text(vr, text).GetValues<int>(Tag)).Code);

    [Fact]
    public void GetValues_OutsideTheAskedType_IsUnreadable()
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomVR.Parse("SS"), Tag, (short)-1);

        Assert.Equal(-1, dataset.GetSingleValue<int>(Tag));
        Assert.Throws<SegmentationException>(() => dataset.GetSingleValue<ushort>(Tag));
        Assert.Throws<SegmentationException>(() => dataset.GetSingleValue<byte>(Tag));
        Assert.Throws<SegmentationException>(() => dataset.GetSingleValue<ulong>(Tag));
        Assert.Throws<SegmentationException>(() => dataset.GetSingleValue<DicomTag>(Tag));
        Assert.Throws<NotSupportedException>(() => dataset.GetSingleValue<decimal>(Tag));
    }

    [Theory]
    [InlineData("SV", long.MinValue, "-9223372036854775808")]
    [InlineData("SV", (1L << 53) + 1, "9007199254740993")]
    [InlineData("UV", ulong.MaxValue, "18446744073709551615")]
    [InlineData("UL", uint.MaxValue, "4294967295")]
    [InlineData("OL", 7u, "7")]
    [InlineData("FL", 0.1f, "0.1")]
    [InlineData("FD", 0.1, "0.1")]
    [InlineData("FD", double.NaN, "NaN")]
    [InlineData("IS", 5, "5")]
    [InlineData("DS", 0.25, "0.25")]
    public void AddOrUpdate_Number_ReadsBackAsTypeAndText<T>(string vr, T value, string text)
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomVR.Parse(vr), Tag, value);

        Assert.Equal(value, dataset.GetSingleValue<T>(Tag));
        Assert.Equal(text, dataset.GetString(Tag));
        Assert.Equal(1, dataset.GetValueCount(Tag));
    }

    [Theory]
    [InlineData("US", 65536)]
    [InlineData("US", -1)]
    [InlineData("US", 1.5)]
    [InlineData("SS", 32768)]
    [InlineData("UL", double.PositiveInfinity)]
    [InlineData("SL", 3e9)]
    [InlineData("SL", double.NaN)]
    [InlineData("FL", 1e300)]
    [InlineData("IS", 1.5)]
    [InlineData("IS", 3e9)]
    [InlineData("DS", double.NaN)]
    [InlineData("LO", 5)]
    [InlineData("US", "5")]
    [InlineData("AT", 5)]
    [InlineData("SQ", 5)]
    [InlineData("OB", 5)]
    public void AddOrUpdate_ValueThatDoesNotFit_Throws<T>(string vr, T value)
    {
        DicomDataset dataset = new();

        Assert.Throws<ArgumentException>(() => dataset.AddOrUpdate(DicomVR.Parse(vr), Tag, value));
        Assert.False(dataset.Contains(Tag));
    }

    [Theory]
    [InlineData("LO", "a\\\\b", 3)]
    [InlineData("LO", "\\", 2)]
    [InlineData("LO", " ", 0)]
    [InlineData("LT", "a\\b", 1)]
    [InlineData("UT", "\\", 1)]
    [InlineData("UI", "1.2\0", 1)]
    [InlineData("UN", "ab", 1)]
    [InlineData("UN", "abc", 3)]
    public void GetValueCount_Text_CountsWhatSeparatorsSeparate(string vr, string text, int count) =>
        Assert.Equal(count, Text(vr, text).GetValueCount(Tag));

    [Theory]
    [InlineData("LO", "  a ", "a")]
    [InlineData("PN", " A^B ^ \\ C ", "A^B ^\\C")]
    [InlineData("LT", "  a\\b  ", "  a\\b")]
    [InlineData("UC", "  a \\ b ", "  a\\ b")]
    [InlineData("UR", "a\\b ", "a\\b")]
    [InlineData("UI", "1.2.3\0", "1.2.3")]
    public void GetString_Padding_IsTakenOffWhereItDoesNotCount(string vr, string text, string expected) =>
        Assert.Equal(expected, Text(vr, text).GetString(Tag));

    [Fact]
    public void GetString_OtherThanText_IsSpeltOut()
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomVR.Parse("AT"), Tag, DicomTag.Rows, DicomTag.PixelData);

        Assert.Equal("00280010\\7FE00010", dataset.GetString(Tag));
        Assert.Equal("1\\300", dataset.AddOrUpdate(DicomVR.Parse("OW"), Tag, (ushort)1, (ushort)300).GetString(Tag));
        Assert.Equal("priv", Text("UN", "priv").GetString(Tag));
    }

    [Fact]
    public void Get_MissingOrEmpty_AreToldApart()
    {
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.PatientName, "");

        Assert.True(dataset.TryGetString(DicomTag.PatientName, out string? text));
        Assert.Equal("", text);
        Assert.Empty(dataset.GetValues<string>(DicomTag.PatientName));
        Assert.False(dataset.TryGetSingleValue<string>(DicomTag.PatientName, out _));
        Assert.False(dataset.TryGetString(DicomTag.PatientID, out _));
        Assert.Equal("none", dataset.GetSingleValueOrDefault(DicomTag.PatientName, "none"));
        Assert.Equal(0, dataset.GetValueCount(DicomTag.PatientID));
        Assert.Contains(
            "PatientID (0010,0020)", Assert.Throws<SegmentationException>(() => dataset.GetString(DicomTag.PatientID)).Message, StringComparison.Ordinal);
        Assert.Throws<SegmentationException>(() => dataset.GetSequence(DicomTag.PatientName));
    }

    [Fact]
    public void CopyTo_OtherCharacterSet_TextIsTheSameAndNestedSetsGo()
    {
        DicomTag sequence = new(0x0008, 0x1115);
        DicomDataset source = new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 144").AddOrUpdate(DicomTag.PatientName, "Люк^Л")
            .AddOrUpdate(DicomTag.PatientID, "7").AddOrUpdate(DicomTag.Rows, (ushort)3)
            .AddOrUpdate(sequence, new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 126").AddOrUpdate(DicomTag.PatientName, "Δίκη"));
        DicomDataset destination = new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192").AddOrUpdate(DicomTag.Columns, (ushort)5);

        source.CopyTo(destination, DicomTag.PatientName, DicomTag.PatientID, sequence, DicomTag.Modality);

        Assert.Equal("Люк^Л", destination.GetString(DicomTag.PatientName));
        Assert.Equal("7", destination.GetString(DicomTag.PatientID));
        Assert.Equal(5, destination.GetSingleValue<int>(DicomTag.Columns));
        DicomDataset inner = destination.GetSequence(sequence).Items.Single();
        Assert.Equal("Δίκη", inner.GetString(DicomTag.PatientName));
        Assert.False(inner.Contains(DicomTag.SpecificCharacterSet));
        Assert.False(destination.Contains(DicomTag.Modality));
        Assert.False(destination.Contains(DicomTag.Rows));
        Assert.Equal("ISO_IR 126", source.GetSequence(sequence).Items.Single().GetString(DicomTag.SpecificCharacterSet));
    }

    private static DicomDataset Text(string vr, string text) =>
        new DicomDataset().AddOrUpdate(new DicomElement(Tag, DicomVR.Parse(vr), System.Text.Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("DS", true)]
    [InlineData("LO", true)]
    [InlineData("US", true)]
    [InlineData("UT", false)] // one text is one value
    public void GetValues_OverAMebibyte_IsRefusedWhereItHoldsManyValues(string vr, bool isRefused)
    {
        byte[] bytes = new byte[(1 << 20) + 2];
        for (int n = 0; n < bytes.Length; n++) bytes[n] = (byte)(n % 2 == 0 ? '1' : '\\');
        DicomDataset dataset = new DicomDataset().AddOrUpdate(new DicomElement(Tag, DicomVR.Parse(vr), bytes));

        if (!isRefused)
        {
            Assert.Equal(bytes.Length, dataset.GetString(Tag).Length);
            return;
        }
        SegmentationException error = Assert.Throws<SegmentationException>(() => dataset.GetSingleValueOrDefault(Tag, 1));
        Assert.Equal(ErrorCode.UnreadableImage, error.Code);
        Assert.Contains("takes 1048578 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CharacterSets_ListOfThousands_SaysNothing() => Assert.Empty(new DicomDataset()
        .AddOrUpdate(DicomTag.SpecificCharacterSet, Enumerable.Repeat("ISO_IR 100", 200).ToArray()).CharacterSets);
}
