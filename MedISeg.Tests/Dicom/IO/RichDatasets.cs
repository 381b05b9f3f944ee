using MedISeg.Dicom;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Data sets with everything in them.</summary>
internal static class RichDatasets
{
    public static readonly DicomTag EmptySequence = new(0x0008, 0x1140);
    public static readonly DicomTag OuterSequence = new(0x0008, 0x1115);
    public static readonly DicomTag InnerSequence = new(0x0008, 0x1199);
    public static readonly DicomTag PrivateCreator = new(0x0029, 0x0010);
    public static readonly DicomTag PrivateText = new(0x0029, 0x1001);
    public static readonly DicomTag OverlayRows = new(0x6002, 0x0010);
    public static readonly DicomTag OverlayBytes = new(0x6002, 0x3000);

    /// <summary>One element of every representation, of odd and even lengths, sequences, private elements, repeating groups and pixels of 3x5.</summary>
    public static DicomDataset Create(DicomTransferSyntax syntax)
    {
        DicomDataset dataset = new DicomDataset(syntax)
            .AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192")
            .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.SecondaryCaptureImageStorage)
            .AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.7")
            .AddOrUpdate(new DicomTag(0x0008, 0x0054), "NODE_1", "NODE")
            .AddOrUpdate(new DicomTag(0x0010, 0x1010), "042Y")
            .AddOrUpdate(new DicomTag(0x0028, 0x0009), new DicomTag(0x0018, 0x1063), new DicomTag(0x3004, 0x000c))
            .AddOrUpdate(DicomTag.ImageType, "DERIVED", "", "AXIAL")
            .AddOrUpdate(new DicomTag(0x0008, 0x0020), "20240229")
            .AddOrUpdate(DicomTag.PixelSpacing, 0.7, 1.0 / 3)
            .AddOrUpdate(new DicomTag(0x0008, 0x002a), "20240229120000.5+0100")
            .AddOrUpdate(new DicomTag(0x0008, 0x1163), 1e-300, -1.0 / 3)
            .AddOrUpdate(new DicomTag(0x0018, 0x1320), 0.1f)
            .AddOrUpdate(new DicomTag(0x0008, 0x1160), 1, -2147483648, 2147483647)
            .AddOrUpdate(new DicomTag(0x0008, 0x0070), "Größe", "山")
            .AddOrUpdate(new DicomTag(0x0010, 0x2155), " a\\b ç")
            .AddOrUpdate(new DicomTag(0x0016, 0x002b), new byte[] { 1, 2, 3 })
            .AddOrUpdate(new DicomTag(0x0066, 0x0022), 1.5, -2.5)
            .AddOrUpdate(new DicomTag(0x0066, 0x0021), 1.5f, -3.25f, 7f)
            .AddOrUpdate(new DicomTag(0x0066, 0x0040), 1u, 0x01020304u)
            .AddOrUpdate(new DicomTag(0x0072, 0x0081), 0x0102030405060708ul)
            .AddOrUpdate(new DicomTag(0x0028, 0x1201), (ushort)0x0102, (ushort)3)
            .AddOrUpdate(DicomTag.PatientName, "Müller^Jörg=山田")
            .AddOrUpdate(new DicomTag(0x0008, 0x0050), "A1")
            .AddOrUpdate(new DicomTag(0x0018, 0x6020), -2, 70000)
            .AddOrUpdate(new DicomTag(0x0018, 0x9219), (short)-300)
            .AddOrUpdate(new DicomTag(0x0008, 0x0081), "Straße 1\r\nOrt")
            .AddOrUpdate(new DicomTag(0x0072, 0x0082), long.MinValue, 5L)
            .AddOrUpdate(new DicomTag(0x0008, 0x0030), "235959.999999")
            .AddOrUpdate(new DicomTag(0x0008, 0x0119), " lang", "é")
            .AddOrUpdate(new DicomTag(0x0008, 0x1162), 1u, 4000000000u)
            .AddOrUpdate(new DicomTag(0x0072, 0x006d), new byte[] { 9, 8, 7, 6, 5 })
            .AddOrUpdate(new DicomTag(0x0008, 0x010e), "https://example.org/a?b=c")
            .AddOrUpdate(new DicomTag(0x0008, 0x030e), "viel Text")
            .AddOrUpdate(new DicomTag(0x0072, 0x0083), ulong.MaxValue)
            .AddOrUpdate(DicomVR.Parse("LO"), PrivateCreator, "MEDISEG TEST")
            .AddOrUpdate(DicomVR.Parse("UN"), PrivateText, (byte)'o', (byte)'d', (byte)'d')
            .AddOrUpdate(DicomVR.Parse("US"), OverlayRows, (ushort)3)
            .AddOrUpdate(DicomVR.Parse("OW"), OverlayBytes, (ushort)0x1234)
            .AddOrUpdate(EmptySequence)
            .AddOrUpdate(OuterSequence, Nested(), new DicomDataset(), new DicomDataset().AddOrUpdate(DicomTag.PixelRepresentation, (ushort)1));
        return AddPixels(dataset);
    }

    private static DicomDataset Nested() => new DicomDataset()
        .AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 100")
        .AddOrUpdate(DicomTag.PatientName, "Ünal")
        .AddOrUpdate(InnerSequence, new DicomDataset().AddOrUpdate(new DicomTag(0x0008, 0x0100), "inmost"));

    private static DicomDataset AddPixels(DicomDataset dataset)
    {
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)3).AddOrUpdate(DicomTag.Columns, (ushort)5)
            .AddOrUpdate(DicomTag.BitsAllocated, (ushort)16).AddOrUpdate(DicomTag.PixelRepresentation, (ushort)1)
            .AddOrUpdate(DicomVR.Parse("SS"), new DicomTag(0x0028, 0x0106), (short)-5);
        if (dataset.InternalTransferSyntax.IsEncapsulated)
            return dataset.AddOrUpdate(new DicomFragmentSequence(DicomTag.PixelData, new byte[] { 0, 0, 0, 0 }, [new byte[] { 1, 2 }, new byte[] { 3, 4, 5, 6 }]));
        return dataset.AddOrUpdate(DicomVR.Parse("OW"), DicomTag.PixelData, [.. Enumerable.Range(0, 15).Select(n => (ushort)(n * 257 + 1))]);
    }

    /// <summary>Asserts that two data sets have the same elements with the same bytes, padding apart.</summary>
    public static void AssertSame(DicomDataset expected, DicomDataset actual)
    {
        Assert.Equal(expected.Items.Select(item => item.Tag), actual.Items.Select(item => item.Tag));
        foreach ((DicomItem left, DicomItem right) in expected.Items.Zip(actual.Items))
        {
            Assert.Equal(left.ValueRepresentation, right.ValueRepresentation);
            switch (left)
            {
                case DicomElement element:
                    byte[] bytes = element.Buffer.ToArray();
                    if (bytes.Length % 2 == 1) bytes = [.. bytes, left.ValueRepresentation.Padding];
                    Assert.Equal(bytes, Assert.IsType<DicomElement>(right).Buffer.ToArray());
                    break;
                case DicomSequence sequence:
                    DicomSequence other = Assert.IsType<DicomSequence>(right);
                    Assert.Equal(sequence.Items.Count, other.Items.Count);
                    for (int n = 0; n < sequence.Items.Count; n++) AssertSame(sequence.Items[n], other.Items[n]);
                    break;
                case DicomFragmentSequence fragments:
                    DicomFragmentSequence read = Assert.IsType<DicomFragmentSequence>(right);
                    Assert.Equal(fragments.OffsetTable.ToArray(), read.OffsetTable.ToArray());
                    Assert.Equal(fragments.Fragments.Select(fragment => fragment.ToArray()), read.Fragments.Select(fragment => fragment.ToArray()));
                    break;
            }
        }
    }
}
