using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;

namespace MedISeg.Tests.Dicom.IO;

public sealed class DicomWriterTests
{
    private static readonly DicomVR Bytes = DicomVR.Parse("OB");

    private static DicomDataset Smallest(DicomTransferSyntax? syntax = null) => new DicomDataset(syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian)
        .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.SegmentationStorage).AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.12");

    [Fact]
    public void Save_SmallestFile_HasExactlyTheseBytes()
    {
        string uid = DicomUID.ImplementationClass;
        DicomBytes meta = new DicomBytes().Explicit(0x00020001, "OB", [0, 1]).Explicit(0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.66.4")
            .Explicit(0x00020003, "UI", "2.25.12").Explicit(0x00020010, "UI", "1.2.840.10008.1.2.1").Explicit(0x00020012, "UI", uid)
            .Explicit(0x00020013, "SH", "MEDISEG");
        byte[] expected = new DicomBytes().Preamble().Explicit(0x00020000, "UL", BitConverter.GetBytes(meta.ToArray().Length)).Raw(meta.ToArray())
            .Explicit(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66.4").Explicit(0x00080018, "UI", "2.25.12")
            .ExplicitHeader(0x00081115, "SQ", DicomBytes.Undefined).Item().ItemEnd().Item().Explicit(0x00080100, "SH", "A").ItemEnd().SequenceEnd()
            .ExplicitHeader(0x00081140, "SQ", 0).Explicit(0x00280010, "US", [3, 0]).ToArray();
        DicomDataset dataset = Smallest().AddOrUpdate(DicomTag.Rows, (ushort)3)
            .AddOrUpdate(RichDatasets.OuterSequence, new DicomDataset(), new DicomDataset().AddOrUpdate(new DicomTag(0x0008, 0x0100), "A"))
            .AddOrUpdate(RichDatasets.EmptySequence);

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(RoundTripTests.Save(dataset)));
    }

    [Fact]
    public void Save_GroupLengthsAndForeignGroups_AreLeftOut()
    {
        DicomDataset dataset = Smallest().AddOrUpdate(new DicomTag(0x0008, 0x0000), 99u).AddOrUpdate(DicomTag.TransferSyntaxUID, "1.2.3")
            .AddOrUpdate(new DicomTag(0x0000, 0x0100), (ushort)1);

        DicomFile read = DicomFile.Open(RoundTripTests.Save(dataset));

        Assert.Equal([DicomTag.SOPClassUID, DicomTag.SOPInstanceUID], read.Dataset.Items.Select(item => item.Tag));
        Assert.Equal("1.2.840.10008.1.2.1", read.FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.1", 3)]
    [InlineData("1.2.840.10008.1.2", 4)]
    [InlineData("1.2.840.10008.1.2.1.99", 70_001)]
    public void Write_StreamedValue_IsTheSameAsOneInMemory(string uid, int length)
    {
        byte[] pixels = [.. Enumerable.Range(0, length).Select(n => (byte)(n * 7 + 1))];
        DicomTransferSyntax syntax = DicomTransferSyntax.Parse(uid);
        DicomDataset dataset = Smallest(syntax).AddOrUpdate(DicomTag.DataSetTrailingPadding, new byte[] { 0, 0 });
        byte[] expected = RoundTripTests.Save(Smallest(syntax).AddOrUpdate(DicomTag.DataSetTrailingPadding, new byte[] { 0, 0 })
            .AddOrUpdate(Bytes, DicomTag.PixelData, pixels));

        using MemoryStream stream = new();
        DicomWriter.Write(stream, dataset, DicomTag.PixelData, Bytes, length, value =>
        {
            value.Write(pixels.AsSpan(0, 2));
            value.Write(pixels, 2, length - 2);
        });

        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Write_StreamedValueOfMoreThan2GiB_HasItsLengthInTheHeader()
    {
        const long Length = 3_000_000_001;
        byte[] block = new byte[1 << 20];
        using TailStream stream = new();

        DicomWriter.Write(stream, Smallest(), DicomTag.PixelData, Bytes, Length, value =>
        {
            for (long left = Length; left > 0; left -= block.Length) value.Write(block.AsSpan(0, (int)Math.Min(left, block.Length)));
        });

        Assert.Equal("E07F10004F42000002" + "5ED0B2", Convert.ToHexString(stream.LastHeader));
        Assert.Equal(0, (stream.Length - 132) % 2);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Write_OtherLengthThanPromised_Throws(int given)
    {
        using MemoryStream stream = new();

        Assert.Throws<InvalidOperationException>(
            () => DicomWriter.Write(stream, Smallest(), DicomTag.PixelData, Bytes, 4, value => value.Write(new byte[given])));
    }

    [Fact]
    public void Write_WhatCannotBeWritten_Throws()
    {
        using MemoryStream stream = new();
        DicomDataset big = Smallest(DicomTransferSyntax.ExplicitVRBigEndian);

        Assert.Throws<ArgumentException>(() => DicomWriter.Write(stream, big, DicomTag.PixelData, Bytes, 0, _ => { }));
        Assert.Throws<ArgumentException>(() => DicomWriter.Write(stream, Smallest(), DicomTag.Rows, DicomVR.Parse("US"), 2, _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => DicomWriter.Write(stream, Smallest(), DicomTag.PixelData, Bytes, 1L << 32, _ => { }));
        Assert.Throws<ArgumentException>(() => new DicomFile(new DicomDataset()).Save(stream));
        Assert.Throws<ArgumentException>(
            () => new DicomFile(Smallest().AddOrUpdate(new DicomFragmentSequence(DicomTag.PixelData, default, []))).Save(stream));
    }

    [Fact]
    public void Save_OddFragment_IsPaddedWithZero()
    {
        DicomDataset dataset = Smallest(DicomTransferSyntax.RLELossless)
            .AddOrUpdate(new DicomFragmentSequence(DicomTag.PixelData, default, [new byte[] { 7, 8, 9 }]));

        string hex = Convert.ToHexString(RoundTripTests.Save(dataset));

        Assert.EndsWith("E07F10004F420000FFFFFFFF" + "FEFF00E000000000" + "FEFF00E00400000007080900" + "FEFFDDE000000000", hex, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_Dicomdir_TakesTheUidsOfItsMeta()
    {
        byte[] source = new DicomBytes().Preamble().Explicit(0x00020002, "UI", DicomUID.MediaStorageDirectoryStorage).Explicit(0x00020003, "UI", "2.25.5")
            .Explicit(0x00020010, "UI", "1.2.840.10008.1.2.1").Explicit(0x00041130, "CS", "DISC").ToArray();
        using MemoryStream stream = new();
        DicomFile.Open(source).Save(stream);

        DicomFile read = DicomFile.Open(stream.ToArray());

        Assert.Equal(DicomUID.MediaStorageDirectoryStorage, read.FileMetaInfo.GetString(DicomTag.MediaStorageSOPClassUID));
        Assert.Equal("DISC", read.Dataset.GetString(DicomTag.FileSetID));
        Assert.Contains("MEDISEG", Encoding.Latin1.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    /// <summary>Counts, and keeps the last 12 bytes that were written as a piece of 12.</summary>
    private sealed class TailStream : MemoryStream
    {
        private long _count;

        public byte[] LastHeader { get; private set; } = [];

        public override long Length => _count;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length == 12) LastHeader = buffer.ToArray();
            _count += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void WriteByte(byte value) => _count++;
    }
}
