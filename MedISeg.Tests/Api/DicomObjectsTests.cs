using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Api.Options;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>What a job on a series answers beside its BINARY segmentation, made when it is asked for, long after the images are gone.</summary>
public sealed class DicomObjectsTests : IAsyncLifetime
{
    private readonly ApiHost _host = new(packages: [ApiHost.Volumes with { Members = 2, MemberShift = 150 }]);
    private HttpClient _client = null!;
    private string _result = "";

    public async ValueTask InitializeAsync()
    {
        _client = _host.CreateClient();
        DicomDataset template = new DicomDataset().AddOrUpdate(DicomTag.SeriesNumber, 4).AddOrUpdate(DicomTag.PatientID, "P-23");
        string id = await _client.QueueAsync(
            Raw(TestSeries.Zip(TestSeries.Files(template)), "application/zip"), """?model=analytic&options={"outputs":["labels","disagreement","overlay"]}""");
        Assert.Equal("succeeded", (string?)(await _client.JobAtEndAsync(id))["state"]);
        _result = $"{Jobs}/{id}/result";
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("seg-labelmap", "1.2.840.10008.1.2.1")]
    [InlineData("seg-labelmap-rle", "1.2.840.10008.1.2.5")]
    [InlineData("seg-labelmap-deflate", "1.2.840.10008.1.2.8.1")]
    public async Task Result_LabelMap_HasTheLabelsAtTheirPlaces(string format, string syntax)
    {
        using HttpResponseMessage response = await _client.GetAsync($"{_result}?format={format}");
        Assert.Equal("application/dicom", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"{format}.dcm", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        byte[] file = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(syntax, DicomFile.Open(file).FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
        Assert.Equal(SegmentationKind.LabelMap, TestSeries.Open(file).Kind);
        LabelMap binary = TestSeries.Open(await _client.GetByteArrayAsync(_result)).ToLabelMap(TestSeries.Geometry(TestSeries.Grid));
        LabelMap read = TestSeries.Open(file).ToLabelMap();
        TestSeries.AssertMask(read, TestSeries.Geometry(TestSeries.Grid), (k, j, i) => binary[k, j, i]);
        Assert.True(binary.Bytes.Contains((byte)1));
    }

    [Fact]
    public async Task Result_EachObject_IsOfTheSameStudyInASeriesOfItsOwnAlwaysTheSame()
    {
        string[] formats = ["dcm", "seg-labelmap", "rtstruct", "sr"];
        DicomDataset[] objects = new DicomDataset[formats.Length];
        for (int n = 0; n < formats.Length; n++)
        {
            byte[] first = await _client.GetByteArrayAsync($"{_result}?format={formats[n]}");
            Assert.Equal(first, await _client.GetByteArrayAsync($"{_result}?format={formats[n]}"));
            objects[n] = DicomFile.Open(first).Dataset;
        }
        Assert.Single(objects.Select(one => one.GetString(DicomTag.StudyInstanceUID)).Distinct());
        Assert.Single(objects.SkipLast(1).Select(one => one.GetString(DicomTag.FrameOfReferenceUID)).Distinct());
        Assert.All(objects, one => Assert.Equal("P-23", one.GetString(DicomTag.PatientID)));
        foreach (DicomTag tag in (DicomTag[])[DicomTag.SOPInstanceUID, DicomTag.SeriesInstanceUID])
            Assert.Equal(formats.Length, objects.Select(one => one.GetString(tag)).Distinct().Count());
        Assert.Equal(["1004", "4004", "2004", "3004"], objects.Select(one => one.GetString(DicomTag.SeriesNumber)));
    }

    [Fact]
    public async Task Result_Regions_AreSegmentsThatOverlap()
    {
        short[] voxels = TestSeries.Create().Voxels<short>(0).ToArray();
        Volume volume = new(TestSeries.Geometry(TestSeries.Grid), [voxels]);
        for (int n = 0; n < voxels.Length; n += 3) if (voxels[n] == 200) voxels[n] = 150;
        await using ApiHost host = new(packages: [ApiHost.Volumes with
        {
            Activation = ActivationKind.Sigmoid, Thresholds = [100, 180], Change = manifest => manifest with
            {
                Regions = [new() { Labels = [1, 2], Paint = 1 }, new() { Labels = [2], Paint = 2, Name = "core", Colour = "#ff0000", Type = ["SCT", "108369006", "Neoplasm"] }],
            },
        }]);
        using HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Raw(TestSeries.Zip(TestSeries.Files(volume: volume)), "application/zip"), "?model=analytic");
        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(id))["state"]);
        byte[] file = await client.GetByteArrayAsync($"{Jobs}/{id}/result?format=seg-regions"), classes = await client.GetByteArrayAsync($"{Jobs}/{id}/result");
        Assert.Equal(file, await client.GetByteArrayAsync($"{Jobs}/{id}/result?format=seg-regions"));

