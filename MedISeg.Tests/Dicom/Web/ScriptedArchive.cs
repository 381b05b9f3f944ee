using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MedISeg.Dicom.Web;

namespace MedISeg.Tests.Dicom.Web;

/// <summary>An archive that gives the answers of a list, one a request, and the last one from then on.</summary>
internal sealed class ScriptedArchive(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    /// <summary>What was asked: method, address and Accept.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Bodies of what was sent.</summary>
    public List<byte[]> Bodies { get; } = [];

    /// <summary>A client of it that does not wait between tries.</summary>
    public DicomWebClient Client(DicomWebOptions? options = null) => new(
        new HttpClient(this) { BaseAddress = new Uri("http://archive.test/dicom/"), Timeout = Timeout.InfiniteTimeSpan },
        options ?? new DicomWebOptions { FirstDelay = TimeSpan.Zero }, TimeProvider.System);

    /// <summary>A status without a body.</summary>
    public static Func<HttpResponseMessage> Status(int status, string? retryAfter = null) => () =>
    {
        HttpResponseMessage answer = new((HttpStatusCode)status) { Content = new ByteArrayContent([]) };
        if (retryAfter is not null) answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return answer;
    };

    /// <summary>JSON, or what pretends to be.</summary>
    public static Func<HttpResponseMessage> Json(string json, int status = 200) =>
        () => new((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, "application/dicom+json") };

    /// <summary>Objects, each a part.</summary>
    /// <param name="missingBytes">How many bytes the end of the body lacks.</param>
    /// <param name="files">Part 10 files.</param>
    public static Func<HttpResponseMessage> Objects(int missingBytes, params byte[][] files) => () =>
    {
        using MemoryStream body = new();
        foreach (byte[] file in files)
        {
            body.Write("\r\n--limit\r\nContent-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n\r\n"u8);
            body.Write(file);
        }
        body.Write("\r\n--limit--\r\n"u8);
        ByteArrayContent content = new(body.ToArray()[..^missingBytes]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/related; type=\"application/dicom\"; boundary=\"limit\"");
        return new HttpResponseMessage { Content = content };
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int number = Requests.Count;
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery} {request.Headers.Accept}");
        if (request.Content is not null) Bodies.Add(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        return answers[Math.Min(number, answers.Length - 1)]();
    }
}
