using System.IO.Compression;
using MedISeg.Api.Options;
using MedISeg.Dicom;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Whatever UID the service makes begins with the configured root.</summary>
public sealed class UidRootTests
{
    /// <summary>As long as a root may be.</summary>
    private const string Root = "1.2.826.0.1.3680043.9.77";

    private const string Standard = "1.2.840.10008.";

    [Theory]
    [InlineData("new")]
    [InlineData("stable")]
    public async Task Result_EveryUidThatIsMade_BeginsWithTheRoot(string uids)
    {
        Dictionary<string, string> settings = new() { ["Dicom:Results:UidRoot"] = Root };
        await using ApiHost host = new(settings, packages: [ApiHost.Volumes with { Members = 2, MemberShift = 150 }]);
        using HttpClient client = host.CreateClient();
        // Without study and series these are named anew, too.
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, set => set.Remove(DicomTag.StudyInstanceUID).Remove(DicomTag.SeriesInstanceUID)))];
        HashSet<string> source = [.. files.SelectMany(file => Uids(DicomFile.Open(file).Dataset))];
        string id = await client.QueueAsync(Raw(TestSeries.Zip(files), "application/zip"),
            $$"""?model=analytic&options={"uids":"{{uids}}","outputs":["labels","disagreement","overlay"]}""");
        await client.JobAtEndAsync(id);

        List<byte[]> objects = [];
        foreach (string what in (string[])["format=dcm", "format=seg-labelmap", "format=rtstruct", "format=sr", "output=disagreement&format=dcm"])
            objects.Add(await client.GetByteArrayAsync($"{Jobs}/{id}/result?{what}"));
        await using (ZipArchive overlay = new(new MemoryStream(await client.GetByteArrayAsync($"{Jobs}/{id}/result?format=overlay"))))
            foreach (ZipArchiveEntry entry in overlay.Entries)
            {
                using MemoryStream content = new();
                await using (Stream stream = await entry.OpenAsync()) await stream.CopyToAsync(content);
                objects.Add(content.ToArray());
            }

        Assert.Equal(10, objects.Count);
        foreach (byte[] one in objects)
        {
            string[] made = [.. Uids(DicomFile.Open(one).Dataset).Where(uid => !uid.StartsWith(Standard, StringComparison.Ordinal) && !source.Contains(uid))];
            Assert.True(made.Length >= 3);
            Assert.All(made, uid =>
            {
                Assert.StartsWith(Root + ".", uid, StringComparison.Ordinal);
                Assert.InRange(uid.Length, Root.Length + 2, DicomUID.Longest);
            });
        }
    }

    [Theory]
    [InlineData("2.25", true)]
    [InlineData("0.1", true)]
    [InlineData(Root, true)]
    [InlineData(Root + "7", false)]
    [InlineData("2", false)]
    [InlineData("3.25", false)]
    [InlineData("1.02", false)]
    [InlineData("1.2.", false)]
    [InlineData("1..2", false)]
    [InlineData(".2", false)]
    [InlineData("1.2\n", false)]
    [InlineData("", false)]
    public void UidRoot_WhatIsNoRoot_IsRefused(string root, bool valid) =>
        Assert.Equal(valid, new UidRootValidator().Validate(null, new DicomResultOptions { UidRoot = root }).Succeeded);

    [Fact]
    public void Derive_LargestNumberBehindTheLongestRoot_FitsAUid()
    {
        Span<byte> largest = stackalloc byte[32];
        largest.Fill(0xff);
        Assert.Equal(DicomUID.Longest, DicomUID.FromHash(largest, Root).Length);
        Assert.Equal($"{Root}.{DicomUID.Derive("text")[5..]}", DicomUID.Derive("text", Root));
    }

    /// <summary>All values of UIDs, at any depth.</summary>
    private static IEnumerable<string> Uids(DicomDataset dataset) => dataset.Items.SelectMany(item => item switch
    {
        DicomSequence sequence => sequence.Items.SelectMany(Uids),
        _ when item.ValueRepresentation.Code == "UI" => dataset.GetValues<string>(item.Tag).Where(uid => uid.Length > 0),
        _ => [],
    });
}
