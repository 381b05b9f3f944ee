using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Api.Options;
using MedISeg.Api.Results;
using MedISeg.Dicom;
using MedISeg.Inference.Options;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Results that bear nobody's name.</summary>
public sealed class DeidentificationTests : IDisposable
{
    private const string Canary = "CANARY", UidCanary = "1.2.3.7777777777", DateCanary = "19330815", TimeCanary = "081533", AgeCanary = "077Y";

    /// <summary>Groups whose attributes say who, where and when.</summary>
    private static readonly ushort[] Groups = [0x0008, 0x0010, 0x0012, 0x0018, 0x0020, 0x0032, 0x0038, 0x0040, 0x4008];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("basic", "new")]
    [InlineData("basic", "stable")]
    [InlineData("retain-uids", "stable")]
    public async Task Result_CanaryInEveryAttribute_IsInNoObjectAndNoLog(string policy, string uidPolicy)
    {
        byte[][] files = TestSeries.Files(Planted());
        await using ApiHost host = new(packages: [DicomResults.Package]);
        using HttpClient client = host.CreateClient();
        IReadOnlyDictionary<string, byte[]> objects = await RunAsync(client, files, $$"""{"deidentify":"{{policy}}","uids":"{{uidPolicy}}",{{DicomResults.Outputs}}}""");

        string[] uids = [.. files.SelectMany(file => DicomResults.Uids(DicomFile.Open(file).Dataset)).Where(uid => !uid.StartsWith("1.2.840.10008.", StringComparison.Ordinal)).Distinct()];
        Assert.InRange(uids.Length, 20, 10_000);
        string[] retained = policy == "basic" ? [] : ReferredTo(files);
        foreach ((string name, byte[] one) in objects.Concat(StoredHeaders(host)))
        {
            AssertClean(one, [Canary, DateCanary, TimeCanary, AgeCanary, .. uids.Except(retained)]);
            DicomDataset dataset = DicomFile.Open(one).Dataset;
            Assert.Equal(("YES", "REMOVED"), (dataset.GetString(DicomTag.PatientIdentityRemoved), dataset.GetString(DicomTag.LongitudinalTemporalInformationModified)));
            string[] codes = [.. dataset.GetSequence(DicomTag.DeidentificationMethodCodeSequence).Items.Select(code => code.GetString(DicomTag.CodeValue))];
            Assert.Equal(policy == "basic" ? ["113100"] : ["113100", "113110"], codes);
            Assert.True(dataset.GetSingleValueOrDefault(DicomTag.StudyDate, "").Length == 0, name);
        }
        Assert.NotEmpty(host.Log.Lines);
        Assert.All(host.Log.Lines, line => AssertClean(Encoding.UTF8.GetBytes(line), [Canary, DateCanary, AgeCanary, UidCanary, .. uids]));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(host.DataRoot, "*", SearchOption.AllDirectories), path => path.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Result_WithoutTheOption_BearsTheNames()
    {
        // The search must be able to find.
        await using ApiHost host = new(packages: [DicomResults.Package]);
        using HttpClient client = host.CreateClient();
        foreach (byte[] one in (await RunAsync(client, TestSeries.Files(Planted()), $"{{{DicomResults.Outputs}}}")).Values)
            foreach (string canary in (string[])[Canary, DateCanary, TimeCanary, UidCanary])
                Assert.True(one.AsSpan().IndexOf(Encoding.ASCII.GetBytes(canary)) >= 0);
    }

    [Fact]
    public async Task Result_ObjectsOfOneStudy_StayTogetherAndLieWhereTheyLay()
    {
        byte[][] files = TestSeries.Files(new DicomDataset().AddOrUpdate(DicomTag.PatientID, "P-23"));
        DicomDataset source = DicomFile.Open(files[0]).Dataset;
        await using ApiHost host = new(packages: [DicomResults.Package]);
        using HttpClient client = host.CreateClient();
        string options = $$"""{"deidentify":"basic",{{DicomResults.Outputs}}}""";
        DicomDataset[] first = Opened(await RunAsync(client, files, options)), second = Opened(await RunAsync(client, files, options));

        foreach (DicomTag tag in (DicomTag[])[DicomTag.StudyInstanceUID, DicomTag.PatientID, DicomTag.PatientName])
            Assert.NotEqual(source.GetSingleValueOrDefault(tag, ""), Assert.Single(first.Concat(second).Select(one => one.GetString(tag)).Distinct()));
        Assert.NotEqual(source.GetString(DicomTag.FrameOfReferenceUID),
            Assert.Single(first.Concat(second).Where(one => one.GetString(DicomTag.Modality) != "SR").Select(one => one.GetString(DicomTag.FrameOfReferenceUID)).Distinct()));
        // All refer to one series that is not the source's by its name, and the tracking of segments goes on.
        Assert.NotEqual(source.GetString(DicomTag.SeriesInstanceUID), Assert.Single(
            first.Concat(second).Where(one => one.Contains(DicomTag.ReferencedSeriesSequence))
                .Select(one => one.GetSequence(DicomTag.ReferencedSeriesSequence).Items[0].GetString(DicomTag.SeriesInstanceUID)).Distinct()));
        Assert.Equal(Tracking(first[0]), Tracking(second[0]));
        TestSeries.AssertMask(DicomSegmentation(first[0]), TestSeries.Geometry(TestSeries.Grid), (k, j, i) => TestSeries.IsObject(k, j, i) ? 1 : 0);
    }

    [Fact]
    public async Task Result_RetainUids_StillRefersToTheImages()
    {
        byte[][] files = TestSeries.Files();
        await using ApiHost host = new();
        using HttpClient client = host.CreateClient();
        DicomDataset seg = DicomFile.Open(await OneAsync(client, files, """{"deidentify":"retain-uids"}""")).Dataset, source = DicomFile.Open(files[0]).Dataset;
        foreach (DicomTag tag in (DicomTag[])[DicomTag.StudyInstanceUID, DicomTag.FrameOfReferenceUID]) Assert.Equal(source.GetString(tag), seg.GetString(tag));
        IList<DicomDataset> instances = seg.GetSequence(DicomTag.ReferencedSeriesSequence).Items[0].GetSequence(DicomTag.ReferencedInstanceSequence).Items;
        Assert.Equal(files.Select(file => DicomFile.Open(file).Dataset.GetString(DicomTag.SOPInstanceUID)).Order(),
            instances.Select(one => one.GetString(DicomTag.ReferencedSOPInstanceUID)).Order());
    }

    [Fact]
    public async Task Result_OtherKey_GivesOtherNames()
    {
        byte[][] files = TestSeries.Files();
        string[] studies = new string[3];
        for (int n = 0; n < 3; n++)
        {
            string key = Path.Combine(_folder.Path, $"key{n}");
            await File.WriteAllTextAsync(key, n < 2 ? "sixteen bytes or more" + new string('\n', n) : "another key of bytes", TestContext.Current.CancellationToken);
            await using ApiHost host = new(new Dictionary<string, string> { ["Dicom:Results:DeidentificationKeyFile"] = key });
            using HttpClient client = host.CreateClient();
            studies[n] = DicomFile.Open(await OneAsync(client, files, """{"deidentify":"basic"}""")).Dataset.GetString(DicomTag.StudyInstanceUID);
            Assert.False(File.Exists(Path.Combine(host.DataRoot, DeidentificationKey.OwnFile)));
        }
        Assert.Equal(studies[0], studies[1]);
        Assert.NotEqual(studies[0], studies[2]);
    }

    [Fact]
    public async Task Key_ThatIsNotConfigured_IsMadeOnceForItsOwnerOnly()
    {
        await using ApiHost host = new();
        using HttpClient client = host.CreateClient();
        string path = Path.Combine(host.DataRoot, DeidentificationKey.OwnFile);
        await OneAsync(client, TestSeries.Files(), "{}");
        Assert.False(File.Exists(path));
        await OneAsync(client, TestSeries.Files(), """{"deidentify":"basic"}""");
        string key = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(64, key.Trim().Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await OneAsync(client, TestSeries.Files(), """{"deidentify":"basic"}""");
        Assert.Equal(key, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Result_BurnedInAnnotation_MakesNoOverlay()
    {
        byte[][] files = TestSeries.Files(new DicomDataset().AddOrUpdate(DicomTag.BurnedInAnnotation, "YES"));
        await using ApiHost host = new();
        using HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Raw(TestSeries.Zip(files), "application/zip"), """?model=analytic&options={"deidentify":"basic","outputs":["labels","overlay"]}""");
        JsonNode job = await client.JobAtEndAsync(id);
        Assert.Contains(job["report"]!["warnings"]!.AsArray(), warning => ((string)warning!).Contains("burned into their pixels", StringComparison.Ordinal));
        using HttpResponseMessage response = await client.GetAsync($"{Jobs}/{id}/result?format=overlay");
        Assert.Equal(System.Net.HttpStatusCode.NotAcceptable, response.StatusCode);

        // Of a patient whose name may be shown there is one, which says so.
        id = await client.QueueAsync(Raw(TestSeries.Zip(files), "application/zip"), """?model=analytic&options={"outputs":["labels","overlay"]}""");
        await client.JobAtEndAsync(id);
        await using ZipArchive overlay = new(new MemoryStream(await client.GetByteArrayAsync($"{Jobs}/{id}/result?format=overlay")));
        using MemoryStream plane = new();
        await using (Stream entry = await overlay.Entries[0].OpenAsync()) await entry.CopyToAsync(plane);
        Assert.Equal("YES", DicomFile.Open(plane.ToArray()).Dataset.GetString(DicomTag.BurnedInAnnotation));
    }

    [Theory]
    [InlineData(null, null, DeidentificationPolicy.None)]
    [InlineData(null, DeidentificationPolicy.Basic, DeidentificationPolicy.Basic)]
    [InlineData(DeidentificationPolicy.None, DeidentificationPolicy.Basic, DeidentificationPolicy.Basic)]
    [InlineData(DeidentificationPolicy.RetainUids, DeidentificationPolicy.Basic, DeidentificationPolicy.Basic)]
    [InlineData(DeidentificationPolicy.Basic, DeidentificationPolicy.RetainUids, DeidentificationPolicy.Basic)]
    [InlineData(DeidentificationPolicy.RetainUids, null, DeidentificationPolicy.RetainUids)]
    public void Merge_Deidentify_NobodyGetsLessThanAnotherWants(DeidentificationPolicy? requested, DeidentificationPolicy? server, DeidentificationPolicy expected) =>
        Assert.Equal(expected, EffectiveOptions.Merge(new() { Deidentify = requested }, null, new() { Deidentify = server }).Deidentify);

    [Fact]
    public void DicomResultOptions_KeyFileThatIsNoneOrShort_IsRefused()
    {
        string path = Path.Combine(_folder.Path, "short");
        File.WriteAllText(path, "short");
        foreach (string file in (string[])[path, path + ".missing"])
            Assert.True(new DicomResultCrossValidator().Validate(null, new DicomResultOptions { DeidentificationKeyFile = file }).Failed);
    }

    [Theory]
    [InlineData("basic")]
    [InlineData("retain-uids")]
    public async Task Dciodvfy_OfDeidentifiedObjects_ReportsNoError(string policy)
    {
        string validator = ExternalTool.Require("dciodvfy");
        await using ApiHost host = new(packages: [DicomResults.Package]);
        using HttpClient client = host.CreateClient();
        IReadOnlyDictionary<string, byte[]> objects = await RunAsync(client, TestSeries.Files(Planted()), $$"""{"deidentify":"{{policy}}",{{DicomResults.Outputs}}}""");
        foreach ((string name, byte[] one) in objects)
        {
            // The validator does not know label maps.
            if (name == "seg-labelmap") continue;
            string path = Path.Combine(_folder.Path, name);
            await File.WriteAllBytesAsync(path, one, TestContext.Current.CancellationToken);
            (_, string output, string errors) = await RepositoryRoot.RunAsync(validator, path);
            Assert.DoesNotContain((output + errors).Split('\n'), line => line.StartsWith("Error", StringComparison.Ordinal));
        }
    }

    /// <summary>A canary in every attribute of texts, dates and UIDs but those that say what the image is, in a private one, and in items.</summary>
    private static DicomDataset Planted()
    {
        DicomDataset header = new DicomDataset().AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        int count = 0;
        foreach (ushort group in Groups)
            for (int element = 1; element <= 0xffff; element++)
            {
                DicomTag tag = new(group, (ushort)element);
                if (tag == DicomTag.SOPClassUID || tag == DicomTag.SOPInstanceUID) continue;
                if (Value(DicomDictionary.RepresentationOf(tag), count) is not { } value) continue;
                header.AddOrUpdate(tag, value);
                count++;
            }
        Assert.True(count > 300);
        return header.AddOrUpdate(DicomVR.Parse("LO"), new DicomTag(0x0009, 0x0010), Canary).AddOrUpdate(DicomVR.Parse("LO"), new DicomTag(0x0009, 0x1001), Canary)
            .AddOrUpdate(DicomTag.ContributingEquipmentSequence, new DicomDataset().AddOrUpdate(DicomTag.InstitutionName, Canary))
            .AddOrUpdate(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset().AddOrUpdate(DicomTag.PixelMeasuresSequence,
                new DicomDataset().AddOrUpdate(DicomTag.InstitutionName, Canary).AddOrUpdate(DicomTag.PixelSpacing, "1.3", "0.7")));
    }

    private static string? Value(string representation, int n) => representation switch
    {
        "PN" => string.Create(CultureInfo.InvariantCulture, $"{Canary}^{n}"),
        "LO" or "SH" or "ST" or "LT" or "UT" or "UC" => string.Create(CultureInfo.InvariantCulture, $"{Canary} {n}"),
        "DA" => DateCanary,
        "TM" => TimeCanary,
        "DT" => DateCanary + TimeCanary,
        "AS" => AgeCanary,
        "UI" => string.Create(CultureInfo.InvariantCulture, $"{UidCanary}.{n + 1}"),
        _ => null,
    };

    private static string[] ReferredTo(byte[][] files) => [.. files.Select(file => DicomFile.Open(file).Dataset).SelectMany(set =>
        (string[])[set.GetString(DicomTag.StudyInstanceUID), set.GetString(DicomTag.SeriesInstanceUID), set.GetString(DicomTag.SOPInstanceUID), set.GetString(DicomTag.FrameOfReferenceUID)])];

    /// <summary>What jobs keep of the images' headers.</summary>
    private static IEnumerable<KeyValuePair<string, byte[]>> StoredHeaders(ApiHost host)
    {
        string path = Assert.Single(Directory.GetFiles(host.DataRoot, "source.zip", SearchOption.AllDirectories));
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name.EndsWith(".dcm", StringComparison.Ordinal)))
        {
            using MemoryStream content = new();
            using (Stream stream = entry.Open()) stream.CopyTo(content);
            yield return new(entry.Name, content.ToArray());
        }
    }

    private static void AssertClean(byte[] bytes, IEnumerable<string> canaries)
    {
        foreach (string canary in canaries)
        {
            // A UID may begin another one.
            ReadOnlySpan<byte> rest = bytes, wanted = Encoding.ASCII.GetBytes(canary);
            while (rest.IndexOf(wanted) is >= 0 and int at)
            {
                rest = rest[(at + wanted.Length)..];
                Assert.True(canary.Contains('.', StringComparison.Ordinal) && rest.Length > 0 && (char.IsAsciiDigit((char)rest[0]) || rest[0] == '.'), $"found {canary}");
            }
        }
    }

    private static async Task<IReadOnlyDictionary<string, byte[]>> RunAsync(HttpClient client, byte[][] files, string options)
    {
        string id = await client.QueueAsync(Raw(TestSeries.Zip(files), "application/zip"), "?model=analytic&options=" + Uri.EscapeDataString(options));
        JsonNode job = await client.JobAtEndAsync(id);
        Assert.True((string?)job["state"] == "succeeded", job.ToJsonString());
        return await client.ObjectsAsync(id);
    }

    private static async Task<byte[]> OneAsync(HttpClient client, byte[][] files, string options)
    {
        using HttpResponseMessage response = await client.PostAsync(
            Raw(TestSeries.Zip(files), "application/zip"), "?model=analytic&options=" + Uri.EscapeDataString(options), "wait=60", "application/dicom");
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static DicomDataset[] Opened(IReadOnlyDictionary<string, byte[]> objects) => [.. objects.Values.Select(one => DicomFile.Open(one).Dataset)];

    private static string Tracking(DicomDataset seg) => seg.GetSequence(DicomTag.SegmentSequence).Items[0].GetString(DicomTag.TrackingUID);

    private static MedISeg.Imaging.Volumes.LabelMap DicomSegmentation(DicomDataset seg) => MedISeg.Dicom.Segmentations.DicomSegmentation.Create(seg).ToLabelMap();
}
