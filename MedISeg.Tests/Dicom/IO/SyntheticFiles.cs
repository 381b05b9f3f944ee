using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Dicom.Series;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Small whole files of every layout, every codec and a segmentation, all made here.</summary>
internal static class SyntheticFiles
{
    private const int Rows = 9, Columns = 13;

    /// <summary>9 x 13 pixels of (37 x + 11 y y) modulo 4096, of 256 for the baseline frame, encoded by GDCM, DCMTK and OpenJPH.</summary>
    private static readonly (DicomTransferSyntax Syntax, int Bits, string Frame)[] Compressed =
    [
        (DicomTransferSyntax.JPEG2000Lossless, 12, "/0//UQApAAAAAAANAAAACQAAAAAAAAAAAAAADQAAAAkAAAAAAAAAAAABDwEB/1IADAAAAAEAAgQEAAH/XAAKQICIiJCIiJD/ZAAqAAFDcmVhdGVkIGJ5IEdEQ00v" +
            "T3BlbkpQRUcgdmVyc2lvbiAyLjUuMP+QAAoAAAAAADwAAf+T3/iQsAal/M1/aKC8/LzmlTlMzZYVigRdBdWgAfUDAAiQlrREH6AAfIEAEVBTaf/ZAA=="),
        (DicomTransferSyntax.JPEGLSLossless, 12, "/9j/9wALEAAJAA0BAREA//gADQH//wASAEMBFABA/9oACAEBAAAAAKJMSYkxHkWQ6DP4kxHkWQ4LQWgpCUIQ6GQqERENDQWiFEKIEfR5OpxNppMphXRC2LKw" +
            "rqyqqKakoqCeiR3RKiRI0iUKgT6eTqcW0SpjWllYV1ZVVFNSUVBEieE9PTlq1YsWK1apI2NVKlSlSpUqFChQkTRKE6dOnTp0yZMmUID//9k="),
        (DicomTransferSyntax.JPEGProcess14SV1, 12, "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAAJAA0BAREA/8QAGAABAAMBAAAAAAAAAAAAAAAABgQHCBD/2gAIAQEAAQAA5KlSpUqVKlSpUqWWlSpUqVKlSpUq" +
            "VKhSpUqVKlSpUqVKlbpUqVKlSpUqVKlS2alSpUqVKlSpUqVLcaVKlSpUqVKlSpUt8pUqVKlSpUqVKlS6PSpUqVKlSpUqVKl1KlSpUqVKlSpUqVL/AP//2Q=="),
        (DicomTransferSyntax.JPEGProcess1, 8, "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/" +
            "wAALCAAJAA0BAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABgUH/8QAJBAAAQQCAQIHAAAAAAAAAAAAAgEDBAUGEQcAExQ3OHaFtLX/2gAIAQEAAD8An4rilXScHTKLDkeiUtrSyFtLlxWbCQMUGz8XGF" +
            "uMT0eN3GyAUkSX2x0TukBQ7oaDhsiywXH4VTx5U1q1vZbkLPt4E27KQJCiImqxSajkJi8igTzhEKtlpvelJRvXbmvxP5cToVTeavMHvO2+6/1////Z"),
        (DicomTransferSyntax.JPEGProcess2_4, 12, "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/" +
            "wQALDAAJAA0BAREA/8QAFQABAQAAAAAAAAAAAAAAAAAACg3/xAAnEAAAAggFBQAAAAAAAAAAAAAACAECAwUJCiZCFyU3RIJFUWGx0f/aAAgBAQAAPwCcCQrpUEweT0c9rNsv8CzCayoJg8LGdHPazb" +
            "L9k+AoiFd0fgFmE10sZ8PSR//Z"),
        (DicomTransferSyntax.RLELossless, 12, "AgAAAEAAAABuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPoA+wH6APsB+wD6AfwA+gEAAv4A+gH+AvoB" +
            "+wL9AfoC/wP6AvsDAQIC+gP9BAAMACVKb5S53gMoTXKXvAwLMFV6n8TpDjNYfaLHDCxRdpvA5QovVHmew+gMY4it0vccQWaLsNX6Hwyw1fofRGmOs9j9IkdsDBM4XYKnzPEWO2CFqs8MjLHW+yBFao" +
            "+02f4jSAwbQGWKr9T5HkNojbLXDMDlCi9UeZ7D6A0yV3w="),
        (DicomTransferSyntax.HTJ2KLossless, 12, "/0//UQApQAAAAAANAAAACQAAAAAAAAAAAAAADQAAAAkAAAAAAAAAAAABCwEB/1AACAACAAAACP9SAAwAAgABAAUEBEAB/1wAEyBweHiAeHiAeHiAeHh4cHB4" +
            "/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAAAbwAB/5PAATDX/AMHdAAAwACaAATAmP4CB3QAfv0Ch3QAwACaAATgJiYBgnQAX7/+AGI0AKAAVgDX9Xpd13X9AOQxtQDAARwAFsj8AwBVa1" +
            "VVVVVVVa1VVVVVVfUP/r9Zej5qMboA/9k="),
    ];

    /// <summary>Name and bytes of each.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> All()
    {
        List<(string, byte[])> files = [];
        foreach (string uid in RoundTripTests.Syntaxes) files.Add(($"rich {uid}", RoundTripTests.Save(RichDatasets.Create(DicomTransferSyntax.Parse(uid)))));
        foreach ((DicomTransferSyntax syntax, int bits, string frame) in Compressed)
            files.Add((syntax.Name, RoundTripTests.Save(Slice(syntax, bits, new DicomFragmentSequence(DicomTag.PixelData, new byte[4], [Convert.FromBase64String(frame)])))));
        byte[] pixels = [.. Enumerable.Range(0, Rows * Columns * 2).Select(n => (byte)(n * 5))];
        foreach (DicomTransferSyntax syntax in new[] { DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian })
            files.Add(($"slice {syntax.Name}", RoundTripTests.Save(Slice(syntax, 12, new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), pixels)))));
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(2, 3, 5));
        DicomSeries series = SyntheticSeries.Create(geometry);
        files.Add(("segmentation", SegmentationCases.Write(series, SegmentationCases.Pattern(geometry, 1, 2), SegmentationCases.Description(1, 2))));
        return files;
    }

    private static DicomDataset Slice(DicomTransferSyntax syntax, int bits, DicomItem pixels)
    {
        DicomDataset dataset = new(syntax);
        foreach (DicomItem item in SliceHeaders.At(1, 4).Items) dataset.AddOrUpdate(item);
        return dataset.AddOrUpdate(DicomTag.Rows, (ushort)Rows).AddOrUpdate(DicomTag.Columns, (ushort)Columns)
            .AddOrUpdate(DicomTag.BitsAllocated, (ushort)(bits > 8 ? 16 : 8)).AddOrUpdate(DicomTag.BitsStored, (ushort)bits)
            .AddOrUpdate(DicomTag.HighBit, (ushort)(bits - 1)).AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0)
            .AddOrUpdate(DicomTag.RescaleSlope, 2.0).AddOrUpdate(DicomTag.RescaleIntercept, -1024.0).AddOrUpdate(pixels);
    }
}
