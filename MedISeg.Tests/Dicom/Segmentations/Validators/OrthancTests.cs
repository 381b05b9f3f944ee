using System.Text.Json;
using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>An image archive takes the series and its segmentations by STOW-RS, and gives them back by WADO-RS.</summary>
public sealed class OrthancTests
{
    [Fact]
    public async Task Orthanc_SeriesAndSegmentations_AreStoredAndComeBack()
    {
        foreach (string tool in (string[])["Orthanc", "unshare", "ip", "jq", "curl", "python3"]) ExternalTool.Require(tool);
        ExternalTool.RequireFile("/usr/share/orthanc/plugins/libOrthancDicomWeb.so", "orthanc-dicomweb");
        string? unshare = await PrivateNetwork.OptionsAsync();
        Assert.SkipWhen(unshare is null, "system: private network namespaces are not permitted here");

        using TempFolder source = new(), target = new();
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(5, 7, 9));
        DicomSeries series = SyntheticSeries.Create(geometry);
        SyntheticSeries.Save(series, source.Path);
        LabelMap labels = SegmentationCases.Pattern(geometry, 1, 2);
        await File.WriteAllBytesAsync(Path.Combine(source.Path, "seg.dcm"),
            SegmentationCases.Write(series, labels, SegmentationCases.Description(1, 2, 3)), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(source.Path, "seg-empty.dcm"),
            SegmentationCases.Write(series, LabelMap.Empty(geometry, 3),
                SegmentationCases.Description(1, 2, 3) with { SopInstanceUid = "2.25.21", SeriesInstanceUid = "2.25.22" }),
            TestContext.Current.CancellationToken);

        string script = RepositoryRoot.Of("MedISeg.Tests", "Tools", "orthanc_round_trip.sh");
        string count = await ExternalTool.OutputAsync("unshare", unshare!, "bash", script, source.Path, target.Path);
        Assert.Equal("7", count.Trim());

        using JsonDocument stored = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(target.Path, "stow.json"), TestContext.Current.CancellationToken));
        Assert.Equal(7, stored.RootElement.GetProperty("00081199").GetProperty("Value").GetArrayLength());
        Assert.False(stored.RootElement.TryGetProperty("00081198", out JsonElement failures) && failures.TryGetProperty("Value", out _));

        Dictionary<string, (DicomDataset Dataset, string Json)> returned = [];
        for (int n = 0; n < 7; n++)
        {
            DicomDataset dataset = DicomFile.Open(Path.Combine(target.Path, $"{n}.dcm")).Dataset;
            returned.Add(dataset.GetString(DicomTag.SOPInstanceUID), (dataset, Path.Combine(target.Path, $"{n}.json")));
        }
        foreach (string path in Directory.GetFiles(source.Path))
        {
            DicomDataset sent = DicomFile.Open(path).Dataset;
            (DicomDataset dataset, string metadata) = returned[sent.GetString(DicomTag.SOPInstanceUID)];
            Assert.Equal(Pixels(sent), Pixels(dataset));
            Assert.Equal(sent.Items.Select(item => item.Tag), dataset.Items.Select(item => item.Tag));
            using JsonDocument json = JsonDocument.Parse(await File.ReadAllTextAsync(metadata, TestContext.Current.CancellationToken));
            Assert.Equal("Müller^Zoë", json.RootElement[0].GetProperty("00100010").GetProperty("Value")[0].GetProperty("Alphabetic").GetString());
        }
    }

    private static byte[] Pixels(DicomDataset dataset) => dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();
}
