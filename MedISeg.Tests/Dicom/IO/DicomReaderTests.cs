using System.IO.Pipes;
using MedISeg.Dicom;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Files as the standard has them, and files that are wrong and yet can be read. All are built byte by byte.</summary>
public sealed class DicomReaderTests
{
    private static readonly DicomTag Code = new(0x0008, 0x0100);
    private static readonly DicomTag Outer = new(0x0008, 0x1115);
    private static readonly DicomTag Private = new(0x0029, 0x1010);

    private static DicomBytes ExplicitFile => new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian);

    [Fact]
    public void Open_ExplicitLittleEndian_ReadsMetaAndValues()
    {
        DicomFile file = ExplicitFile.Explicit(0x00100020, "LO", "ID7").Explicit(0x00280010, "US", [3, 0]).Open();

        Assert.Equal("1.2.840.10008.1.2.1", file.FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
        Assert.Equal("ID7", file.Dataset.GetString(DicomTag.PatientID));
        Assert.Equal(3, file.Dataset.GetSingleValue<int>(DicomTag.Rows));
        Assert.False(file.Dataset.HasPixelData);
    }

    [Fact]
    public void Open_NoPreamble_ReadsMetaAndDataSet()
    {
        byte[] bytes = ExplicitFile.Explicit(0x00100020, "LO", "ID7").ToArray();

        Assert.Equal("ID7", DicomFile.Open(bytes.AsMemory(132)).Dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void Open_NoMetaAtAll_SniffsEachLayout()
    {
        DicomFile little = new DicomBytes().Explicit(0x00080060, "CS", "CT").Explicit(0x00280010, "US", [3, 0]).Open();
        DicomFile big = new DicomBytes { IsBigEndian = true }.Explicit(0x00080060, "CS", "CT").Explicit(0x00280010, "US", [0, 3]).Open();
        DicomFile implicitly = new DicomBytes().Implicit(0x00080060, "CT").Implicit(0x00280010, [3, 0]).Open();

        foreach ((DicomFile file, DicomTransferSyntax syntax) in new[]
        {
            (little, DicomTransferSyntax.ExplicitVRLittleEndian), (big, DicomTransferSyntax.ExplicitVRBigEndian),
            (implicitly, DicomTransferSyntax.ImplicitVRLittleEndian),
        })
        {
            Assert.Equal(syntax, file.Dataset.InternalTransferSyntax);
            Assert.Equal("CT", file.Dataset.GetString(DicomTag.Modality));
            Assert.Equal(3, file.Dataset.GetSingleValue<int>(DicomTag.Rows));
        }
    }

    [Fact]
    public void Open_WrongGroupLengthOfMeta_IsNotTrusted()
    {
        DicomFile file = new DicomBytes().Preamble().Explicit(0x00020000, "UL", [0xff, 0xff, 0, 0]).Explicit(0x00020010, "UI", "1.2.840.10008.1.2.1")
            .Explicit(0x00080060, "CS", "MR").Open();

        Assert.Equal("MR", file.Dataset.GetString(DicomTag.Modality));
    }

    [Fact]
    public void Open_ImplicitMeta_IsRead()
    {
        DicomFile file = new DicomBytes().Preamble().Implicit(0x00020000, [26, 0, 0, 0]).Implicit(0x00020010, "1.2.840.10008.1.2\0")
            .Implicit(0x00080060, "MR").Open();

        Assert.Equal(DicomTransferSyntax.ImplicitVRLittleEndian, file.Dataset.InternalTransferSyntax);
        Assert.Equal("MR", file.Dataset.GetString(DicomTag.Modality));
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2", false, "1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.2", false, "1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.1.99", false, "1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.1", true, "1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.5", true, "1.2.840.10008.1.2.5")]
    public void Open_SyntaxContradictsTheElements_ElementsAreBelieved(string declared, bool isImplicit, string read)
    {
        DicomBytes bytes = new DicomBytes().Meta(DicomTransferSyntax.Parse(declared));
        DicomFile file = (isImplicit ? bytes.Implicit(0x00080060, "MR") : bytes.Explicit(0x00080060, "CS", "MR")).Open();

        Assert.Equal("MR", file.Dataset.GetString(DicomTag.Modality));
        Assert.Equal(read, file.Dataset.InternalTransferSyntax.Uid);
    }

    [Fact]
    public void Open_NoTransferSyntax_FirstElementTells()
    {
        DicomFile file = new DicomBytes().Preamble().Explicit(0x00020013, "SH", "X ").Explicit(0x00080060, "CS", "MR").Open();

        Assert.Equal(DicomTransferSyntax.ExplicitVRLittleEndian, file.Dataset.InternalTransferSyntax);
        Assert.Equal("MR", file.Dataset.GetString(DicomTag.Modality));
    }

    [Fact]
    public void Open_DefinedAndUndefinedLengths_GiveTheSameItems()
    {
        byte[] item = new DicomBytes().Explicit(0x00080100, "SH", "A1").ToArray();
        DicomBytes body = new DicomBytes().Item((uint)item.Length).Raw(item).Item().Raw(item).ItemEnd();

        DicomDataset defined = ExplicitFile.Explicit(0x00081115, "SQ", body.ToArray()).Explicit(0x00100020, "LO", "ID").Open().Dataset;
        DicomDataset undefined = ExplicitFile.ExplicitHeader(0x00081115, "SQ", DicomBytes.Undefined).Raw(body.ToArray()).SequenceEnd()
            .Explicit(0x00100020, "LO", "ID").Open().Dataset;

        foreach (DicomDataset dataset in new[] { defined, undefined })
        {
            Assert.Equal(["A1", "A1"], dataset.GetSequence(Outer).Items.Select(inner => inner.GetString(Code)));
            Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
        }
    }

    [Fact]
    public void Open_UnknownOfUndefinedLength_HoldsImplicitItems()
    {
        DicomDataset dataset = new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian)
            .ExplicitHeader(Private.Key, "UN", DicomBytes.Undefined).Item().Implicit(0x00080100, "A1").Tag(Outer.Key).UInt32(DicomBytes.Undefined)
            .Item().Implicit(0x00080100, "B2").ItemEnd().SequenceEnd().ItemEnd().SequenceEnd().Explicit(0x00300010, "LO", "next").Open().Dataset;

        DicomDataset item = dataset.GetSequence(Private).Items.Single();
        Assert.Equal("A1", item.GetString(Code));
        Assert.Equal("B2", item.GetSequence(Outer).Items.Single().GetString(Code));
        Assert.Equal("next", dataset.GetString(new DicomTag(0x0030, 0x0010)));
    }

    [Fact]
    public void Open_UnknownInABigEndianFile_HoldsLittleEndianItems()
    {
        byte[] content = new DicomBytes().Item().Implicit(0x00280010, [3, 0]).ItemEnd().SequenceEnd().ToArray();
        DicomDataset dataset = new DicomBytes { IsBigEndian = true }.Explicit(0x00080060, "CS", "MR")
            .ExplicitHeader(Private.Key, "UN", DicomBytes.Undefined).Raw(content).Explicit(0x00300010, "US", [0, 5]).Open().Dataset;

        Assert.Equal(3, dataset.GetSequence(Private).Items.Single().GetSingleValue<int>(DicomTag.Rows));
        Assert.Equal(5, dataset.GetSingleValue<int>(new DicomTag(0x0030, 0x0010)));
    }

    [Fact]
    public void Open_UnknownOfAStandardTag_IsReadByTheDictionary()
    {
        byte[] item = new DicomBytes().Item(10).Implicit(0x00080100, "A1").ToArray();
        DicomDataset dataset = new DicomBytes { IsBigEndian = true }.Explicit(0x00080060, "CS", "MR").Explicit(0x00081115, "UN", item)
            .Explicit(0x00280010, "UN", [3, 0]).Open().Dataset;

        Assert.Equal("A1", dataset.GetSequence(Outer).Items.Single().GetString(Code));
        Assert.Equal(3, dataset.GetSingleValue<int>(DicomTag.Rows));
    }

    [Theory]
    [InlineData("ZZ", "0800 5000 5A5A 0000 02000000 4131")]
    [InlineData("??", "0800 5000 3F3F 0200 4131")]
    [InlineData("blank", "0800 5000 2020 0200 4131")]
    [InlineData("zero", "0800 5000 0000 0200 4131")]
    [InlineData("implicit", "0800 5000 02000000 4131")]
    [InlineData("empty implicit", "0800 0501 00000000 0800 5000 5348 0200 4131")]
    public void Open_OddRepresentation_ValueAndWhatFollowsAreRead(string kind, string hex)
    {
        DicomDataset dataset = ExplicitFile.Explicit(0x00080008, "CS", "A").Hex(hex).Explicit(0x00100020, "LO", "ID").Open().Dataset;

        Assert.Equal("A1", dataset.GetString(new DicomTag(0x0008, 0x0050)));
        Assert.Equal("ID", dataset.GetString(DicomTag.PatientID));
        Assert.Equal(kind == "ZZ" ? "UN" : "SH", dataset.GetDicomItem<DicomElement>(new DicomTag(0x0008, 0x0050))!.ValueRepresentation.Code);
    }

    [Fact]
    public void Open_Implicit_RepresentationsComeFromTheDictionary()
    {
        DicomDataset dataset = new DicomBytes().Meta(DicomTransferSyntax.ImplicitVRLittleEndian).Implicit(0x00080000, [0, 0, 0, 0])
            .Implicit(0x00090010, "MAKER").Implicit(0x00091001, [1, 0]).Implicit(0x00280103, [1, 0]).Implicit(0x00280106, [0xfb, 0xff])
            .Implicit(0x00283006, [1, 2]).Implicit(0x00340000, [4, 0, 0, 0]).Implicit(0x50020005, [2, 0]).Implicit(0x50023000, [1, 2])
            .Implicit(0x60040010, [3, 0]).Implicit(0x60043000, [1, 2]).Implicit(0x7fe00010, [1, 2]).Open().Dataset;

        Assert.Equal(
            ["UL", "LO", "UN", "US", "SS", "OW", "UL", "US", "OW", "US", "OW", "OW"], dataset.Items.Select(item => item.ValueRepresentation.Code));
        Assert.Equal(-5, dataset.GetSingleValue<int>(new DicomTag(0x0028, 0x0106)));
    }

    [Fact]
    public void Open_SignChoiceInAnItem_FollowsTheDataSetAround()
    {
        DicomDataset dataset = new DicomBytes().Meta(DicomTransferSyntax.ImplicitVRLittleEndian).Implicit(0x00280103, [1, 0])
            .Tag(0x00409096).UInt32(DicomBytes.Undefined).Item().Implicit(0x00409216, [0xfe, 0xff]).ItemEnd().SequenceEnd().Open().Dataset;

        DicomDataset item = dataset.GetSequence(new DicomTag(0x0040, 0x9096)).Items.Single();
        Assert.Equal(-2, item.GetSingleValue<int>(new DicomTag(0x0040, 0x9216)));
    }

    [Fact]
    public void Open_FragmentsWithAndWithoutDelimiter_AreTheSame()
    {
        DicomBytes bytes = new DicomBytes().Meta(DicomTransferSyntax.RLELossless).ExplicitHeader(0x7fe00010, "OB", DicomBytes.Undefined)
            .Item(4).Raw([0, 0, 0, 0]).Item(2).Raw([1, 2]).Item(4).Raw([3, 4, 5, 6]);
        byte[] undelimited = bytes.ToArray();
        byte[] delimited = bytes.SequenceEnd().ToArray();

        foreach (byte[] file in new[] { undelimited, delimited })
        {
            DicomFragmentSequence pixels = DicomFile.Open(file).Dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData)!;
            Assert.Equal(new byte[4], pixels.OffsetTable.ToArray());
            Assert.Equal([[1, 2], [3, 4, 5, 6]], pixels.Fragments.Select(fragment => fragment.ToArray()));
        }
    }

    [Fact]
    public void Open_Dicomdir_IsADataSet()
    {
        DicomDataset dataset = ExplicitFile.Explicit(0x00041130, "CS", "DISC").ExplicitHeader(0x00041220, "SQ", DicomBytes.Undefined).Item()
            .Explicit(0x00041430, "CS", "PATIENT ").ItemEnd().SequenceEnd().Open().Dataset;

        Assert.Equal("PATIENT", dataset.GetSequence(DicomTag.DirectoryRecordSequence).Items.Single().GetString(new DicomTag(0x0004, 0x1430)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_UnknownRepresentationAroundExplicitItems_ReadsThem(bool isUndefined)
    {
        // Against the standard, and met: the items of a sequence that was turned into UN were left explicit.
        byte[] item = new DicomBytes().Explicit(0x00080100, "SH", "A1").Explicit(0x00080104, "LO", "meaning").ToArray();
        byte[] value = isUndefined
            ? new DicomBytes().Item().Raw(item).ItemEnd().SequenceEnd().ToArray()
            : new DicomBytes().Item((uint)item.Length).Raw(item).ToArray();
        // Long enough that the implicit reading of the first element would find its bytes.
        DicomDataset dataset = new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian)
            .ExplicitHeader(0x00082218, "UN", isUndefined ? DicomBytes.Undefined : (uint)value.Length).Raw(value)
            .Explicit(0x00280010, "US", [5, 0]).Explicit(0x7fe00010, "OW", new byte[1 << 20]).Open().Dataset;

        DicomDataset read = Assert.Single(dataset.GetSequence(new DicomTag(0x0008, 0x2218)).Items);
        Assert.Equal(("A1", "meaning"), (read.GetString(new DicomTag(0x0008, 0x0100)), read.GetString(new DicomTag(0x0008, 0x0104))));
        Assert.Equal(5, dataset.GetSingleValue<int>(DicomTag.Rows));
    }

    [Fact]
    public void Open_Pipe_IsReadToItsEnd()
    {
        byte[] file = new DicomBytes().Meta(DicomTransferSyntax.ExplicitVRLittleEndian).Explicit(0x00280010, "US", [5, 0])
            .Explicit(0x7fe00010, "OW", new byte[3000]).ToArray();
        using AnonymousPipeServerStream pipe = new(PipeDirection.In);
        using (AnonymousPipeClientStream writer = new(PipeDirection.Out, pipe.ClientSafePipeHandle)) writer.Write(file);

        DicomDataset dataset = DicomFile.Open($"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}").Dataset;

        Assert.Equal(1500, dataset.GetValueCount(DicomTag.PixelData));
    }
}
