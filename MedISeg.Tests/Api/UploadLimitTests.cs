using System.Net;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>A body over the limit is refused before it costs memory or disk.</summary>
public sealed class UploadLimitTests : IAsyncDisposable
{
    private const int Limit = 1 << 20;
    private readonly ApiHost _host = new(new Dictionary<string, string> { ["Limits:MaxUploadBytes"] = $"{Limit}" });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_ContentLengthOverTheLimit_IsRefusedUnread()
    {
        using EndlessBody body = new(announced: Limit + 1L);

        using HttpResponseMessage response = await _host.CreateClient().PostAsync(body);

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", $"{Limit} bytes");
        Assert.InRange(body.Sent, 0, 256 * 1024);
        Assert.Empty(_host.DataFolders);
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("multipart/form-data; boundary=b")]
    public async Task Post_EndlessBody_IsNotReadMuchBeyondTheLimit(string type)
    {
        using EndlessBody body = new(announced: null, type);

        using HttpResponseMessage response = await _host.CreateClient().PostAsync(body);

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "Limits:MaxUploadBytes");
        Assert.InRange(body.Sent, Limit, Limit + 1024 * 1024);
        Assert.Empty(_host.DataFolders);
    }

    /// <summary>A NIfTI header and then zeros until nobody reads any more.</summary>
    private sealed class EndlessBody : HttpContent
    {
        private readonly long? _announced;
        private readonly bool _form;

        public EndlessBody(long? announced, string type = "application/octet-stream")
        {
            _announced = announced;
            _form = type.StartsWith("multipart", StringComparison.Ordinal);
            Headers.TryAddWithoutValidation("Content-Type", type);
        }

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            byte[] head = [.. _form ? "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n"u8.ToArray() : [], .. TestImages.SmallNifti(gzip: false)];
            byte[] zeros = new byte[16 * 1024];
            try
            {
                await stream.WriteAsync(head);
                for (Sent = head.Length; Sent < 100L * Limit; Sent += zeros.Length)
                {
                    await stream.WriteAsync(zeros);
                    await stream.FlushAsync();
                }
            }
            catch (IOException)
            {
                // The service reads no more.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _announced ?? 0;
            return _announced is not null;
        }
    }
}
