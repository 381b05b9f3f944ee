using System.Globalization;
using System.Net;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api;

/// <summary>
/// Real series through the whole service. What a slice should hold is computed from its file alone: stored values, rescale and threshold; and
/// it is looked for where the slice says that it lies in the patient.
/// </summary>
public sealed class DicomDataTests
{
    private const double ToleranceMm = 1e-3;

    [Theory]
    [MemberData(nameof(Series))]
    public async Task Post_RealSeries_AnswersTheMaskOfEachSlice(string folder)
    {
        string path = DataFolder.Require(folder);
        Assert.SkipUnless(Directory.Exists(path), "data: the series is not there.");
        byte[][] files = [.. Directory.GetFiles(path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        using FrameDecoder decoder = new();
        double threshold = Threshold(files, decoder);
        await using ApiHost host = new(packages:
            [new AnalyticPackageOptions { Thresholds = [threshold], Steepness = 1, PatchSize = [16, 128, 128], Change = manifest => manifest with { Defaults = new() { SlidingWindow = new() { Overlap = [0] } } } }]);

        using HttpResponseMessage response = await host.CreateClient().PostAsync(TestSeries.Form(files), prefer: "wait=300");

        Assert.True(response.StatusCode == HttpStatusCode.Created, response.StatusCode == HttpStatusCode.Created ? "" : await response.Content.ReadAsStringAsync());
        DicomSegmentation result = DicomSegmentation.Create(DicomFile.Open(await response.Content.ReadAsByteArrayAsync()).Dataset, decoder);
        AssertSlices(result, files, threshold, decoder);
    }

    public static TheoryData<string> Series()
    {
        TheoryData<string> folders =
        [
            "ct-totalseg/example_ct_dicom", "t1-dicom/dicoms", "pet-seg/PET", "hippocampus/dicom_unlabelled/Study1",
            "hippocampus/dicom_unlabelled/Study2", "hippocampus/dicom_unlabelled/Study3",
        ];
        foreach (string patient in new[] { "002", "008", "019", "025", "035", "042" })
            foreach (string modality in new[] { "CT", "MR_T1", "PET" }) folders.Add($"sts/STS_{patient}/{modality}/image");
        return folders;
    }

    private static void AssertSlices(DicomSegmentation result, byte[][] files, double threshold, FrameDecoder decoder)
    {
        Dictionary<string, List<int>> frames = Enumerable.Range(0, result.FrameCount).GroupBy(frame => Key(result.Frames[frame].PositionMm!.Value)).ToDictionary(group => group.Key, group => group.ToList());
        DicomDataset measures = result.Dataset.GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items[0];
        double[] orientation = measures.GetSequence(DicomTag.PlaneOrientationSequence).Items[0].GetValues<double>(DicomTag.ImageOrientationPatient);
        double[] spacing = measures.GetSequence(DicomTag.PixelMeasuresSequence).Items[0].GetValues<double>(DicomTag.PixelSpacing);
        int used = 0;
        long inside = 0, all = 0;
        foreach (byte[] file in files)
        {
            DicomDataset slice = DicomFile.Open(file).Dataset;
            AssertClose(slice.GetValues<double>(DicomTag.ImageOrientationPatient), orientation, 1e-6);
            AssertClose(slice.GetValues<double>(DicomTag.PixelSpacing), spacing, 1e-6);
            double[] values = Values(slice, decoder), at = slice.GetValues<double>(DicomTag.ImagePositionPatient);
            Vector3D position = new(at[0], at[1], at[2]);
            int here = values.Count(value => value > threshold);
            (inside, all) = (inside + here, all + values.Length);
            if (here == 0)
            {
                Assert.False(frames.ContainsKey(Key(position)), "a slice without a voxel has a frame");
                continue;
            }
            int frame = Assert.Single(frames[Key(position)]);
            Assert.True((result.Frames[frame].PositionMm!.Value - position).Length < ToleranceMm);
            Assert.Equal(1, result.Frames[frame].SegmentNumber);
            int[] mask = result.ReadFrame(frame, CancellationToken.None);
            Assert.Equal(values.Length, mask.Length);
            for (int n = 0; n < mask.Length; n++) Assert.True(mask[n] == (values[n] > threshold ? 1 : 0), $"pixel {n} is {mask[n]}");
            used++;
        }
        Assert.Equal(result.FrameCount, used);
        // The threshold is such that the mask is neither empty nor full.
        Assert.InRange((double)inside / all, 0.001, 0.6);
    }

    /// <summary>Real values of a slice, from its file alone.</summary>
    private static double[] Values(DicomDataset slice, FrameDecoder decoder)
    {
        DicomPixelData pixels = DicomPixelData.Create(slice);
        int[] stored = new int[pixels.Width * pixels.Height];
        decoder.ReadValues(pixels, 0, stored, CancellationToken.None);
        double slope = slice.GetSingleValueOrDefault(DicomTag.RescaleSlope, 1.0), intercept = slice.GetSingleValueOrDefault(DicomTag.RescaleIntercept, 0.0);
        return Array.ConvertAll(stored, value => value * slope + intercept);
    }

    /// <summary>A number between whole ones near the 80th percentile.</summary>
    private static double Threshold(byte[][] files, FrameDecoder decoder)
    {
        List<double> some = [];
        foreach (byte[] file in files)
        {
            double[] values = Values(DicomFile.Open(file).Dataset, decoder);
            for (int n = 0; n < values.Length; n += 97) some.Add(values[n]);
        }
        some.Sort();
        return Math.Floor(some[some.Count * 4 / 5]) + 0.5;
    }

    private static string Key(Vector3D position) => string.Create(CultureInfo.InvariantCulture, $"{position.X:0.00} {position.Y:0.00} {position.Z:0.00}").Replace("-0.00", "0.00", StringComparison.Ordinal);

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int n = 0; n < expected.Length; n++) Assert.InRange(actual[n] - expected[n], -tolerance, tolerance);
    }
}
