using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Dicom;
using MedISeg.Tests.Dicom.Web;

namespace MedISeg.Tests.Api.Pacs;

/// <summary>An archive with one series, or more, of a study, which does what a test wants with what is sent to it.</summary>
/// <param name="files">The first series.</param>
/// <param name="others">The others.</param>
internal sealed class MemoryArchive(byte[][] files, params byte[][][] others) : HttpMessageHandler
{
    /// <summary>Answer to each object that is sent; by default it is taken.</summary>
    public Func<HttpResponseMessage> Take { get; set; } = ScriptedArchive.Json("{}");

    /// <summary>Objects for a request that wants them as they are; null: those of the series.</summary>
    public byte[][]? AsStored { get; set; }

    /// <summary>Bodies that were sent.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>Addresses that were asked, with Authorization.</summary>
    public List<string> Asked { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.PathAndQuery;
        lock (Asked) Asked.Add($"{path} {request.Headers.Authorization}".TrimEnd());
        if (request.Method == HttpMethod.Post)
        {
            byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            lock (Sent) Sent.Add(body);
            return Take();
        }
        if (path.Contains('?')) return ScriptedArchive.Json("[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"2.25.1\"]}}]")();
        if (others.Prepend(files).FirstOrDefault(one => path.Split('/').Contains(Header(one).GetString(DicomTag.SeriesInstanceUID))) is not { } series)
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        if (path.EndsWith("/metadata", StringComparison.Ordinal)) return ScriptedArchive.Json(Metadata(series))();
        return ScriptedArchive.Objects(0, request.Headers.Accept.ToString().Contains('*', StringComparison.Ordinal) ? AsStored ?? series : series)();
    }

    /// <summary>UIDs of the series.</summary>
    public string Study => Header(files).GetString(DicomTag.StudyInstanceUID);

    /// <inheritdoc cref="Study"/>
    public string Series => Header(files).GetString(DicomTag.SeriesInstanceUID);

    /// <summary>Header of a series' first file.</summary>
    public static DicomDataset Header(byte[][] series) => DicomFile.Open(series[0]).Dataset;

    private static string Metadata(byte[][] series) => new JsonArray([.. series.Select(file => new JsonObject
    {
        ["00080018"] = new JsonObject { ["vr"] = "UI", ["Value"] = new JsonArray(DicomFile.Open(file).Dataset.GetString(DicomTag.SOPInstanceUID)) },
    })]).ToJsonString();

    /// <summary>The one object in a body that was sent.</summary>
    public static byte[] ObjectOf(byte[] body)
    {
        int start = body.AsSpan().IndexOf("\r\n\r\n"u8) + 4, end = body.AsSpan().LastIndexOf("\r\n--"u8);
        Assert.StartsWith("--", Encoding.ASCII.GetString(body, 0, 2), StringComparison.Ordinal);
        return body[start..end];
    }
}
