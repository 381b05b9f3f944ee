using MedISeg.Dicom;
using MedISeg.Dicom.IO;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>What is written is read back.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Syntaxes => new(
        DicomTransferSyntax.ExplicitVRLittleEndian.Uid, DicomTransferSyntax.ImplicitVRLittleEndian.Uid, DicomTransferSyntax.ExplicitVRBigEndian.Uid,
        DicomTransferSyntax.DeflatedExplicitVRLittleEndian.Uid, DicomTransferSyntax.RLELossless.Uid);

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Save_EveryRepresentation_ReadsBackTheSame(string uid)
    {
        DicomDataset dataset = RichDatasets.Create(DicomTransferSyntax.Parse(uid));
        Assert.Equal(34, AllRepresentations(dataset).Count());

        DicomFile read = DicomFile.Open(Save(dataset));

        RichDatasets.AssertSame(dataset, read.Dataset);
        Assert.Equal(uid, read.Dataset.InternalTransferSyntax.Uid);
        Assert.True(read.Dataset.HasPixelData);
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Save_EveryRepresentation_ValuesAreWhatWasSet(string uid)
    {
        DicomDataset read = DicomFile.Open(Save(RichDatasets.Create(DicomTransferSyntax.Parse(uid)))).Dataset;

        Assert.Equal("Müller^Jörg=山田", read.GetString(DicomTag.PatientName));
        Assert.Equal(["Größe", "山"], read.GetValues<string>(new DicomTag(0x0008, 0x0070)));
        Assert.Equal(["DERIVED", "", "AXIAL"], read.GetValues<string>(DicomTag.ImageType));
        Assert.Equal([new DicomTag(0x0018, 0x1063), new DicomTag(0x3004, 0x000c)], read.GetValues<DicomTag>(new DicomTag(0x0028, 0x0009)));
        Assert.Equal([1e-300, -1.0 / 3], read.GetValues<double>(new DicomTag(0x0008, 0x1163)));
        Assert.Equal([0.1f], read.GetValues<float>(new DicomTag(0x0018, 0x1320)));
        Assert.Equal([-2, 70000], read.GetValues<int>(new DicomTag(0x0018, 0x6020)));
        Assert.Equal([1u, 0x01020304u], read.GetValues<uint>(new DicomTag(0x0066, 0x0040)));
        Assert.Equal([long.MinValue, 5L], read.GetValues<long>(new DicomTag(0x0072, 0x0082)));
        Assert.Equal(ulong.MaxValue, read.GetSingleValue<ulong>(new DicomTag(0x0072, 0x0083)));
        Assert.Equal((short)-5, read.GetSingleValue<short>(new DicomTag(0x0028, 0x0106)));
        Assert.Equal(" a\\b ç", read.GetString(new DicomTag(0x0010, 0x2155)));
        Assert.Equal("odd\0", read.GetDicomItem<DicomElement>(RichDatasets.PrivateText) is { } element ? System.Text.Encoding.Latin1.GetString(element.Buffer.Span) : "");
        DicomDataset inner = read.GetSequence(RichDatasets.OuterSequence).Items[0];
        Assert.Equal("Ünal", inner.GetString(DicomTag.PatientName));
        Assert.Equal("inmost", inner.GetSequence(RichDatasets.InnerSequence).Items[0].GetString(new DicomTag(0x0008, 0x0100)));
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Save_TextLongerThanAShortHeaderCounts_ReadsBackAsText(string uid)
    {
        string text = new('x', 70_001);
        DicomDataset dataset = RichDatasets.Create(DicomTransferSyntax.Parse(uid)).AddOrUpdate(new DicomTag(0x0010, 0x2155), text)
            .AddOrUpdate(new DicomTag(0x0008, 0x1162), [.. Enumerable.Range(0, 20_000).Select(n => (uint)n)]);

        DicomDataset read = DicomFile.Open(Save(dataset)).Dataset;

        Assert.Equal(text, read.GetString(new DicomTag(0x0010, 0x2155)));
        Assert.Equal(Enumerable.Range(0, 20_000).Select(n => (uint)n), read.GetValues<uint>(new DicomTag(0x0008, 0x1162)));
    }

    [Theory]
    [InlineData(8, "OW", "02010403")]
    [InlineData(16, "OW", "02010403")]
    [InlineData(32, "OW", "04030201")]
    [InlineData(8, "OB", "01020304")]
    public void Save_BigEndianPixels_BytesAreSwappedBySize(int bits, string vr, string expected)
    {
        DicomDataset dataset = new DicomDataset(DicomTransferSyntax.ExplicitVRBigEndian)
            .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.SecondaryCaptureImageStorage).AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.1")
            .AddOrUpdate(DicomTag.BitsAllocated, (ushort)bits)
            .AddOrUpdate(DicomVR.Parse(vr), DicomTag.PixelData, new byte[] { 1, 2, 3, 4 });

        byte[] file = Save(dataset);

        Assert.Equal(expected, Convert.ToHexString(file[^4..]));
        Assert.Equal([1, 2, 3, 4], DicomFile.Open(file).Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray());
    }

    [Fact]
    public void Open_FromPath_IsTheSameAsFromMemory()
    {
        using Support.TempFolder folder = new();
        string path = Path.Combine(folder.Path, "a.dcm");
        DicomDataset dataset = RichDatasets.Create(DicomTransferSyntax.ImplicitVRLittleEndian);
        File.WriteAllBytes(path, Save(dataset));

        RichDatasets.AssertSame(dataset, DicomFile.Open(path).Dataset);
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Open_SkipLargeTags_DropsPixelsAndLargeValuesAndOwnsTheRest(string uid)
    {
        DicomTransferSyntax syntax = DicomTransferSyntax.Parse(uid);
        DicomTag large = new(0x0008, 0x030e);
        DicomDataset dataset = RichDatasets.Create(syntax).AddOrUpdate(large, new string('x', 64 * 1024 + 2));
        byte[] file = Save(dataset);

        DicomDataset read = DicomFile.Open(file, FileReadOption.SkipLargeTags).Dataset;
        Array.Clear(file);

        Assert.True(read.HasPixelData);
        Assert.False(read.Contains(DicomTag.PixelData));
        Assert.False(read.Contains(large));
        RichDatasets.AssertSame(dataset.Remove(DicomTag.PixelData).Remove(large), read);
    }

    private static IEnumerable<string> AllRepresentations(DicomDataset dataset) => dataset.Items
        .Select(item => item.ValueRepresentation.Code).Distinct();

    internal static byte[] Save(DicomDataset dataset)
    {
        using MemoryStream stream = new();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }
}
