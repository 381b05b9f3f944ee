using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Web;

/// <summary>The client against a real archive.</summary>
public sealed class DicomWebOrthancTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DicomSeries _series = SyntheticSeries.Create(SyntheticSeries.Oblique(new GridSize(4, 5, 7)));
    private readonly string[] _paths;

    public DicomWebOrthancTests()
    {
        string source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        SyntheticSeries.Save(_series, source);
        _paths = Directory.GetFiles(source);
    }

    private string Study => _series.Header.GetString(DicomTag.StudyInstanceUID);

    private string Series => _series.Header.GetString(DicomTag.SeriesInstanceUID);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_SeriesStored_IsFoundListedAndFetched(bool password)
    {
        using OrthancServer orthanc = await OrthancServer.StartAsync(password);
        DicomWebClient client = orthanc.Client(password ? OrthancServer.Password : null);
        StoreOutcome first = await client.StoreAsync(_paths, Token), again = await client.StoreAsync(_paths, Token);
        Assert.Equal((4, 4), (first.Stored, again.Stored));
        Assert.Empty(again.Failures);

        Assert.Contains(Study, Encoding.UTF8.GetString(await client.SearchAsync($"studies?StudyInstanceUID={Study}", Token)), StringComparison.Ordinal);
        Assert.Equal("[]", Encoding.UTF8.GetString(await client.SearchAsync("studies?StudyInstanceUID=2.25.9", Token)).Replace(" ", "", StringComparison.Ordinal).Trim());
        IReadOnlyList<RemoteInstance> instances = await client.ListInstancesAsync(Study, Series, Token);
        Assert.Equal(_series.Slices.Select(slice => slice.Header.GetString(DicomTag.SOPInstanceUID)).Order(StringComparer.Ordinal),
            instances.Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal));
        Assert.All(instances, instance => Assert.Equal(5 * 7 * 2, instance.PixelBytes));

        string target = Directory.CreateDirectory(Path.Combine(_folder.Path, "target")).FullName;
        foreach (bool plain in (bool[])[false, true])
        {
            IReadOnlyList<string> fetched = await client.RetrieveSeriesAsync(Study, Series, instances, n => Path.Combine(target, $"{n}.bin"), plain, Token);
            Assert.Equal(Pixels(_paths), Pixels(fetched));
        }
    }

    [Fact]
    public async Task Client_WrongPasswordUnknownSeriesOrStopped_IsToldApart()
    {
        using OrthancServer orthanc = await OrthancServer.StartAsync(password: true);
        await FailsAsync(ErrorCode.PacsFailed, "credentials", () => orthanc.Client("wrong").SearchAsync("studies", Token));
        await FailsAsync(ErrorCode.UnknownSeries, "no such", () => orthanc.Client(OrthancServer.Password).ListInstancesAsync("2.25.1", "2.25.2", Token));
        orthanc.Stop();
        await FailsAsync(ErrorCode.PacsFailed, "cannot be reached", () => orthanc.Client(OrthancServer.Password).SearchAsync("studies", Token));
    }

    private static Dictionary<string, string> Pixels(IEnumerable<string> paths) => paths.Select(path => DicomFile.Open(path).Dataset).ToDictionary(
        set => set.GetString(DicomTag.SOPInstanceUID), set => Convert.ToHexString(set.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.Span));

    private static async Task FailsAsync(ErrorCode code, string detail, Func<Task> call)
    {
        SegmentationException failure = await Assert.ThrowsAsync<SegmentationException>(call);
        Assert.Equal(code, failure.Code);
        Assert.Contains(detail, failure.Message, StringComparison.Ordinal);
    }
}
