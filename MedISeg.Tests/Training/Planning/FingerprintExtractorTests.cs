using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Planning;

namespace MedISeg.Tests.Training.Planning;

public sealed class FingerprintExtractorTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Extract_VolumesWithBorders_CropsThemAndLooksAtThemInLps()
    {
        // Stored axes grow towards i = S, j = R, k = A: in LPS k is stored i, j is stored k, i is stored j.
        Affine affine = new(new Vector3D(0, 0, 3), new Vector3D(-0.5, 0, 0), new Vector3D(0, -2, 0), new Vector3D(5, 6, 7));
        Volume image = Image(new VolumeGeometry(new GridSize(4, 6, 10), affine), (k, j, i) => k >= 1 && j < 5 && i is >= 2 and < 9 ? 7 : 0);
        Add("a", image, Labels(image.Geometry, (k, j, i) => (k, j, i) == (2, 3, 4) ? 3 : 0));
        DatasetFingerprint found = Extract();
        CaseFingerprint one = Assert.Single(found.Cases);
        Assert.Equal([7, 3, 5], one.Shape);
        Assert.Equal([3, 2, 0.5], one.Spacing.Select(mm => Math.Round(mm, 6)));
        Assert.Equal(7.0 * 3 * 5 / (4 * 6 * 10), one.RelativeSize, 12);
        Assert.Equal([new LabelFingerprint(0, 239, 1), new LabelFingerprint(3, 1, 1)], found.Labels);
        Assert.Equal((false, true), (found.Planar, found.Millimetres));
    }

    [Fact]
    public void Extract_SmallAndLargeForeground_CountAlike()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(8, 9, 10), new SpacingMm(1, 1, 1));
        Add("large", Image(geometry, (_, _, _) => 10), Labels(geometry, (k, _, _) => k < 7 ? 1 : 0));
        Add("small", Image(geometry, (_, _, _) => 30), Labels(geometry, (k, j, i) => k + j + i == 0 ? 2 : 0));
        Add("none", Image(geometry, (_, _, _) => 900), Labels(geometry, (_, _, _) => 0));
        ChannelFingerprint channel = Assert.Single(Extract().Channels);
        Assert.Equal((20.0, 10.0, 10.0, 30.0), (channel.Mean, channel.Std, channel.Min, channel.Max));
        Assert.Equal((10.0, 30.0), (channel.Percentile005, channel.Percentile995));
    }

    [Fact]
    public void Extract_SameSeed_GivesTheSameNumbersAndAnotherSeedOthers()
    {
        ToyCases.Write(_root, 3, n => new GridSize(14 + n, 16, 15));
        DatasetFingerprint first = Extract(), again = Extract(), other = Extract(seed: 2);
        Assert.Equal(first.Channels, again.Channels);
        Assert.NotEqual(first.Channels, other.Channels);
        Assert.Equal(first.Channels[0].Mean, other.Channels[0].Mean, 1.0);
        Assert.Equal([[14, 16, 15], [15, 16, 15], [16, 16, 15]], first.Cases.Select(one => one.Shape));
    }

    [Fact]
    public void Extract_Pictures_ArePlanesWithoutSpacing()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 6, 9), new SpacingMm(1, 1, 1));
        Directory.CreateDirectory(Path.Combine(_root, "images"));
        Directory.CreateDirectory(Path.Combine(_root, "labels"));
        byte[] pixels = [.. Enumerable.Range(0, 54).Select(n => (byte)(n + 1))];
        using (FileStream image = File.Create(Path.Combine(_root, "images", "a.png")), labels = File.Create(Path.Combine(_root, "labels", "a.png")))
        {
            RasterWriter.WriteImage(image, new Volume(geometry, [pixels, pixels, pixels]));
            RasterWriter.WriteLabels(labels, Labels(geometry, (_, j, _) => j == 5 ? 1 : 0));
        }
        DatasetFingerprint found = Extract();
        Assert.Equal((true, false, 3), (found.Planar, found.Millimetres, found.Channels.Count));
        Assert.Equal([1, 6, 9], Assert.Single(found.Cases).Shape);
        Assert.Equal((46.0, 54.0), (found.Channels[2].Min, found.Channels[2].Max));
    }

    [Fact]
    public void Extract_CasesThatDoNotGoTogether_AreRefused()
    {
        VolumeGeometry volume = VolumeGeometry.AxisAligned(new GridSize(3, 4, 5), new SpacingMm(1, 1, 1)), plane = VolumeGeometry.AxisAligned(new GridSize(1, 4, 5), new SpacingMm(1, 1, 1));
        Add("a", Image(volume, (_, _, _) => 1), Labels(volume, (_, _, _) => 0));
        Assert.Contains("label above 0", Assert.Throws<SegmentationException>(() => Extract()).Message, StringComparison.Ordinal);
        Add("b", Image(plane, (_, _, _) => 1), Labels(plane, (_, _, _) => 1));
        Assert.Contains("two data sets", Assert.Throws<SegmentationException>(() => Extract()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_InstanceNumbers_AreNoClasses()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(3, 10, 10), new SpacingMm(1, 1, 1));
        LabelMap truth = new(geometry, (ushort[])[.. Enumerable.Range(0, 300).Select(n => (ushort)n)]);
        Add("a", Image(geometry, (_, _, _) => 1), truth);
        SegmentationException fault = Assert.Throws<SegmentationException>(() => Extract());
        Assert.Contains("300", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--labels positive", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WrittenFingerprint_IsTheSameAndTheExampleIsValid()
    {
        DatasetFingerprint written = Fingerprints.Alike(2, [3, 0.8, 0.7], [5, 6, 7], channels: 2, classes: 3);
        string path = Path.Combine(_root, "fingerprint.json");
        FingerprintFile.Write(path, written);
        string text = File.ReadAllText(path);
        FingerprintFile.Write(path, FingerprintFile.Read(path));
        Assert.Equal(text, File.ReadAllText(path));
        DatasetFingerprint example = FingerprintFile.Read(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "fingerprint.json"));
        Assert.Equal([18, 240, 205], example.Cases[1].Shape);
        File.WriteAllText(path, text.Replace("\"planar\"", "\"flat\"", StringComparison.Ordinal));
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => FingerprintFile.Read(path)).Code);
    }

    private DatasetFingerprint Extract(int seed = 1) => FingerprintExtractor.Extract(DatasetFolder.List(_root), seed, () => { }, CancellationToken.None);

    private void Add(string name, Volume image, LabelMap truth)
    {
        Directory.CreateDirectory(Path.Combine(_root, "images"));
        Directory.CreateDirectory(Path.Combine(_root, "labels"));
        using FileStream images = File.Create(Path.Combine(_root, "images", name + ".nii")), labels = File.Create(Path.Combine(_root, "labels", name + ".nii"));
        NiftiWriter.Write(images, image, gzip: false);
        NiftiWriter.Write(labels, truth, gzip: false);
    }

    private static Volume Image(VolumeGeometry geometry, Func<int, int, int, int> value) => new(geometry, [.. new[] { Fill(geometry.Grid, value, v => (short)v) }]);

    private static LabelMap Labels(VolumeGeometry geometry, Func<int, int, int, int> value) => new(geometry, Fill(geometry.Grid, value, v => (byte)v));

    private static T[] Fill<T>(GridSize grid, Func<int, int, int, int> value, Func<int, T> convert)
    {
        T[] values = new T[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++) values[grid.Offset(k, j, i)] = convert(value(k, j, i));
        return values;
    }
}
