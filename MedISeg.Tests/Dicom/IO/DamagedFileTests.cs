using System.IO.Compression;
using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Damage that is read around, and damage that is refused.</summary>
public sealed class DamagedFileTests
{
    private static readonly DicomTag Code = new(0x0008, 0x0100);
    private static readonly DicomTag Outer = new(0x0008, 0x1115);

    private static DicomBytes ExplicitFile => new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian).Explicit(0x00080060, "CS", "MR");

    private static DicomBytes OpenSequence => ExplicitFile.ExplicitHeader(Outer.Key, "SQ", DicomBytes.Undefined);

    private static DicomBytes CodeElement(string text) => new DicomBytes().Explicit(Code.Key, "SH", text);

    [Fact]
    public void Open_StrayDelimitersAtTheTop_AreSkipped()
    {
        DicomDataset dataset = ExplicitFile.ItemEnd().SequenceEnd().Explicit(0x00100020, "LO", "ID").Open().Dataset;

        Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void Open_StrayDelimitersInItemsOfKnownLength_AreSkipped()
    {
        byte[] item = CodeElement("A1").ItemEnd().SequenceEnd().Explicit(0x00080102, "SH", "DCM").ToArray();
        byte[] sequence = new DicomBytes().ItemEnd().Item((uint)item.Length).Raw(item).SequenceEnd().ToArray();
        DicomDataset dataset = ExplicitFile.Explicit(Outer.Key, "SQ", sequence).Explicit(0x00100020, "LO", "ID").Open().Dataset;

        Assert.Equal("DCM", dataset.GetSequence(Outer).Items.Single().GetString(new DicomTag(0x0008, 0x0102)));
        Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void Open_ItemDelimitersMissing_ItemsAreToldApart()
    {
        DicomDataset dataset = OpenSequence.Item().Raw(CodeElement("A1").ToArray()).Item().Raw(CodeElement("B2").ToArray()).SequenceEnd()
            .Explicit(0x00100020, "LO", "ID").Open().Dataset;

        Assert.Equal(["A1", "B2"], dataset.GetSequence(Outer).Items.Select(item => item.GetString(Code)));
        Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void Open_SequenceDelimiterMissing_DataSetGoesOn()
    {
        DicomDataset dataset = OpenSequence.Item().Raw(CodeElement("A1").ToArray()).ItemEnd().Explicit(0x00100020, "LO", "ID").Open().Dataset;

        Assert.Equal("A1", dataset.GetSequence(Outer).Items.Single().GetString(Code));
        Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void Open_DelimitersMissingWithinAKnownLength_TheLengthEndsThem()
    {
        byte[] inner = new DicomBytes().ExplicitHeader(0x00081199, "SQ", DicomBytes.Undefined).Item().Raw(CodeElement("A1").ToArray()).ToArray();
        byte[] sequence = new DicomBytes().Item((uint)inner.Length).Raw(inner).ToArray();
        DicomDataset dataset = ExplicitFile.Explicit(Outer.Key, "SQ", sequence).Explicit(0x00100020, "LO", "ID").Open().Dataset;

        Assert.Equal("A1", dataset.GetSequence(Outer).Items.Single().GetSequence(new DicomTag(0x0008, 0x1199)).Items.Single().GetString(Code));
        Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(4001)]
    public void Open_ZerosAtTheEnd_AreIgnored(int count) =>
        Assert.Equal(2, ExplicitFile.Explicit(0x00100020, "LO", "ID").Raw(new byte[count]).Open().Dataset.Items.Count);

    [Theory]
    [InlineData("0A")]
    [InlineData("DEADBEEFDEADBEEFDEADBEEF")]
    [InlineData("FEFF00E0 04000000 01020304")]
    [InlineData("E07F1000 4F420000 02000000 0304")]
    public void Open_RubbishAfterThePixels_IsIgnored(string hex)
    {
        DicomDataset dataset = ExplicitFile.Explicit(0x7fe00010, "OB", [1, 2]).Hex(hex).Open().Dataset;

        Assert.Equal([1, 2], dataset.GetValues<byte>(DicomTag.PixelData));
    }

    [Fact]
    public void Open_TrailingPaddingElement_IsKept()
    {
        DicomDataset dataset = ExplicitFile.Explicit(0x7fe00010, "OB", [1, 2]).Explicit(0xfffcfffc, "OB", new byte[6]).Open().Dataset;

        Assert.Equal(6, dataset.GetValueCount(DicomTag.DataSetTrailingPadding));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("89504E470D0A1A0A0000000D49484452")]
    [InlineData("7B2261223A317D20202020202020")]
    [InlineData("1F8B0800000000000003")]
    [InlineData("5C010000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000")]
    public void Open_NotDicom_SaysSo(string hex)
    {
        SegmentationException error = Assert.Throws<SegmentationException>(() => new DicomBytes().Hex(hex).Open());

        Assert.Equal(ErrorCode.UnreadableImage, error.Code);
        Assert.StartsWith("This is not a DICOM file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ValueLongerThanTheFile_IsTruncated() =>
        AssertRefused(ErrorCode.TruncatedImage, ExplicitFile.ExplicitHeader(0x7fe00010, "OW", 0xfffffffe).Raw([1, 2]));

    [Fact]
    public void Open_SequenceOrItemOrFragmentLongerThanTheFile_IsTruncated()
    {
        AssertRefused(ErrorCode.TruncatedImage, ExplicitFile.ExplicitHeader(Outer.Key, "SQ", 100).Item(8));
        AssertRefused(ErrorCode.TruncatedImage, OpenSequence.Item(0x7fffffff).SequenceEnd());
        AssertRefused(ErrorCode.TruncatedImage, ExplicitFile.ExplicitHeader(0x7fe00010, "OB", DicomBytes.Undefined).Item(0).Item(0xffffff00).Raw([1]));
    }

    [Fact]
    public void Open_SequenceNotEnded_IsTruncated()
    {
        AssertRefused(ErrorCode.TruncatedImage, OpenSequence);
        AssertRefused(ErrorCode.TruncatedImage, OpenSequence.Item().Raw(CodeElement("A1").ToArray()));
        AssertRefused(ErrorCode.TruncatedImage, OpenSequence.Item().Raw(CodeElement("A1").ToArray()).ItemEnd());
    }

    [Fact]
    public void Open_OnlyMeta_IsTruncated() => AssertRefused(ErrorCode.TruncatedImage, new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian));

    [Fact]
    public void Open_ValueLongerThanItsItem_IsDamaged()
    {
        byte[] item = new DicomBytes().ExplicitHeader(Code.Key, "SH", 4).Raw([65, 66]).ToArray();

        AssertRefused(ErrorCode.UnreadableImage, OpenSequence.Item((uint)item.Length).Raw(item).SequenceEnd().Explicit(0x00100020, "LO", "ID"));
    }

    [Fact]
    public void Open_ElementsWhereItemsBelong_IsDamaged() =>
        AssertRefused(ErrorCode.UnreadableImage, ExplicitFile.Explicit(Outer.Key, "SQ", CodeElement("A1").ToArray()));

    [Fact]
    public void Open_ItemOutsideASequence_IsDamaged() => AssertRefused(ErrorCode.UnreadableImage, ExplicitFile.Item(8).Raw(new byte[8]));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_HundredThousandNestedSequences_IsRefused(bool isImplicit)
    {
        DicomBytes bytes = new DicomBytes().Meta(isImplicit ? DicomTransferSyntax.ImplicitVRLittleEndian : DicomTransferSyntax.ExplicitVRLittleEndian);
        for (int depth = 0; depth < 100_000; depth++)
        {
            if (isImplicit) bytes.Tag(Outer.Key).UInt32(DicomBytes.Undefined);
            else bytes.ExplicitHeader(Outer.Key, "SQ", DicomBytes.Undefined);
            bytes.Item();
        }
        SegmentationException error = AssertRefused(ErrorCode.UnreadableImage, bytes);
        Assert.Contains("nested more than 64 deep", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Open_AtTheDepthLimit_IsRead(int depth, bool isRead)
    {
        DicomBytes bytes = ExplicitFile;
        for (int n = 0; n < depth; n++) bytes.ExplicitHeader(Outer.Key, "SQ", DicomBytes.Undefined).Item();
        for (int n = 0; n < depth; n++) bytes.ItemEnd().SequenceEnd();
        DicomReadLimits limits = new() { MaxDepth = 3 };

        if (isRead) Assert.Single(bytes.Open(limits: limits).Dataset.GetSequence(Outer).Items);
        else Assert.Equal(ErrorCode.UnreadableImage, Assert.Throws<SegmentationException>(() => bytes.Open(limits: limits)).Code);
    }

    [Fact]
    public void Open_MoreElementsAndItemsThanAllowed_IsTooLarge()
    {
        // Two elements and two items.
        DicomBytes bytes = OpenSequence.Item().ItemEnd().Item().ItemEnd().SequenceEnd();

        Assert.Equal(2, bytes.Open(limits: new DicomReadLimits { MaxElements = 4 }).Dataset.GetSequence(Outer).Items.Count);
        SegmentationException error = Assert.Throws<SegmentationException>(() => bytes.Open(limits: new DicomReadLimits { MaxElements = 3 }));
        Assert.Equal(ErrorCode.TooLarge, error.Code);
    }

    [Fact]
    public void Open_DeflatedBomb_IsTooLarge()
    {
        byte[] zeros = new DicomBytes().ExplicitHeader(0x7fe00010, "OB", 3 << 20).Raw(new byte[3 << 20]).ToArray();
        DicomBytes file = new DicomBytes().Meta(DicomTransferSyntax.DeflatedExplicitVRLittleEndian).Raw(Deflate(zeros));

        Assert.Equal(3 << 20, file.Open(limits: new DicomReadLimits { MaxInflatedBytes = zeros.Length }).Dataset.GetValueCount(DicomTag.PixelData));
        SegmentationException error = Assert.Throws<SegmentationException>(() => file.Open(limits: new DicomReadLimits { MaxInflatedBytes = zeros.Length - 1 }));
        Assert.Equal(ErrorCode.TooLarge, error.Code);
    }

    [Fact]
    public void Open_DeflatedOutOfProportion_IsTooLarge()
    {
        // 72 MiB of zeros deflate to about 72 KiB.
        byte[] zeros = new DicomBytes().ExplicitHeader(0x7fe00010, "OB", 72 << 20).Raw(new byte[72 << 20]).ToArray();
        byte[] file = new DicomBytes().Meta(DicomTransferSyntax.DeflatedExplicitVRLittleEndian).Raw(Deflate(zeros)).ToArray();

        SegmentationException error = Assert.Throws<SegmentationException>(() => DicomFile.Open(file));
        Assert.Equal(ErrorCode.TooLarge, error.Code);
        Assert.Contains($"more than {64 << 20} bytes", error.Message, StringComparison.Ordinal);
        DicomFile opened = DicomFile.Open(file, limits: new DicomReadLimits { MaxInflation = 1100 });
        Assert.Equal(72 << 20, opened.Dataset.GetValueCount(DicomTag.PixelData));
    }

    [Fact]
    public void Open_FileLargerThanAnArray_IsTooLarge()
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "sparse");
        using (FileStream file = File.Create(path)) file.SetLength(Array.MaxLength + 1L);

        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<SegmentationException>(() => DicomFile.Open(path)).Code);
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<SegmentationException>(() => DicomFile.Open(path, FileReadOption.SkipLargeTags)).Code);
    }

    [Fact]
    public void Open_NotDeflatedAsItSays_IsRefused() => AssertRefused(
        ErrorCode.UnreadableImage, new DicomBytes().Meta(DicomTransferSyntax.DeflatedExplicitVRLittleEndian).Hex("FFFFFFFFFFFFFFFFFFFFFFFF"));

    [Theory]
    [MemberData(nameof(RoundTripTests.Syntaxes), MemberType = typeof(RoundTripTests))]
    public void Open_CutAtEveryByte_OpensOrIsRefused(string uid)
    {
        byte[] file = RoundTripTests.Save(RichDatasets.Create(DicomTransferSyntax.Parse(uid)));
        int refused = 0;
        for (int length = 0; length < file.Length; length++)
        {
            try
            {
                DicomFile.Open(file.AsMemory(0, length));
            }
            catch (SegmentationException error)
            {
                Assert.True(error.Code is ErrorCode.TruncatedImage or ErrorCode.UnreadableImage);
                refused++;
            }
        }
        // Where an element ends, the file could have ended too, and one zero more is padding.
        Assert.InRange(refused, file.Length - 100, file.Length - 30);
    }

    [Fact]
    public void Open_Refused_MessageHasNothingOfTheFile()
    {
        byte[] secret = Encoding.ASCII.GetBytes("CANARY");
        SegmentationException error = Assert.Throws<SegmentationException>(
            () => ExplicitFile.Explicit(0x00100020, "LO", secret).ExplicitHeader(0x00100010, "PN", 60).Raw(secret).Open());

        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    private static SegmentationException AssertRefused(ErrorCode code, DicomBytes bytes)
    {
        SegmentationException error = Assert.Throws<SegmentationException>(() => bytes.Open());
        Assert.Equal(code, error.Code);
        Assert.Equal(code, Assert.Throws<SegmentationException>(() => bytes.Open(FileReadOption.SkipLargeTags)).Code);
        return error;
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (DeflateStream deflate = new(stream, CompressionLevel.Optimal)) deflate.Write(bytes);
        return stream.ToArray();
    }
}
