using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesFileTests : IDisposable
{
    private readonly SliceFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Open_TwoSeries_AreGroupedInOrderOfTheirFirstFile()
    {
        AddTwoSeries();

        IReadOnlyList<DicomSeries> series = _files.Reader.Open(_files.Paths, TestContext.Current.CancellationToken);

        Assert.Equal([2, 3], series.Select(one => one.Slices.Count));
        Assert.Equal("2.25.8", series[1].Header.GetString(DicomTag.SeriesInstanceUID));
    }

    [Fact]
    public void OpenSingle_TwoSeries_IsMixedWithCounts()
    {
        AddTwoSeries();

        SegmentationException refusal = _files.Refusal();

        Assert.Equal(ErrorCode.MixedSeries, refusal.Code);
        Assert.Equal("The upload holds 2 stacks of images: 1 (CT, 2 images of 5x3), 2 (MR, 3 images of 5x3); send one of them, or name one by option stack.", refusal.Message);
    }

    [Fact]
    public void OpenSingle_TwoIrregularSeries_SaysThatTheyAreTwo()
    {
        _files.Add(SliceHeaders.At(1, 0), new short[15]).Add(SliceHeaders.At(2, 0), new short[15])
            .Add(SliceHeaders.At(3, 0).AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.8"), new short[15]);

        Assert.Equal(ErrorCode.MixedSeries, _files.Refusal().Code);
    }

    [Fact]
    public void OpenSingle_NoFile_IsUnreadable() => Assert.Equal(ErrorCode.UnreadableImage, _files.Refusal().Code);

    [Fact]
    public void Open_NotDicom_IsUnreadable()
    {
        _files.AddBytes([.. Enumerable.Range(0, 500).Select(n => (byte)(n * 7))]);

        Assert.Equal(ErrorCode.UnreadableImage, _files.Refusal().Code);
    }

    public static TheoryData<string, ErrorCode, string> Others => new()
    {
        { DicomUID.RTStructureSetStorage, ErrorCode.NoPixelData, "an RT structure set, not an image; send the image series" },
        { "1.2.840.10008.5.1.4.1.1.481.5", ErrorCode.NoPixelData, "a radiotherapy plan" },
        { "1.2.840.10008.5.1.4.1.1.481.2", ErrorCode.UnreadableImage, "an RT dose" },
        { DicomUID.MediaStorageDirectoryStorage, ErrorCode.UnreadableImage, "a DICOMDIR" },
        { DicomUID.SegmentationStorage, ErrorCode.UnreadableImage, "a segmentation, not an image" },
        { DicomUID.LabelMapSegmentationStorage, ErrorCode.UnreadableImage, "a label map segmentation" },
        { "1.2.840.10008.5.1.4.1.1.11.1", ErrorCode.NoPixelData, "a presentation state" },
        { "1.2.840.10008.5.1.4.1.1.88.33", ErrorCode.NoPixelData, "a structured report" },
        { "1.2.840.10008.5.1.4.1.1.104.1", ErrorCode.NoPixelData, "an encapsulated document" },
        { "1.2.840.10008.5.1.4.1.1.66", ErrorCode.NoPixelData, "raw data" },
        { "1.2.840.10008.5.1.4.1.1.77.1.6", ErrorCode.UnreadableImage, "a whole slide image" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Open_WhatIsNoImage_SaysWhatItIs(string sopClass, ErrorCode code, string expected)
    {
        _files.Add(SliceHeaders.At(1, 0), new short[15]).AddItem(SliceHeaders.At(2, 3).AddOrUpdate(DicomTag.SOPClassUID, sopClass), null);

        SegmentationException refusal = _files.Refusal();

        Assert.Equal(code, refusal.Code);
        Assert.StartsWith("File 2 is " + expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DirectoryRecords_AreADirectoryWhateverTheClass()
    {
        _files.AddItem(SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.DirectoryRecordSequence, new DicomDataset()), null);

        Assert.Contains("a DICOMDIR", _files.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptiedIdentifiers_AreThoseOfTheMetaInformation()
    {
        DicomDataset header = SliceHeaders.At(1, 0);
        _files.Add(header, new short[15]);
        // In place and of even length, so that the rest of the file stays where it is.
        byte[] content = File.ReadAllBytes(_files.Paths[0]);
        int at = content.AsSpan().LastIndexOf("2.25.77.1"u8);
        content.AsSpan(at, 9).Clear();
        using SliceFiles emptied = new();
        emptied.AddBytes(content);

        Assert.Equal("2.25.77.1", emptied.Open().Header.GetString(DicomTag.SOPInstanceUID));
    }

    [Fact]
    public void Open_NoRows_IsNoPixelData()
    {
        _files.AddItem(SliceHeaders.At(1, 0).Remove(DicomTag.Rows), null);

        Assert.Equal(ErrorCode.NoPixelData, _files.Refusal().Code);
    }

    [Fact]
    public void Read_NoPixelData_NamesTheSlice()
    {
        _files.Add(SliceHeaders.At(1, 0), new short[15]).AddItem(SliceHeaders.At(2, 3).AddOrUpdate(DicomTag.ImageComments, new string(' ', 64)), null);

        SegmentationException refusal = _files.Refusal();

        Assert.Equal(ErrorCode.NoPixelData, refusal.Code);
        Assert.StartsWith("Instance 2: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PixelsEndEarly_NamesTheSlice()
    {
        _files.Add(SliceHeaders.At(1, 0), new short[15]).Add(SliceHeaders.At(7, 3), new short[11]);

        SegmentationException refusal = _files.Refusal();

        Assert.Equal(ErrorCode.TruncatedImage, refusal.Code);
        Assert.Contains("nstance 7", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HeaderClaimsFourGibivoxels_IsTooLarge()
    {
        _files.Add(SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.Rows, ushort.MaxValue).AddOrUpdate(DicomTag.Columns, ushort.MaxValue), new short[15]);

        Assert.Equal(ErrorCode.TooLarge, _files.Refusal().Code);
    }

    [Fact]
    public void Read_HeaderClaimsAlmostTheLimit_IsTruncatedBeforeMemoryIsTaken()
    {
        _files.Add(SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.Rows, (ushort)30000).AddOrUpdate(DicomTag.Columns, (ushort)30000), new short[15]);

        SegmentationException refusal = _files.Refusal();

        Assert.Equal(ErrorCode.TruncatedImage, refusal.Code);
        Assert.Contains("1800000000 bytes are announced", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFaultySlices_ReportsTheFirstAlongTheNormalOnAnyNumberOfThreads()
    {
        DicomDataset[] slices = SliceHeaders.Stack(15, 12, 9, 6, 3, 0);
        for (int n = 0; n < slices.Length; n++)
        {
            // Instances 4 and 2 lack pixels; 4 lies lower.
            if (n is 1 or 3) _files.AddItem(slices[n].AddOrUpdate(DicomTag.ImageComments, new string(' ', 64)), null);
            else _files.Add(slices[n], new short[15]);
        }
        DicomSeries series = _files.Open();

        for (int threads = 1; threads <= 4; threads++)
            Assert.StartsWith("Instance 4: ", Assert.Throws<SegmentationException>(() =>
                _files.Reader.Read(series, new(), null, threads, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    private void AddTwoSeries()
    {
        _files.Add(SliceHeaders.At(1, 0), new short[15]);
        for (int n = 0; n < 3; n++)
            _files.Add(SliceHeaders.At(10 + n, 5.0 * n).AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.8").AddOrUpdate(DicomTag.Modality, "MR"), new short[15]);
        _files.Add(SliceHeaders.At(2, 2), new short[15]);
    }

    [Fact]
    public void Open_FilesOfManyElementsInAll_AreTooLarge()
    {
        for (int n = 1; n < 4; n++) _files.Add(SliceHeaders.At(n, 3 * n), new short[SliceHeaders.Rows * SliceHeaders.Columns]);
        int each = MedISeg.Dicom.DicomFile.Open(_files.Paths[0]).ElementCount;
        Assert.InRange(each, 20, 40);

        DicomSeriesReader Reader(int most) => new(_files.Decoder) { FileLimits = new() { MaxHeaderElements = most } };
        Assert.Equal(3, Assert.Single(Reader(3 * each).Open(_files.Paths, TestContext.Current.CancellationToken)).Slices.Count);
        SegmentationException refusal = Assert.Throws<SegmentationException>(
            () => Reader(3 * each - 1).Open(_files.Paths, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.TooLarge, refusal.Code);
    }
}
