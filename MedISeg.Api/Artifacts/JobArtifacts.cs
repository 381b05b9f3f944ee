using System.Globalization;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Artifacts;

/// <summary>
/// Inputs and results of jobs between those who work with them. By default they stay in their folders, and nothing is copied. With an object store or with
/// encryption they are kept there as one artifact each, and their folders are a process's own, for as long as it works with them.
/// </summary>
internal sealed class JobArtifacts : IDisposable
{
    private const string InputName = "input";

    private readonly JobFiles _files;
    private readonly IArtifactStore? _store;
    private readonly ArtifactKeys? _keys;
    private readonly bool _keepsInputs;
    private readonly long? _maxBytes;
    private long _bytes;

    /// <summary>Reads the keys; asks the store for nothing.</summary>
    /// <exception cref="Hosting.StartRefusedException">The file of the keys is no such.</exception>
    public JobArtifacts(JobFiles files, IOptions<DataOptions> data, IOptions<JobOptions> jobs, ILogger<S3Artifacts> logger)
    {
        (_files, _keepsInputs, _maxBytes) = (files, jobs.Value.KeepInputs, data.Value.MaxBytes);
        if (data.Value.EncryptionKeyFile is { } keys) _keys = ArtifactKeys.Read(keys);
        if (data.Value.S3 is { } s3) _store = new S3Artifacts(s3, files, logger);
        else if (_keys is not null) _store = new FolderArtifacts(files.Root);
    }

    /// <summary>Whether artifacts are kept elsewhere than in the folders that are worked in.</summary>
    public bool IsApart => _store is not null;

    /// <summary>Whether each look at what is kept is needed for the quota.</summary>
    public bool HasQuota => _maxBytes is not null;

    /// <summary>Sees whether the store can be used.</summary>
    /// <exception cref="Hosting.StartRefusedException">It cannot.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => _store?.CheckAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Refuses a job for which there is no room.</summary>
    /// <param name="more">Bytes of its input.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.StorageFull"/>.</exception>
    public void CheckRoom(long more = 0)
    {
        if (_maxBytes is { } most && Interlocked.Read(ref _bytes) + Math.Max(more, 1) > most)
            throw new SegmentationException(ErrorCode.StorageFull,
                "Images and results take as much space as they may; delete jobs that are done with, or try again later. The operator sets Data:MaxBytes.");
    }

    /// <summary>Keeps an accepted input, durably.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.StoreUnavailable"/>, <see cref="ErrorCode.StorageFull"/>.</exception>
    public async Task SaveInputAsync(string id, CancellationToken cancellationToken)
    {
        if (HasQuota)
        {
            long bytes = _files.InputBytes(id);
            CheckRoom(bytes);
            if (_store is null) Interlocked.Add(ref _bytes, bytes);
        }
        if (_store is null) return;
        await SaveAsync(id, InputName, _files.InputFolder(id), cancellationToken).ConfigureAwait(false);
        _files.RemoveJob(id);
    }

    /// <summary>Puts the input of a job where it is read.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.StoreUnavailable"/>, <see cref="ErrorCode.ArtifactUnreadable"/>.</exception>
    public async Task FetchInputAsync(string id, CancellationToken cancellationToken)
    {
        if (_store is null) return;
        string folder = _files.InputFolder(id);
        _files.RemoveInput(id);
        Directory.CreateDirectory(folder);
        try
        {
            await FetchAsync(id, InputName, folder, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException e)
        {
            throw SealedFormat.Unreadable("The input of the job is not there any more.", e);
        }
    }

    /// <summary>Keeps what a start of a job made, durably.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.StoreUnavailable"/>.</exception>
    public async Task SaveResultAsync(string id, long token, CancellationToken cancellationToken)
    {
        if (_store is not null) await SaveAsync(id, ResultName(token), _files.ResultFolder(id, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lends a result; the caller disposes it.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.StoreUnavailable"/>, <see cref="ErrorCode.ArtifactUnreadable"/>.</exception>
    public async Task<BorrowedResult> OpenResultAsync(string id, long token, CancellationToken cancellationToken)
    {
        if (_store is null) return new BorrowedResult(_files.ResultFolder(id, token), () => { });
        // One for each who asks: nothing stays that nobody uses.
        string folder = _files.CreateBorrowed();
        BorrowedResult result = new(folder, () => JobFiles.Remove(folder));
        try
        {
            await FetchAsync(id, ResultName(token), folder, cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Removes what this process has of a job that is kept elsewhere.</summary>
    public void Leave(string id)
    {
        if (IsApart) _files.RemoveJob(id);
    }

    /// <summary>Removes the input of a job that has ended, unless inputs are to be kept as long as the job.</summary>
    public Task EndInputAsync(string id)
    {
        if (_keepsInputs) return Task.CompletedTask;
        _files.RemoveInput(id);
        return _store?.RemoveAsync(id, InputName, CancellationToken.None) ?? Task.CompletedTask;
    }

    /// <summary>Removes what a start of a job made.</summary>
    public Task RemoveResultAsync(string id, long token)
    {
        _files.RemoveResult(id, token);
        return _store?.RemoveAsync(id, ResultName(token), CancellationToken.None) ?? Task.CompletedTask;
    }

    /// <summary>Removes everything of a job.</summary>
    public Task RemoveAsync(string id)
    {
        _files.RemoveJob(id);
        return _store?.RemoveAsync(id, null, CancellationToken.None) ?? Task.CompletedTask;
    }

    /// <summary>Looks through all that is kept, for the quota and for what nobody owns.</summary>
    /// <param name="before">A time.</param>
    /// <returns>Ids of jobs of which nothing was kept since then.</returns>
    public async Task<IReadOnlyList<string>> SurveyAsync(DateTimeOffset before)
    {
        if (_store is null)
        {
            if (HasQuota) Interlocked.Exchange(ref _bytes, _files.JobBytes());
            return _files.FoldersBefore(before);
        }
        IReadOnlyList<StoredArtifact> all = await _store.ListAsync(CancellationToken.None).ConfigureAwait(false);
        Interlocked.Exchange(ref _bytes, all.Sum(one => one.Bytes));
        return [.. all.GroupBy(one => one.Id, StringComparer.Ordinal).Where(job => job.All(one => one.WrittenAt < before)).Select(job => job.Key)];
    }

    /// <inheritdoc />
    public void Dispose() => (_store as IDisposable)?.Dispose();

    private static string ResultName(long token) => "result-" + token.ToString(CultureInfo.InvariantCulture);

    private async Task SaveAsync(string id, string name, string folder, CancellationToken cancellationToken)
    {
        long bytes = await _store!.PutAsync(id, name, to =>
        {
            if (_keys is null)
            {
                ArtifactPack.Write(to, folder);
                return;
            }
            using SealedWriter sealing = new(to, _keys, id + "/" + name);
            ArtifactPack.Write(sealing, folder);
            sealing.Complete();
        }, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _bytes, bytes);
    }

    private Task FetchAsync(string id, string name, string folder, CancellationToken cancellationToken) => _store!.GetAsync(id, name, from =>
    {
        if (_keys is null)
        {
            ArtifactPack.Read(from, folder);
            return;
        }
        using SealedReader opened = new(from, _keys, id + "/" + name);
        ArtifactPack.Read(opened, folder);
    }, cancellationToken);
}