        DicomSegmentation regions = TestSeries.Open(file);
        Assert.Equal([("class-1 + class-2", "85756007"), ("core", "108369006")], regions.Segments.Select(segment => (segment.Label, segment.Type!.Value)));
        Assert.Equal("YES", regions.Dataset.GetString(DicomTag.SegmentsOverlap));
        Assert.Equal(5, regions.Segments.Concat(TestSeries.Open(classes).Segments).Select(segment => segment.TrackingUid)
            .Append(regions.Dataset.GetString(DicomTag.SOPInstanceUID)).Distinct().Count());
        TestSeries.AssertMask(Mask(1), TestSeries.Geometry(TestSeries.Grid), (k, j, i) => TestSeries.IsObject(k, j, i) ? 1 : 0);
        TestSeries.AssertMask(Mask(2), TestSeries.Geometry(TestSeries.Grid), (k, j, i) => TestSeries.IsObject(k, j, i) && (63 * k + 9 * j + i) % 3 != 0 ? 1 : 0);
        LabelMap Mask(int number) => regions.ToMask(number, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Result_RegionsOfAPackageWithout_IsNotAcceptable()
    {
        using HttpResponseMessage response = await _client.GetAsync($"{_result}?format=seg-regions");
        await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "no regions");
    }

    [Fact]
    public async Task Result_StructureSet_EnclosesAsMuchAsTheLabels()
    {
        DicomDataset set = DicomFile.Open(await _client.GetByteArrayAsync($"{_result}?format=rtstruct")).Dataset;
        DicomDataset roi = Assert.Single(set.GetSequence(DicomTag.ROIContourSequence).Items);
        double area = roi.GetSequence(DicomTag.ContourSequence).Items.Sum(contour => Area(contour.GetValues<double>(DicomTag.ContourData)));
        LabelMap labels = TestSeries.Open(await _client.GetByteArrayAsync(_result)).ToLabelMap();
        Assert.Equal(labels.Bytes.ToArray().Count(label => label == 1) * 0.7 * 1.3, area, 1e-2);
    }

    [Fact]
    public async Task Result_Report_RefersToTheSegmentationAndGivesItsVolume()
    {
        DicomDataset segmentation = DicomFile.Open(await _client.GetByteArrayAsync(_result)).Dataset;
        DicomDataset report = DicomFile.Open(await _client.GetByteArrayAsync($"{_result}?format=sr")).Dataset;
        DicomDataset group = Assert.Single(report.GetSequence(DicomTag.ContentSequence).Items[^1].GetSequence(DicomTag.ContentSequence).Items);
        IList<DicomDataset> content = group.GetSequence(DicomTag.ContentSequence).Items;
        DicomDataset reference = content.Single(item => item.GetString(DicomTag.ValueType) == "IMAGE").GetSequence(DicomTag.ReferencedSOPSequence).Items[0];
        Assert.Equal(segmentation.GetString(DicomTag.SOPInstanceUID), reference.GetString(DicomTag.ReferencedSOPInstanceUID));
        Assert.Equal(segmentation.GetSequence(DicomTag.SegmentSequence).Items[0].GetString(DicomTag.TrackingUID), content[1].GetString(DicomTag.UID));
        DicomDataset measured = content[^1].GetSequence(DicomTag.MeasuredValueSequence).Items[0];
        int voxels = DicomSegmentation.Create(segmentation).ToLabelMap().Bytes.ToArray().Count(label => label == 1);
        Assert.Equal(voxels * 0.7 * 1.3 * 2.5 / 1000, measured.GetSingleValue<double>(DicomTag.NumericValue), 1e-6);
    }

