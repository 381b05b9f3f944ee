using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Imaging.Formats;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>The object as a whole: what is copied, what is made, how many frames there are.</summary>
public sealed class SegmentationWriterTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));

    [Fact]
    public void Write_PatientAndStudy_AreTheSourcesInUtf8()
    {
        DicomDataset seg = Pattern();
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SpecificCharacterSet, "ISO_IR 192"), (DicomTag.PatientName, "Müller^Zoë"), (DicomTag.PatientID, "P-23"),
            (DicomTag.PatientBirthDate, "19600229"), (DicomTag.PatientSex, "F"), (DicomTag.PatientAge, "065Y"), (DicomTag.PatientWeight, "61.5"),
            (DicomTag.StudyInstanceUID, SyntheticSeries.StudyUid), (DicomTag.StudyDate, "20250314"), (DicomTag.StudyTime, "081530"),
            (DicomTag.ReferringPhysicianName, "Nuñez^Íñigo"), (DicomTag.StudyID, "S-5"), (DicomTag.AccessionNumber, "A-17"),
            (DicomTag.StudyDescription, "Größe"), (DicomTag.FrameOfReferenceUID, SyntheticSeries.FrameOfReferenceUid),
            (DicomTag.PositionReferenceIndicator, "XY"),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, seg.GetString(tag));
        Assert.Equal(Encoding.UTF8.GetBytes("Müller^Zoë"), seg.GetDicomItem<DicomElement>(DicomTag.PatientName)!.Buffer.ToArray());
        // Not in the source: not in the result, or empty where the standard wants it present.
        Assert.False(seg.Contains(DicomTag.PatientSize));
        Assert.False(seg.Contains(DicomTag.KVP));
    }

    [Fact]
    public void Write_SourceWithoutOptionalText_HasEmptyTypeTwoAttributes()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        DicomTag[] typeTwo = [DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyDate,
            DicomTag.StudyTime, DicomTag.ReferringPhysicianName, DicomTag.StudyID, DicomTag.AccessionNumber, DicomTag.PositionReferenceIndicator];
        foreach (DicomTag tag in typeTwo) series.Header.Remove(tag);
        DicomDataset seg = SegmentationCases.WriteAndOpen(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        foreach (DicomTag tag in typeTwo) Assert.Equal("", seg.GetString(tag));
    }

    [Fact]
    public void Write_SourceValuesThatBreakTheirRepresentation_AreNotCopied()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        string longName = new('N', 70), longNumber = new('7', 20);
        series.Header.AddOrUpdate(DicomTag.PatientAge, "65").AddOrUpdate(DicomTag.StudyID, longNumber).AddOrUpdate(DicomTag.PatientBirthDate, "1960.02.29")
            .AddOrUpdate(DicomTag.StudyTime, "8:15").AddOrUpdate(DicomTag.PatientSex, "W").AddOrUpdate(DicomTag.PatientWeight, "61,5")
            .AddOrUpdate(DicomTag.StudyDescription, new string('d', 65)).AddOrUpdate(DicomTag.PatientIdentityRemoved, "YES")
            .AddOrUpdate(DicomTag.PatientName, longName).AddOrUpdate(DicomTag.AccessionNumber, longNumber);
        DicomDataset seg = SegmentationCases.WriteAndOpen(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        foreach (DicomTag tag in (DicomTag[])[DicomTag.StudyID, DicomTag.PatientBirthDate, DicomTag.StudyTime, DicomTag.PatientSex])
            Assert.Equal("", seg.GetString(tag));
        foreach (DicomTag tag in (DicomTag[])[DicomTag.PatientAge, DicomTag.PatientWeight, DicomTag.StudyDescription]) Assert.False(seg.Contains(tag));
        Assert.Equal("Not stated", seg.GetString(DicomTag.DeidentificationMethod));
        // Who the patient is, and what was ordered, is not lost.
        Assert.Equal(longName, seg.GetString(DicomTag.PatientName));
        Assert.Equal(longNumber, seg.GetString(DicomTag.AccessionNumber));
    }

    [Theory]
    [InlineData(0x00101010u, "065Y", true)]
    [InlineData(0x00101010u, "65Y", false)]
    [InlineData(0x00080030u, "08", true)]
    [InlineData(0x00080030u, "081530.123456", true)]
    [InlineData(0x00080030u, "241530", false)]
    [InlineData(0x00080030u, "081530\n", false)]
    [InlineData(0x00080020u, "20240229", true)]
    [InlineData(0x00080020u, "20230229", false)]
    [InlineData(0x00101020u, "1.82", true)]
    [InlineData(0x00101020u, "NaN", false)]
    [InlineData(0x00282114u, "ISO_10918_1\\ISO_15444_1", true)]
    [InlineData(0x00282114u, "jpeg", false)]
    [InlineData(0x00080090u, "Jones^A=B", true)]
    [InlineData(0x00200010u, "", true)]
    public void IsValid_Values_AreJudgedByTheirRepresentation(uint tag, string text, bool valid)
    {
        DicomTag name = new(tag);
        Assert.Equal(valid, ValueRules.IsValid(name, DicomVR.Parse(DicomDictionary.RepresentationOf(name)), text));
    }

    [Fact]
    public void Write_SeriesEquipmentAndContent_AreOurs()
    {
        DicomDataset seg = Pattern();
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.66.4"), (DicomTag.SOPInstanceUID, "2.25.11"), (DicomTag.SeriesInstanceUID, "2.25.12"),
            (DicomTag.Modality, "SEG"), (DicomTag.SeriesNumber, "300"), (DicomTag.SeriesDescription, "Segmentation"),
            (DicomTag.InstanceNumber, "1"), (DicomTag.InstanceCreationDate, "20260203"), (DicomTag.InstanceCreationTime, "040506.000000"),
            (DicomTag.ContentDate, "20260203"), (DicomTag.ContentTime, "040506.000000"), (DicomTag.ContentLabel, "SEGMENTATION"),
            (DicomTag.ContentDescription, "Not for diagnostic use: phantom-kidney 2"), (DicomTag.ContentCreatorName, "MedISeg^Service"),
            (DicomTag.Manufacturer, "MedISeg"), (DicomTag.ManufacturerModelName, "MedISeg"), (DicomTag.DeviceSerialNumber, "0"),
            (DicomTag.SoftwareVersions, "0.1.0"), (DicomTag.ImageType, @"DERIVED\PRIMARY"), (DicomTag.PhotometricInterpretation, "MONOCHROME2"),
            (DicomTag.SamplesPerPixel, "1"), (DicomTag.Rows, "3"), (DicomTag.Columns, "5"), (DicomTag.BitsAllocated, "1"),
            (DicomTag.BitsStored, "1"), (DicomTag.HighBit, "0"), (DicomTag.PixelRepresentation, "0"), (DicomTag.LossyImageCompression, "00"),
            (DicomTag.SegmentationType, "BINARY"), (DicomTag.SegmentsOverlap, "NO"),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, seg.GetString(tag));
        Assert.False(seg.Contains(DicomTag.LossyImageCompressionRatio));
        Assert.False(seg.Contains(DicomTag.RescaleSlope));

        IList<DicomDataset> equipment = seg.GetSequence(DicomTag.ContributingEquipmentSequence).Items;
        Assert.Equal(["Maker", "MedISeg"], equipment.Select(item => item.GetString(DicomTag.Manufacturer)));
        Assert.Equal(["109101", "109102"],
            equipment.Select(item => item.GetSequence(DicomTag.PurposeOfReferenceCodeSequence).Items[0].GetString(DicomTag.CodeValue)));
    }

    [Fact]
    public void Write_FileMeta_NamesClassInstanceAndSyntax()
    {
        DicomFile file = DicomFile.Open(SegmentationCases.Write(
            SyntheticSeries.Create(Geometry), SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description()));
        Assert.Equal("1.2.840.10008.5.1.4.1.1.66.4", file.FileMetaInfo.GetString(DicomTag.MediaStorageSOPClassUID));
        Assert.Equal("2.25.11", file.FileMetaInfo.GetString(DicomTag.MediaStorageSOPInstanceUID));
        Assert.Equal("1.2.840.10008.1.2.1", file.FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
        Assert.Equal(DicomUID.ImplementationClass, file.FileMetaInfo.GetString(DicomTag.ImplementationClassUID));
    }

    [Fact]
    public void Write_Pattern_FramesAreOrderedBySegmentThenSliceAndBitsAreTheLabels()
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 3, 300);
        DicomDataset seg = SegmentationCases.WriteAndOpen(SyntheticSeries.Create(Geometry), labels, SegmentationCases.Description());
        (int Label, int Slice)[] frames = [(3, 0), (3, 1), (3, 2), (3, 3), (300, 1), (300, 2), (300, 3)];
        Assert.Equal(frames.Length, seg.GetSingleValue<int>(DicomTag.NumberOfFrames));

        byte[] expected = new byte[(frames.Length * 15 + 15) / 16 * 2];
        int bit = 0;
        foreach ((int label, int k) in frames)
            for (int j = 0; j < 3; j++)
                for (int i = 0; i < 5; i++, bit++)
                    if (labels[k, j, i] == label) expected[bit / 8] |= (byte)(1 << bit % 8);
        DicomElement pixels = seg.GetDicomItem<DicomElement>(DicomTag.PixelData)!;
        Assert.Equal("OB", pixels.ValueRepresentation.Code);
        Assert.Equal(expected, pixels.Buffer.ToArray());
        Assert.Equal(105, bit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_BackgroundOnly_HasOneEmptyFrameASegment(bool wide)
    {
        LabelMap empty = LabelMap.Empty(Geometry, wide ? 300 : 7);
        DicomDataset seg = SegmentationCases.WriteAndOpen(SyntheticSeries.Create(Geometry), empty, SegmentationCases.Description());
        Assert.Equal(3, seg.GetSingleValue<int>(DicomTag.NumberOfFrames));
        Assert.Equal(new byte[6], seg.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray());
        IList<DicomDataset> frames = seg.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items;
        Assert.Equal([1, 2, 3], frames.Select(frame =>
            frame.GetSequence(DicomTag.SegmentIdentificationSequence).Items[0].GetSingleValue<int>(DicomTag.ReferencedSegmentNumber)));
        Assert.All(frames, frame => Assert.Equal([12.5, -140.25, 33],
            frame.GetSequence(DicomTag.PlanePositionSequence).Items[0].GetValues<double>(DicomTag.ImagePositionPatient)));
        Assert.Equal(3, DicomSegmentation.Create(seg).Segments.Count);
    }

    [Fact]
    public void Write_SameInput_GivesTheSameBytes()
    {
        LabelMap labels = SegmentationCases.Pattern(Geometry, 3, 300);
        Assert.Equal(
            SegmentationCases.Write(SyntheticSeries.Create(Geometry), labels, SegmentationCases.Description()),
            SegmentationCases.Write(SyntheticSeries.Create(Geometry), labels, SegmentationCases.Description()));
    }

    [Fact]
    public void Write_OneSliceIsLossyByItsAttribute_CopiesRatioAndMethod()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        series.Slices[2].Header.AddOrUpdate(DicomTag.LossyImageCompression, "01")
            .AddOrUpdate(DicomTag.LossyImageCompressionRatio, "12.5").AddOrUpdate(DicomTag.LossyImageCompressionMethod, "ISO_10918_1");
        DicomDataset seg = SegmentationCases.WriteAndOpen(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        Assert.Equal("01", seg.GetString(DicomTag.LossyImageCompression));
        Assert.Equal(12.5, seg.GetSingleValue<double>(DicomTag.LossyImageCompressionRatio));
        Assert.Equal("ISO_10918_1", seg.GetString(DicomTag.LossyImageCompressionMethod));
    }

    [Fact]
    public void Write_OneSliceIsLossyByItsSyntax_NamesTheMethod()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        DicomDataset lossy = new(DicomTransferSyntax.JPEG2000Lossy);
        foreach (DicomItem item in series.Slices[1].Header.Items) lossy.AddOrUpdate(item);
        DicomSlice[] slices = [series.Slices[0], series.Slices[1] with { Header = lossy }, series.Slices[2], series.Slices[3]];
        DicomDataset seg = SegmentationCases.WriteAndOpen(
            series with { Slices = slices }, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        Assert.Equal("01", seg.GetString(DicomTag.LossyImageCompression));
        Assert.Equal("ISO_15444_1", seg.GetString(DicomTag.LossyImageCompressionMethod));
    }

    [Fact]
    public void Write_DeidentifiedSource_CopiesTheMethodsCodesReencoded()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        DicomDataset header = series.Header, code = new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 100");
        code.AddOrUpdate(DicomTag.CodeValue, "113100").AddOrUpdate(DicomTag.CodingSchemeDesignator, "DCM").AddOrUpdate(DicomTag.CodeMeaning, "Größe");
        header.AddOrUpdate(DicomTag.PatientIdentityRemoved, "YES").AddOrUpdate(new DicomTag(0x0012, 0x0064), code);
        DicomDataset seg = SegmentationCases.WriteAndOpen(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
        Assert.Equal("YES", seg.GetString(DicomTag.PatientIdentityRemoved));
        DicomDataset copy = seg.GetSequence(new DicomTag(0x0012, 0x0064)).Items[0];
        Assert.Equal("Größe", copy.GetString(DicomTag.CodeMeaning));
        Assert.False(copy.Contains(DicomTag.SpecificCharacterSet));
    }

    [Theory]
    [InlineData(0x00200052u)]
    [InlineData(0x00200032u)]
    [InlineData(0x00200037u)]
    public void Write_SourceOutsideThePatient_IsInvalidGeometry(uint missing)
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        foreach (DicomSlice slice in series.Slices) slice.Header.Remove(new DicomTag(missing));
        Refusal.Is(ErrorCode.InvalidGeometry, "NIfTI or PNG",
            () => SegmentationCases.Write(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description()));
    }

    [Theory]
    [InlineData(0x00080016u, "SOPClassUID", false)]
    [InlineData(0x00080018u, "SOPInstanceUID", false)]
    [InlineData(0x00080018u, "SOPInstanceUID", true)]
    public void Write_SliceWithoutUid_NamesTheAttribute(uint tag, string keyword, bool empty)
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        series.Slices[2].Header.Remove(new DicomTag(tag));
        if (empty) series.Slices[2].Header.AddOrUpdate(new DicomTag(tag), "");
        Refusal.Is(ErrorCode.UnreadableImage, keyword,
            () => SegmentationCases.Write(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description()));
    }

    [Fact]
    public void Write_SourceWithoutStudyAndSeries_NamesThemAnewAndAlwaysAlike()
    {
        DicomDataset[] results = new DicomDataset[2];
        for (int n = 0; n < 2; n++)
        {
            DicomSeries series = SyntheticSeries.Create(Geometry);
            series.Header.AddOrUpdate(DicomTag.StudyInstanceUID, "").Remove(DicomTag.SeriesInstanceUID);
            results[n] = SegmentationCases.WriteAndOpen(series, SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
            Assert.Equal(DicomUID.Derive("study of " + SyntheticSeries.FrameOfReferenceUid), results[n].GetString(DicomTag.StudyInstanceUID));
        }
        string[] sources = [.. results.Select(seg => seg.GetSequence(DicomTag.ReferencedSeriesSequence).Items[0].GetString(DicomTag.SeriesInstanceUID))];
        Assert.Equal(sources[0], sources[1]);
        Assert.StartsWith("2.25.", sources[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LabelMapOfAnotherGridOrUnknownLabel_IsOurBug()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        VolumeGeometry other = SyntheticSeries.Oblique(new GridSize(4, 5, 3));
        Assert.Throws<ArgumentException>(() => SegmentationCases.Write(series, LabelMap.Empty(other, 3), SegmentationCases.Description()));
        Assert.Throws<ArgumentException>(() => SegmentationCases.Write(series, SegmentationCases.Pattern(Geometry, 3, 4), SegmentationCases.Description()));
    }

    [Fact]
    public void Write_Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        using MemoryStream output = new();
        Assert.Throws<OperationCanceledException>(() => SegmentationWriter.Write(
            output, SyntheticSeries.Create(Geometry), LabelMap.Empty(Geometry, 3), SegmentationCases.Description(), source.Token));
    }

    private static DicomDataset Pattern() => SegmentationCases.WriteAndOpen(
        SyntheticSeries.Create(Geometry), SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());
}
