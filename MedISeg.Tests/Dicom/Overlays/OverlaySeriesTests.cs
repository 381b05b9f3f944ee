using MedISeg.Dicom;
using MedISeg.Dicom.Overlays;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Overlays;

public sealed class OverlaySeriesTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(3, 7, 9));

    private static readonly Rgb First = new(200, 40, 0), Second = new(0, 100, 240);

    [Theory]
    [InlineData("MONOCHROME2", false)]
    [InlineData("MONOCHROME1", true)]
    public void Create_GreyWithAWindow_IsTheWindowedImageUnderEdgesAndATint(string photometric, bool inverted)
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        foreach (DicomSlice slice in series.Slices)
            slice.Header.AddOrUpdate(DicomTag.PhotometricInterpretation, photometric)
                .AddOrUpdate(DicomTag.WindowCenter, 50.5, 400).AddOrUpdate(DicomTag.WindowWidth, 101, 1000);
        byte[][] planes = [.. Files(series, Ramp(), Block()).Select(Pixels)];
        Assert.Equal(3, planes.Length);
        for (int k = 0; k < 3; k++)
            for (int j = 0; j < 7; j++)
                for (int i = 0; i < 9; i++)
                {
                    // 0 to 100 are black to white.
                    double share = Math.Clamp(Value(k, j, i) / 100.0, 0, 1);
                    int grey = (int)Math.Round(255 * (inverted ? 1 - share : share));
                    Rgb expected = k == 1 && j is >= 1 and <= 5 && i is >= 2 and <= 6
                        ? j is 1 or 5 || i is 2 or 6 ? First : new((byte)((grey * 3 + First.R) / 4), (byte)((grey * 3 + First.G) / 4), (byte)((grey * 3 + First.B) / 4))
                        : k == 2 && (j, i) == (0, 8) ? Second : new((byte)grey, (byte)grey, (byte)grey);
                    int at = (j * 9 + i) * 3;
                    Assert.Equal(expected, new Rgb(planes[k][at], planes[k][at + 1], planes[k][at + 2]));
                }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wide")]
    [InlineData("0.5")]
    public void Create_NoValidWindow_TakesPercentilesOfTheImage(string? width)
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        if (width is not null)
            foreach (DicomSlice slice in series.Slices) slice.Header.AddOrUpdate(DicomTag.WindowCenter, 50).AddOrUpdate(DicomTag.WindowWidth, width);
        byte[][] planes = [.. Files(series, Ramp(), LabelMap.Empty(Geometry, 2)).Select(Pixels)];
        // The ramp goes from -30 to 159 over all planes.
        Assert.Equal((0, 255), (planes[0][0], planes[2][^1]));
        Assert.InRange(planes[1][(3 * 9 + 4) * 3], 120, 135);
    }

    [Fact]
    public void Create_Colours_KeepTheirs()
    {
        DicomSeries series = SyntheticSeries.Create(Geometry);
        foreach (DicomSlice slice in series.Slices)
            slice.Header.AddOrUpdate(DicomTag.SamplesPerPixel, 3).AddOrUpdate(DicomTag.PhotometricInterpretation, "RGB").AddOrUpdate(DicomTag.BitsStored, 8);
        byte[] red = [.. Enumerable.Range(0, 189).Select(n => (byte)n)], green = [.. red.Select(value => (byte)(255 - value))], blue = new byte[189];
        byte[] plane = Pixels(Files(series, new Volume(Geometry, [red, green, blue]), LabelMap.Empty(Geometry, 2)).ElementAt(2));
        for (int n = 0; n < 63; n++) Assert.Equal((126 + n, 129 - n, 0), (plane[3 * n], plane[3 * n + 1], plane[3 * n + 2]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Create_ReadAsASeries_LiesOnTheSourcesGrid(bool uneven)
    {
        DicomSeries series = SyntheticSeries.Create(SyntheticSeries.Oblique(new GridSize(5, 7, 9)));
        if (uneven) series = SeriesBuilder.Build(series.Slices.Where((_, k) => k != 3).Select(slice => ("", slice.Header)), GeometryPolicy.Resample);
        using TempFolder folder = new();
        string[] paths = Save(folder, series);
        using FrameDecoder decoder = new();
        DicomSeriesReader reader = new(decoder);
        DicomSeries read = reader.OpenSingle(paths, TestContext.Current.CancellationToken);
        Assert.True(read.Geometry.Matches(series.Geometry, 1e-3));
        Assert.Equal(3, reader.Read(read, new ImageLimits(), null, TestContext.Current.CancellationToken).Channels);
        Assert.Equal(SyntheticSeries.FrameOfReferenceUid, read.Header.GetString(DicomTag.FrameOfReferenceUID));
        Assert.Equal(!uneven, read.Header.Contains(DicomTag.SourceImageSequence));
    }

    [Fact]
    public void Create_Attributes_SayThatItIsDerivedAndNotForDiagnosis()
    {
        DicomDataset[] all = [.. Files(SyntheticSeries.Create(Geometry), Ramp(), Block()).Select(file => file.Dataset)];
        (DicomTag Tag, string Text)[] expected =
        [
            (DicomTag.SOPClassUID, DicomUID.SecondaryCaptureImageStorage), (DicomTag.ImageType, @"DERIVED\SECONDARY"), (DicomTag.Modality, "OT"),
            (DicomTag.ConversionType, "WSD"), (DicomTag.PhotometricInterpretation, "RGB"), (DicomTag.StudyInstanceUID, SyntheticSeries.StudyUid),
            (DicomTag.SeriesInstanceUID, "2.25.12"), (DicomTag.InstanceNumber, "2"), (DicomTag.PatientOrientation, @"LFP\AL"), (DicomTag.LossyImageCompression, "00"),
        ];
        foreach ((DicomTag tag, string text) in expected) Assert.Equal(text, all[1].GetString(tag));
        Assert.Contains("Not for diagnostic use", all[1].GetString(DicomTag.DerivationDescription), StringComparison.Ordinal);
        Assert.Equal("2.25.20001", all[1].GetSequence(DicomTag.SourceImageSequence).Items[0].GetString(DicomTag.ReferencedSOPInstanceUID));
        Assert.Equal(3, all.Select(one => one.GetString(DicomTag.SOPInstanceUID)).Distinct().Count());
        Assert.Equal(all.Select(one => one.GetString(DicomTag.SOPInstanceUID)),
            Files(SyntheticSeries.Create(Geometry), Ramp(), Block()).Select(file => file.Dataset.GetString(DicomTag.SOPInstanceUID)));
    }

    [Fact]
    public async Task Readers_OfOurPictures_FindNoErrorAndTheSamePixels()
    {
        string validator = ExternalTool.Require("dciodvfy"), python = await ExternalTool.RequirePydicomAsync();
        using TempFolder folder = new();
        DicomSeries series = SyntheticSeries.Create(Geometry);
        string path = Save(folder, series)[1];
        (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
        string[] lines = (output + errors).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("SCImage", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        // Where it lies is more than the class asks for; which side of the body it is the source does not say.
        Assert.All(lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)), line => Assert.True(
            line.Contains("not present in standard DICOM IOD", StringComparison.Ordinal) || line.Contains("<Laterality>", StringComparison.Ordinal), line));
        string read = await ExternalTool.OutputAsync(python, "-c", "import pydicom, sys; print(pydicom.dcmread(sys.argv[1]).pixel_array.tobytes().hex())", path);
        Assert.Equal(Convert.ToHexStringLower(Pixels(DicomFile.Open(path))[..189]), read.Trim());
    }

    private static IEnumerable<DicomFile> Files(DicomSeries series, Volume image, LabelMap labels)
    {
        SegmentationDescription description = SegmentationCases.Description(1, 2);
        Rgb[] colours = [First, Second];
        return OverlaySeries.Create(series, image, labels,
            description with { Segments = [.. description.Segments.Select((segment, n) => segment with { Colour = colours[n] })] }, TestContext.Current.CancellationToken);
    }

    private static string[] Save(TempFolder folder, DicomSeries series)
    {
        Volume image = new(series.Geometry, [new short[series.Geometry.Grid.VoxelCount]]);
        List<string> paths = [];
        foreach (DicomFile file in Files(series, image, SegmentationCases.Pattern(series.Geometry, 1, 2)))
        {
            paths.Add(Path.Combine(folder.Path, $"{paths.Count}.dcm"));
            using FileStream output = File.Create(paths[^1]);
            file.Save(output);
        }
        return [.. paths];
    }

    private static byte[] Pixels(DicomFile file) => file.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();

    private static int Value(int k, int j, int i) => (k * 7 + j) * 9 + i - 30;

    private static Volume Ramp() => new(Geometry, [Enumerable.Range(-30, 189).Select(value => (short)value).ToArray()]);

    /// <summary>Label 1: 5 x 5 pixels of the second plane; label 2: one pixel of the third.</summary>
    private static LabelMap Block()
    {
        LabelMap labels = LabelMap.Empty(Geometry, 2);
        for (int j = 1; j <= 5; j++)
            for (int i = 2; i <= 6; i++) SegmentationCases.Set(labels, 1, j, i, 1);
        SegmentationCases.Set(labels, 2, 0, 8, 2);
        return labels;
    }
}
