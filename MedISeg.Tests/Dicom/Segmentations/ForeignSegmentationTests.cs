using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations.Validators;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>Objects of 3D Slicer, dcmqi and highdicom: our reader and pydicom find the same voxels in the same places.</summary>
public sealed class ForeignSegmentationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_EverySegmentationOfTheCorpus_IsWhatPydicomReads()
    {
        string folder = DataFolder.Require("dicom-corpus");
        List<string> native = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(IsNativeSegmentation)];
        // Binary, fractional, label maps, overlapping and tiled ones; implicit and explicit, both byte orders.
        Assert.Equal(24, native.Count);
        PydicomSummary[] expected = await PydicomSummary.ReadAsync([.. native]);
        int placed = 0;
        for (int n = 0; n < native.Count; n++)
        {
            DicomSegmentation seg = DicomSegmentation.Open(native[n]);
            Assert.Equal(expected[n].Frames, seg.FrameCount);
            Assert.Equal(expected[n].Set, Enumerable.Range(0, seg.FrameCount).Sum(frame => (long)seg.ReadFrame(frame, Token).Count(value => value > 0)));
            if (expected[n].Segments is not { } segments) continue;
            Assert.Equal(segments.Select(segment => segment.Number), seg.Segments.Select(segment => segment.Number));
            if (segments.All(segment => double.IsNaN(segment.CentreMm.X)))
            {
                Assert.Equal(ErrorCode.InvalidGeometry, Assert.Throws<SegmentationException>(() => seg.ToLabelMap()).Code);
                continue;
            }
            placed++;
            foreach (SegmentSummary segment in segments.Where(segment => segment.Number > 0))
                SegmentSummary.AssertSame(segment, SegmentSummary.Of(seg, segment.Number));
        }
        Assert.Equal(17, placed);
    }

    [Theory]
    [InlineData("liver", "liver_rle")]
    [InlineData("liver", "liver_j2k")]
    [InlineData("liver", "liver_deflate")]
    [InlineData("liver", "liver_expb")]
    [InlineData("liver_nonbyte_aligned", "liver_nonbyte_aligned_rle")]
    [InlineData("liver_nonbyte_aligned", "liver_nonbyte_aligned_j2k")]
    [InlineData("liver_nonbyte_aligned", "liver_nonbyte_aligned_deflate")]
    public void Open_CompressedObject_IsItsUncompressedTwin(string native, string compressed)
    {
        using FrameDecoder decoder = new();
        LabelMap expected = DicomSegmentation.Open(DataFolder.Require($"dicom-corpus/pydicom_data/{native}.dcm"), decoder).ToLabelMap();
        LabelMap actual = DicomSegmentation.Open(DataFolder.Require($"dicom-corpus/pydicom_data/{compressed}.dcm"), decoder).ToLabelMap();
        Assert.True(expected.Geometry.Matches(actual.Geometry));
        Assert.True(expected.Bytes.SequenceEqual(actual.Bytes));
        Assert.Equal(107098, actual.Bytes.ToArray().Count(voxel => voxel == 1));
    }

    [Fact]
    public void ToLabelMap_OverlappingSegmentsOfHighdicom_IsRefused() =>
        Assert.Equal(ErrorCode.InvalidVoxels, Assert.Throws<SegmentationException>(() =>
            DicomSegmentation.Open(DataFolder.Require("dicom-corpus/highdicom/seg_image_ct_binary_overlap.dcm")).ToLabelMap()).Code);

    [Fact]
    public async Task Open_SegmentationOf3DSlicer_LiesOnThePetSeries()
    {
        string path = DataFolder.Require("pet-seg/SEG/3DSlicer/tumor_User1_Manual_Trial1.dcm");
        PydicomSummary expected = Assert.Single(await PydicomSummary.ReadAsync(path));
        DicomSegmentation seg = DicomSegmentation.Open(path);
        Assert.Equal((13, SegmentationKind.Binary), (seg.FrameCount, seg.Kind));
        Assert.Equal(2, expected.Segments!.Length);
        foreach (SegmentSummary segment in expected.Segments) SegmentSummary.AssertSame(segment, SegmentSummary.Of(seg, segment.Number));

        // The same voxels on the whole grid of the series that it was drawn on.
        using FrameDecoder decoder = new();
        MedISeg.Dicom.Series.DicomSeries series = new MedISeg.Dicom.Series.DicomSeriesReader(decoder)
            .Open(Directory.GetFiles(DataFolder.Require("pet-seg/PET"), "*", SearchOption.AllDirectories), Token)[0];
        Assert.Equal(299, series.Slices.Count);
        LabelMap onSeries = seg.ToLabelMap(series.Geometry);
        SegmentSummary[] found = SegmentSummary.Of(onSeries, 1, 2);
        for (int n = 0; n < 2; n++) SegmentSummary.AssertSame(expected.Segments[n], found[n]);
    }

    private static bool IsNativeSegmentation(string path)
    {
        try
        {
            DicomDataset header = DicomFile.Open(path, FileReadOption.SkipLargeTags).Dataset;
            return header.TryGetString(DicomTag.SOPClassUID, out string? uid)
                && uid is DicomUID.SegmentationStorage or DicomUID.LabelMapSegmentationStorage && !header.InternalTransferSyntax.IsEncapsulated;
        }
        catch (SegmentationException)
        {
            return false;
        }
    }
}
