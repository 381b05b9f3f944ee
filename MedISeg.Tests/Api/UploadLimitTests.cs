using System.Net;
using MedISeg.Imaging.Volumes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>A body over the limit is refused before it costs memory or disk, and so are too many files or voxels.</summary>
public sealed class UploadLimitTests : IAsyncDisposable
{
    private const int Limit = 1 << 20, SmallVoxels = 5 * 7 * 9;
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

    [Fact]
    public async Task Post_MoreFilesThanTheLimit_IsTooLarge()
    {
        await using ApiHost host = TwoChannels("MaxFiles", 1);

        using HttpResponseMessage response = await host.CreateClient().PostAsync(TwoFiles());

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "more than 1 files, the limit of this service; send fewer");
        Assert.Empty(host.DataFolders);
    }

    [Fact]
    public async Task Post_MoreVoxelsThanTheLimit_IsTooLarge()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Limits:MaxVoxels"] = $"{SmallVoxels - 1}" });

        using HttpResponseMessage response = await host.CreateClient().PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", $"at most {SmallVoxels - 1} voxels of this type are read. Crop or resample");
    }

    [Fact]
    public async Task Post_MoreNetworkCallsThanTheLimit_IsTooLarge()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Limits:MaxNetworkCalls"] = "1" });

        using HttpResponseMessage response = await host.CreateClient().PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", " times, and the limit is 1; lower slidingWindow.overlap");
    }

    [Fact]
    public async Task Post_MoreVoxelsAtTheModelsSpacingThanTheLimit_IsTooLarge()
    {
        await using ApiHost host = new(
            new Dictionary<string, string> { ["Limits:MaxVoxels"] = $"{SmallVoxels}" }, [ApiHost.Volumes with { Spacing = [0.1, 0.1, 0.1] }]);

        using HttpResponseMessage response = await host.CreateClient().PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", "check the image's spacing");
    }

    [Theory]
    [InlineData("MaxVoxels", 2 * SmallVoxels - 1)]
    [InlineData("MaxVoxels", SmallVoxels)]
    [InlineData("MaxMemoryBytes", 2 * SmallVoxels * sizeof(short) - 1)]
    public async Task Post_ChannelsWithinTheLimitButNotTogether_IsTooLarge(string limit, int value)
    {
        await using ApiHost host = TwoChannels(limit, value);

        using HttpResponseMessage response = await host.CreateClient().PostAsync(TwoFiles(), prefer: "wait=60");

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large", $"up to channel 'channel-1' together exceed {(limit == "MaxVoxels" ? value : 1L << 30)} voxels");
    }

    [Theory]
    [InlineData("MaxVoxels", 2 * SmallVoxels)]
    [InlineData("MaxFiles", 2)]
    public async Task Post_ChannelsOfExactlyTheLimit_AreSegmented(string limit, int value)
    {
        await using ApiHost host = TwoChannels(limit, value);

        using HttpResponseMessage response = await host.CreateClient().PostAsync(TwoFiles(), prefer: "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), new GridSize(5, 7, 9));
    }

    private static ApiHost TwoChannels(string limit, int value) =>
        new(new Dictionary<string, string> { ["Limits:" + limit] = $"{value}" }, [ApiHost.Volumes with { Channels = 2 }]);

    private static MultipartFormDataContent TwoFiles() => new()
    {
        { new ByteArrayContent(TestImages.SmallNifti()), "channel-0", "a" }, { new ByteArrayContent(TestImages.SmallNifti()), "channel-1", "b" },
    };

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