    [Fact]
    public async Task Result_Overlay_IsASeriesOfPicturesOnTheSlices()
    {
        using HttpResponseMessage response = await _client.GetAsync($"{_result}?format=overlay");
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("overlay.zip", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        using ZipArchive archive = new(await response.Content.ReadAsStreamAsync());
        Assert.Equal(["0001.dcm", "0002.dcm", "0003.dcm", "0004.dcm", "0005.dcm"], archive.Entries.Select(entry => entry.FullName));
        for (int k = 0; k < 5; k++)
        {
            using MemoryStream content = new();
            await using (Stream entry = await archive.Entries[k].OpenAsync()) await entry.CopyToAsync(content);
            DicomDataset plane = DicomFile.Open(content.ToArray()).Dataset;
            Vector3D place = TestSeries.Geometry(TestSeries.Grid).IndexToPatient.Apply(0, 0, k);
            double[] position = plane.GetValues<double>(DicomTag.ImagePositionPatient);
            Assert.True((new Vector3D(position[0], position[1], position[2]) - place).Length < 1e-3);
            Assert.Equal(("5004", "P-23"), (plane.GetString(DicomTag.SeriesNumber), plane.GetString(DicomTag.PatientID)));
            Assert.EndsWith("(overlay, not for diagnosis)", plane.GetString(DicomTag.SeriesDescription), StringComparison.Ordinal);
            byte[] pixels = plane.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();
            // Coloured where the label is, grey elsewhere.
            for (int j = 0; j < 7; j++)
                for (int i = 0; i < 9; i++)
                {
                    int at = (j * 9 + i) * 3;
                    Assert.Equal(TestSeries.IsObject(k, j, i), pixels[at] != pixels[at + 1] || pixels[at] != pixels[at + 2]);
                }
        }
    }

    [Fact]
    public async Task Result_OverlayThatWasNotAskedFor_SaysHowToGetIt()
    {
        string id = await _client.QueueAsync(Raw(TestSeries.Zip(TestSeries.Files()), "application/zip"), "?model=analytic");
        await _client.JobAtEndAsync(id);
        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/result?format=overlay");
        await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "ask for it with option outputs");
    }

