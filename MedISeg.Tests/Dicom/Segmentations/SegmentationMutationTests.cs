using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

public sealed class SegmentationMutationTests
{
    /// <summary>Whatever a damaged object holds, it is read, or refused with one of our own exceptions.</summary>
    [Fact]
    public void Read_SeededMutations_AreReadOrRefused()
    {
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));
        byte[] original = SegmentationCases.Write(
            SyntheticSeries.Create(geometry), SegmentationCases.Pattern(geometry, 3, 300), SegmentationCases.Description());
        int read = 0, refused = 0;
        for (int seed = 0; seed < 1500; seed++)
        {
            Random random = new(seed);
            byte[] bytes = [.. original];
            for (int n = random.Next(1, 12); n > 0; n--)
            {
                int at = random.Next(132, bytes.Length);
                // Digits become other digits too: damaged headers are rare, damaged values are not.
                bytes[at] = random.Next(2) == 0 && bytes[at] is >= (byte)'0' and <= (byte)'9' ? (byte)random.Next('0', '9' + 1) : (byte)random.Next(256);
            }
            if (random.Next(4) == 0) bytes = bytes[..random.Next(132, bytes.Length)];
            try
            {
                DicomSegmentation seg = DicomSegmentation.Create(DicomFile.Open(bytes).Dataset);
                LabelMap labels = seg.ToLabelMap();
                foreach (DicomSegment segment in seg.Segments) seg.ToMask(segment.Number, labels.Geometry, TestContext.Current.CancellationToken);
                read++;
            }
            catch (SegmentationException)
            {
                refused++;
            }
        }
        Assert.Equal(1500, read + refused);
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }
}
