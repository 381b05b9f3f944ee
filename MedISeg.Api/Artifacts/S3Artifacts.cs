using System.Net;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Imaging.Errors;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace MedISeg.Api.Artifacts;

/// <summary>Artifacts as objects <c>PREFIX/jobs/ID/NAME</c> of a store that speaks S3. What goes there and comes from there lies in a file meanwhile, not in memory.</summary>
internal sealed class S3Artifacts : IArtifactStore, IDisposable
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    private readonly JobFiles _files;
    private readonly ILogger _logger;
    private readonly string _bucket, _jobs;
    private readonly HttpClient _http;
    private readonly IMinioClient _client;

    /// <summary>Prepares the client; asks for nothing.</summary>
    public S3Artifacts(S3Options options, JobFiles files, ILogger logger)
    {
        (_files, _logger, _bucket) = (files, logger, options.Bucket);
        string prefix = options.Prefix.Trim('/');
        _jobs = prefix.Length == 0 ? "jobs/" : prefix + "/jobs/";
        // A redirect would send signed requests, and images, to where nobody configured.
        SocketsHttpHandler plain = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = ConnectTime };
        _http = new HttpClient(new StatusGate { InnerHandler = plain }) { Timeout = options.Timeout };
        _client = new MinioClient().WithEndpoint(options.Endpoint!.Authority).WithSSL(options.Endpoint.Scheme == Uri.UriSchemeHttps)
            .WithRegion(options.Region).WithCredentials(options.AccessKey, options.SecretKey).WithHttpClient(_http).Build();
    }

    /// <inheritdoc />
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        bool there;
        try
        {
            there = await AskAsync(() => _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(_bucket), cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (SegmentationException e)
        {
            throw new StartRefusedException("The object store of Data:S3 cannot be used; check that it runs and that its keys are right.", e);
        }
        if (!there) throw new StartRefusedException("The bucket Data:S3:Bucket is not there, or its keys may not see it.");
    }

    /// <inheritdoc />
    public async Task<long> PutAsync(string id, string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        FileStream file = _files.OpenTransfer();
        await using (file.ConfigureAwait(false))
        {
            write(file);
            long length = file.Length;
            file.Position = 0;
            PutObjectArgs put = new PutObjectArgs().WithBucket(_bucket).WithObject(Key(id, name)).WithStreamData(file).WithObjectSize(length)
                .WithContentType("application/octet-stream");
            await AskAsync(() => _client.PutObjectAsync(put, cancellationToken), cancellationToken).ConfigureAwait(false);
            // What was sent in parts may have failed in an answer that says 200.
            StatObjectArgs see = new StatObjectArgs().WithBucket(_bucket).WithObject(Key(id, name));
            ObjectStat stat = await AskAsync(() => _client.StatObjectAsync(see, cancellationToken), cancellationToken).ConfigureAwait(false);
            return stat.Size == length ? length : throw Away();
        }
    }

    /// <inheritdoc />
    public async Task GetAsync(string id, string name, Action<Stream> read, CancellationToken cancellationToken)
    {
        FileStream file = _files.OpenTransfer();
        await using (file.ConfigureAwait(false))
        {
            GetObjectArgs get = new GetObjectArgs().WithBucket(_bucket).WithObject(Key(id, name))
                .WithCallbackStream((stream, cancel) => stream.CopyToAsync(file, cancel));
            ObjectStat stat = await AskAsync(() => _client.GetObjectAsync(get, cancellationToken), cancellationToken).ConfigureAwait(false);
            // The client may take an answer that broke off for its end.
            if (file.Length != stat.Size) throw Away();
            file.Position = 0;
            read(file);
        }
    }

    /// <inheritdoc />
    public async Task RemoveAsync(string id, string? name, CancellationToken cancellationToken)
    {
        IEnumerable<string> keys = name is not null
            ? [Key(id, name)]
            : (await ListAsync(Key(id, ""), cancellationToken).ConfigureAwait(false)).Select(item => item.Key);
        foreach (string key in keys)
            await AskAsync(async () =>
            {
                await _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_bucket).WithObject(key), cancellationToken).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredArtifact>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Item> items = await ListAsync(_jobs, cancellationToken).ConfigureAwait(false);
        return [.. items.Select(item => new StoredArtifact(IdOf(item.Key), (long)item.Size, item.LastModifiedDateTime ?? DateTime.MaxValue)).Where(one => JobId.IsValid(one.Id))];
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private string Key(string id, string name) => _jobs + JobFiles.Checked(id) + "/" + name;

    /// <summary>The job of an object; empty where it is none of ours.</summary>
    private string IdOf(string key) => key[_jobs.Length..].Split('/') is [{ } id, _] ? id : "";

    private Task<IReadOnlyList<Item>> ListAsync(string prefix, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<Item>>(async () =>
    {
        List<Item> items = [];
        ListObjectsArgs list = new ListObjectsArgs().WithBucket(_bucket).WithPrefix(prefix).WithRecursive(true);
        await foreach (Item item in _client.ListObjectsEnumAsync(list, cancellationToken).ConfigureAwait(false))
            if (item.Key.StartsWith(prefix, StringComparison.Ordinal)) items.Add(item);
        return items;
    }, cancellationToken);

    /// <summary>Asks the store something; what it does not do is told as one thing, and what it was the log says.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (ObjectNotFoundException e)
        {
            throw new FileNotFoundException("There is no such object.", e);
        }
#pragma warning disable CA1031 // The client throws whatever its parser meets, also references to nothing.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is (HttpIOException or not IOException))
#pragma warning restore CA1031
        {
            Log.ArtifactStoreFailed(_logger, failure.GetType().Name, (int?)(failure as HttpRequestException)?.StatusCode ?? 0);
            throw Away(failure);
        }
    }

    private static SegmentationException Away(Exception? inner = null) =>
        new(ErrorCode.StoreUnavailable, "The store of images and results does not answer as it should; try again later.", inner);

    /// <summary>Takes what is neither done nor absent for a failure: the client takes some of it, such as a redirect, for done.</summary>
    private sealed class StatusGate : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            bool isAbsent = response.StatusCode == HttpStatusCode.NotFound && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Delete);
            if (response.IsSuccessStatusCode || isAbsent) return response;
            HttpStatusCode status = response.StatusCode;
            response.Dispose();
            throw new HttpRequestException("The store refused.", null, status);
        }
    }
}
