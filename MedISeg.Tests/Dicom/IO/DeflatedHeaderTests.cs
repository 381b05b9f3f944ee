using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Headers of deflated files, which are read without inflating the pixels.</summary>
public sealed class DeflatedHeaderTests
{
    private static readonly DicomTransferSyntax Deflated = DicomTransferSyntax.DeflatedExplicitVRLittleEndian;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void Open_Headers_AreThoseOfTheWholeFile(int largeValues)
    {
        // Headers that end within the first bytes, some way behind them, and behind all that are looked at.
        DicomDataset dataset = RichDatasets.Create(Deflated);
        Random random = new(2022);
        for (int n = 0; n < largeValues; n++)
        {
            byte[] noise = new byte[60_000];
            random.NextBytes(noise);
            dataset.AddOrUpdate(new DicomElement(new DicomTag(0x0009, (ushort)(0x1000 + n)), DicomVR.Parse("OB"), noise));
        }
        byte[] file = RoundTripTests.Save(dataset);
        DicomFile whole = DicomFile.Open(file, FileReadOption.SkipLargeTags), headers = DicomFile.Open(file, FileReadOption.Headers);
        RichDatasets.AssertSame(whole.Dataset, headers.Dataset);
        Assert.True(headers.Dataset.HasPixelData);
        Assert.Equal(Deflated, headers.Dataset.InternalTransferSyntax);
    }

    [Fact]
    public void Open_HeadersOfAnObjectWithoutPixels_AreTheWholeObject()
    {
        DicomDataset dataset = RichDatasets.Create(Deflated).Remove(DicomTag.PixelData);
        DicomDataset read = DicomFile.Open(RoundTripTests.Save(dataset), FileReadOption.Headers).Dataset;
        RichDatasets.AssertSame(dataset, read);
        Assert.False(read.HasPixelData);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(0.98)]
    public void Open_HeadersOfACutOffFile_AreReadOrRefusedAndThePixelsRefused(double share)
    {
        DicomDataset dataset = RichDatasets.Create(Deflated);
        byte[] noise = new byte[200_000];
        new Random(2022).NextBytes(noise);
        dataset.AddOrUpdate(new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), noise));
        byte[] file = RoundTripTests.Save(dataset), cut = file[..(int)(file.Length * share)];
        Assert.Throws<SegmentationException>(() => DicomFile.Open(cut));
        if (share < 0.1) Assert.Throws<SegmentationException>(() => DicomFile.Open(cut, FileReadOption.Headers));
        else Assert.True(DicomFile.Open(cut, FileReadOption.Headers).Dataset.HasPixelData);
    }

    [Fact]
    public void Read_SeriesThatAnnouncesMoreThanDeflateCanHold_IsRefusedBeforeMemoryIsTaken()
    {
        using TempFolder folder = new();
        SyntheticSeries.Save(SyntheticSeries.Create(SyntheticSeries.Oblique(new GridSize(3, 5, 7))), folder.Path);
        string[] paths = Directory.GetFiles(folder.Path);
        foreach (string path in paths)
        {
            DicomDataset dataset = DicomFile.Open(path).Dataset;
            dataset.InternalTransferSyntax = Deflated;
            dataset.AddOrUpdate(DicomTag.Rows, (ushort)20_000).AddOrUpdate(DicomTag.Columns, (ushort)20_000)
                .AddOrUpdate(new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), new byte[80_000]));
            using FileStream output = File.Create(path);
            new DicomFile(dataset).Save(output);
        }
        using MedISeg.Dicom.Pixels.FrameDecoder decoder = new();
        DicomSeriesReader reader = new(decoder);
        DicomSeries series = reader.OpenSingle(paths, TestContext.Current.CancellationToken);
        SegmentationException refusal = Assert.Throws<SegmentationException>(
            () => reader.Read(series, new ImageLimits { MaxVoxels = 2_000_000_000 }, null, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.TruncatedImage, refusal.Code);
        Assert.Contains("800000000 bytes are announced", refusal.Message, StringComparison.Ordinal);
    }
}