    [Fact]
    public async Task Report_OverlayOfAnImageThatIsNoSeries_SaysThatNoneWasMade()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti(), "analytic", """{"outputs":["labels","overlay"]}"""));
        JsonNode job = await _client.JobAtEndAsync(id);
        Assert.Contains(job["report"]!["warnings"]!.AsArray(), warning => ((string)warning!).StartsWith("No overlay was made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Result_NamesAndNumbersOfTheInstallation_AreInEveryObject()
    {
        await using ApiHost host = new(settings: new Dictionary<string, string>
        {
            ["Dicom:Results:SeriesNumberStep"] = "10", ["Dicom:Results:SeriesDescription"] = "AI {model} v{version}", ["Dicom:Results:DeviceSerialNumber"] = "SN-7",
        });
        using HttpClient client = host.CreateClient();
        byte[][] files = TestSeries.Files(new DicomDataset().AddOrUpdate(DicomTag.SeriesNumber, 4));
        string id = await client.QueueAsync(Raw(TestSeries.Zip(files), "application/zip"), "?model=analytic");
        string version = (string)(await client.JobAtEndAsync(id))["report"]!["recipe"]!["version"]!;
        (string Format, string Number, string Suffix)[] expected = [("dcm", "14", ""), ("rtstruct", "24", " (contours)"), ("sr", "34", " (measurements)")];
        foreach ((string format, string number, string suffix) in expected)
        {
            DicomDataset one = DicomFile.Open(await client.GetByteArrayAsync($"{Jobs}/{id}/result?format={format}")).Dataset;
            Assert.Equal((number, $"AI analytic v{version}{suffix}", "SN-7"),
                (one.GetString(DicomTag.SeriesNumber), one.GetString(DicomTag.SeriesDescription), one.GetString(DicomTag.DeviceSerialNumber)));
        }
    }

    [Theory]
    [InlineData(1000, "MedISeg {model}", "0", true)]
    [InlineData(1, "x", "SN-7", true)]
    [InlineData(0, "x", "0", false)]
    [InlineData(1000, "", "0", false)]
    [InlineData(1000, "a\\b", "0", false)]
    [InlineData(1000, "x", "a\nb", false)]
    [InlineData(1000, "x", "more than 64 characters are no value of an LO attribute in a DICOM object", false)]
    public void DicomResultOptions_WhatDicomCannotHold_IsRefused(int step, string description, string serial, bool valid)
    {
        DicomResultOptions options = new() { SeriesNumberStep = step, SeriesDescription = description, DeviceSerialNumber = serial };
        Assert.Equal(valid, new DicomResultOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public async Task Result_MapAsDicom_IsAFractionalSegmentation()
    {
        using HttpResponseMessage response = await _client.GetAsync($"{_result}?output=disagreement&format=dcm");
        Assert.Equal("disagreement.dcm", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        DicomSegmentation seg = TestSeries.Open(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((SegmentationKind.Fractional, "disagreement"), (seg.Kind, Assert.Single(seg.Segments).Label));
        Volume map = seg.ToFractions(1, TestSeries.Geometry(TestSeries.Grid), TestContext.Current.CancellationToken);
        for (int k = 0; k < 5; k++)
            for (int j = 0; j < 7; j++)
                for (int i = 0; i < 9; i++)
                    Assert.Equal(TestSeries.IsObject(k, j, i) ? 128 / 255f : 0, map.Voxels<float>(0)[(int)map.Geometry.Grid.Offset(k, j, i)], 1e-6);
    }

    [Fact]
    public async Task Result_ProbabilityOfAClass_IsAFractionalSegmentationOfIt()
    {
        await using ApiHost host = new(packages: [ApiHost.Volumes with { Thresholds = [100, 180], Steepness = 0.01 }]);
        using HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(
            Raw(TestSeries.Zip(TestSeries.Files()), "application/zip"), """?model=analytic&options={"outputs":["labels","probability"],"labels":["class-2"]}""");
        await client.JobAtEndAsync(id);
        DicomDataset made = DicomFile.Open(await client.GetByteArrayAsync($"{Jobs}/{id}/result?output=probability&format=dcm")).Dataset;
        Assert.Equal(("FRACTIONAL", "PROBABILITY", 255),
            (made.GetString(DicomTag.SegmentationType), made.GetString(DicomTag.SegmentationFractionalType), made.GetSingleValue<int>(DicomTag.MaximumFractionalValue)));
        DicomDataset segment = Assert.Single(made.GetSequence(DicomTag.SegmentSequence).Items);
        DicomDataset binary = DicomFile.Open(await client.GetByteArrayAsync($"{Jobs}/{id}/result")).Dataset;
        DicomDataset same = binary.GetSequence(DicomTag.SegmentSequence).Items.Single(one => one.GetString(DicomTag.SegmentLabel) == "class-2");
        Assert.Equal(("class-2", same.GetString(DicomTag.TrackingUID)), (segment.GetString(DicomTag.SegmentLabel), segment.GetString(DicomTag.TrackingUID)));
        Volume map = DicomSegmentation.Create(made).ToFractions(1, TestSeries.Geometry(TestSeries.Grid), TestContext.Current.CancellationToken);
        for (int k = 0; k < 5; k++)
            for (int j = 0; j < 7; j++)
                for (int i = 0; i < 9; i++)
                {
                    double value = TestSeries.IsObject(k, j, i) ? 200 : -10;
                    double[] e = [1, Math.Exp(0.01 * (value - 100)), Math.Exp(0.01 * (2 * value - 280))];
                    Assert.Equal(e[2] / e.Sum(), map.Voxels<float>(0)[(int)map.Geometry.Grid.Offset(k, j, i)], 0.5 / 255 + 1e-4);
                }
    }

    [Fact]
    public async Task Result_DicomObjectOfAnImageThatIsNone_IsNotAcceptable()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(id);
        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/result?format=seg-labelmap");
        JsonNode problem = await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "?format=nii.gz");
        Assert.DoesNotContain("seg-labelmap", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", 2)]
    [InlineData("basic", 1)]
    public async Task Result_OneStackOfAMultiFrameObjectOfTwo_HasAllObjects(string deidentify, int stack)
    {
        byte[] file = TwoStacks();
        string id = await _client.QueueAsync(
            Raw(file, "application/dicom"), $$"""?model=analytic&options={"stack":{{stack}},"deidentify":"{{deidentify}}",{{DicomResults.Outputs}}}""");
        JsonNode job = await _client.JobAtEndAsync(id);
        Assert.True((string?)job["state"] == "succeeded", job.ToJsonString());
        IReadOnlyDictionary<string, byte[]> objects = await _client.ObjectsAsync(id);
        foreach (string name in (string[])["dcm", "seg-labelmap"])
            // The first stack's values are turned round.
            TestSeries.AssertMask(TestSeries.Open(objects[name]).ToLabelMap(), TestSeries.Geometry(TestSeries.Grid),
                (k, j, i) => TestSeries.IsObject(k, j, i) == (stack == 2) ? 1 : 0);
        int[] frames = [.. DicomFile.Open(objects["dcm"]).Dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items.Select(frame =>
            frame.GetSequence(DicomTag.DerivationImageSequence).Items[0].GetSequence(DicomTag.SourceImageSequence).Items[0].GetSingleValue<int>(DicomTag.ReferencedFrameNumber))];
        Assert.Equal(stack == 2 ? [2, 4, 6, 8, 10] : [1, 3, 5, 7, 9], frames);
        DicomDataset contours = DicomFile.Open(objects["rtstruct"]).Dataset.GetSequence(DicomTag.ROIContourSequence).Items[0];
        Assert.All(contours.GetSequence(DicomTag.ContourSequence).Items, contour => Assert.Contains(
            contour.GetSequence(DicomTag.ContourImageSequence).Items[0].GetSingleValue<int>(DicomTag.ReferencedFrameNumber), frames));
    }

    [Theory]
    [InlineData("1.2.840.10008.5.1.4.1.1.2.1", "CT")]
    [InlineData("1.2.840.10008.5.1.4.1.1.2.2", "CT")]
    [InlineData("1.2.840.10008.5.1.4.1.1.4.1", "MR")]
    [InlineData("1.2.840.10008.5.1.4.1.1.4.4", "MR")]
    [InlineData("1.2.840.10008.5.1.4.1.1.130", "PT")]
    [InlineData("1.2.840.10008.5.1.4.1.1.128.1", "PT")]
    [InlineData("1.2.840.10008.5.1.4.1.1.13.1.1", "XA")]
    [InlineData("1.2.840.10008.5.1.4.1.1.7.3", "OT")]
    public async Task Result_MultiFrameObjectOfEveryClassWithPositions_IsItsMask(string sopClass, string modality)
    {
        byte[] file = TestSeries.Change(TwoStacks(), set => set.AddOrUpdate(DicomTag.SOPClassUID, sopClass).AddOrUpdate(DicomTag.Modality, modality));
        string id = await _client.QueueAsync(Raw(file, "application/dicom"), """?model=analytic&options={"stack":2}""");
        JsonNode job = await _client.JobAtEndAsync(id);
        Assert.True((string?)job["state"] == "succeeded", job.ToJsonString());
        byte[] segmentation = await _client.GetByteArrayAsync($"{Jobs}/{id}/result");
        TestSeries.AssertMask(segmentation);
        Assert.Equal(sopClass, DicomFile.Open(segmentation).Dataset.GetSequence(DicomTag.ReferencedSeriesSequence).Items[0]
            .GetSequence(DicomTag.ReferencedInstanceSequence).Items[0].GetString(DicomTag.ReferencedSOPClassUID));
    }

    /// <summary>One object of two time points in turn, at the places of <see cref="TestSeries"/>; the second has its values.</summary>
    private static byte[] TwoStacks()
    {
        byte[][] files = TestSeries.Files();
        List<DicomDataset> groups = [];
        List<byte> pixels = [];
        foreach (DicomDataset slice in files.Select(file => DicomFile.Open(file).Dataset))
            for (uint time = 1; time <= 2; time++)
            {
                byte[] values = slice.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();
                if (time == 1)
                    for (int n = 0; n < values.Length; n += 2)
                        BitConverter.TryWriteBytes(values.AsSpan(n), (short)(190 - BitConverter.ToInt16(values, n)));
                pixels.AddRange(values);
                groups.Add(new DicomDataset()
                    .AddOrUpdate(DicomTag.FrameContentSequence, new DicomDataset().AddOrUpdate(DicomTag.TemporalPositionIndex, time))
                    .AddOrUpdate(DicomTag.PlanePositionSequence, new DicomDataset().AddOrUpdate(slice.GetDicomItem<DicomElement>(DicomTag.ImagePositionPatient)!)));
            }
        return TestSeries.Change(files[0], header =>
        {
            DicomDataset shared = new DicomDataset()
                .AddOrUpdate(DicomTag.PlaneOrientationSequence, new DicomDataset().AddOrUpdate(header.GetDicomItem<DicomElement>(DicomTag.ImageOrientationPatient)!))
                .AddOrUpdate(DicomTag.PixelMeasuresSequence, new DicomDataset().AddOrUpdate(header.GetDicomItem<DicomElement>(DicomTag.PixelSpacing)!));
            foreach (DicomTag tag in (DicomTag[])[DicomTag.ImagePositionPatient, DicomTag.ImageOrientationPatient, DicomTag.PixelSpacing]) header.Remove(tag);
            header.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.EnhancedCTImageStorage).AddOrUpdate(DicomTag.NumberOfFrames, groups.Count)
                .AddOrUpdate(DicomTag.SharedFunctionalGroupsSequence, shared)
                .AddOrUpdate(new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, groups))
                .AddOrUpdate(new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), pixels.ToArray()));
        });
    }

    /// <summary>Area of a planar polygon: half the length of the sum of its edges' cross products.</summary>
    private static double Area(double[] data)
    {
        Vector3D sum = new(0, 0, 0), first = new(data[0], data[1], data[2]);
        for (int n = 3; n + 5 < data.Length; n += 3)
            sum += (new Vector3D(data[n], data[n + 1], data[n + 2]) - first).Cross(new Vector3D(data[n + 3], data[n + 4], data[n + 5]) - first);
        return sum.Length / 2;
    }
}
