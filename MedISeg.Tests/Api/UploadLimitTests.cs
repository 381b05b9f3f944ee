using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>A body over the limit is refused before it costs memory or disk.</summary>
public sealed class UploadLimitTests : IAsyncDisposable
{
    private const int Limit = 1 << 20;
    private readonly ReadCounter _counter = new();
    private readonly ApiHost _host;

    public UploadLimitTests() => _host = new ApiHost(
        new Dictionary<string, string> { ["Limits:MaxUploadBytes"] = $"{Limit}" }, services: services => services.AddSingleton<IStartupFilter>(_counter));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_ContentLengthOverTheLimit_IsRefusedUnread()
    {
        using LongBody body = new(announced: Limit + 1L);

        using HttpResponseMessage response = await _host.CreateClient().PostAsync(body);

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", $"{Limit} bytes");
        Assert.Equal(0, _counter.Read);
        Assert.Empty(_host.DataFolders);
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("multipart/form-data; boundary=b")]
    public async Task Post_LongBodyOfUnknownLength_IsReadToTheLimitOnly(string type)
    {
        using LongBody body = new(announced: null, type);

        using HttpResponseMessage response = await _host.CreateClient().PostAsync(body);

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "Limits:MaxUploadBytes");
        // One buffer more at most.
        Assert.InRange(_counter.Read, Limit, Limit + (1 << 17));
        Assert.Empty(_host.DataFolders);
    }

    [Fact]
    public async Task Post_BodyOfExactlyTheLimit_IsTaken()
    {
        byte[] image = [.. TestImages.SmallNifti(gzip: false), .. new byte[Limit]];

        using HttpResponseMessage response = await _host.CreateClient().PostAsync(Raw(image[..Limit]), prefer: "respond-async");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(Limit, _counter.Read);
    }

    /// <summary>Counts what the service reads of request bodies.</summary>
    private sealed class ReadCounter : IStartupFilter
    {
        public long Read { get; private set; }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Request.Body = new CountingStream(context.Request.Body, this);
                return rest(context);
            });
            next(app);
        };

        private sealed class CountingStream(Stream inner, ReadCounter counter) : Stream
        {
            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                int count = await inner.ReadAsync(buffer, cancellationToken);
                counter.Read += count;
                return count;
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override void Flush() => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        }
    }
}
