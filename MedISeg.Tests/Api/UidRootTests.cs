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
        await using ApiHost host = new(settings, packages: [DicomResults.Package]);
        using HttpClient client = host.CreateClient();
        // Without study and series these are named anew, too.
        byte[][] files = [.. TestSeries.Files().Select(file => TestSeries.Change(file, set => set.Remove(DicomTag.StudyInstanceUID).Remove(DicomTag.SeriesInstanceUID)))];
        HashSet<string> source = [.. files.SelectMany(file => DicomResults.Uids(DicomFile.Open(file).Dataset))];
        string id = await client.QueueAsync(Raw(TestSeries.Zip(files), "application/zip"),
            $$"""?model=analytic&options={"uids":"{{uids}}",{{DicomResults.Outputs}}}""");
        await client.JobAtEndAsync(id);

        IReadOnlyDictionary<string, byte[]> objects = await client.ObjectsAsync(id);
        Assert.Equal(10, objects.Count);
        foreach (byte[] one in objects.Values)
        {
            string[] made = [.. DicomResults.Uids(DicomFile.Open(one).Dataset).Where(uid => !uid.StartsWith(Standard, StringComparison.Ordinal) && !source.Contains(uid))];
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
        Assert.Equal(valid, new DicomResultCrossValidator().Validate(null, new DicomResultOptions { UidRoot = root }).Succeeded);

    [Fact]
    public void Derive_LargestNumberBehindTheLongestRoot_FitsAUid()
    {
        Span<byte> largest = stackalloc byte[32];
        largest.Fill(0xff);
        Assert.Equal(DicomUID.Longest, DicomUID.FromHash(largest, Root).Length);
        Assert.Equal($"{Root}.{DicomUID.Derive("text")[5..]}", DicomUID.Derive("text", Root));
    }
}
