using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Uploads;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Models;

/// <summary>Adds packages to the folder of models and takes them away, whole or not at all.</summary>
internal sealed class ModelRepository(ModelCatalog models, IOptions<ModelOptions> options, IOptions<LimitOptions> limits, TimeProvider time, ILogger<ModelRepository> logger) : IDisposable
{
    /// <summary>Folder of what is being added or removed; no name of a package begins with a point.</summary>
    private const string Staging = ".staging";

    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _one = new(1);

    private string Root => Path.GetFullPath(options.Value.Root);

    /// <summary>Adds a package, when it has run one patch.</summary>
    /// <param name="name">Name that its manifest must have.</param>
    /// <param name="version">Version that its manifest must have.</param>
    /// <param name="body">A zip archive of its folder.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <returns>Whether it is new; false: the same package was there.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidPackage"/>, <see cref="ErrorCode.ModelConflict"/>, <see
    /// cref="ErrorCode.UnreadableArchive"/>, <see cref="ErrorCode.TooLarge"/>; nothing has changed.</exception>
    public async Task<bool> AddAsync(string name, string version, Stream body, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        string staging = "";
        try
        {
            staging = NewFolder();
            string archive = Path.Combine(staging, "package.zip"), folder = Directory.CreateDirectory(Path.Combine(staging, "package")).FullName;
            FileStream file = new(archive, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (file.ConfigureAwait(false))
                await new LimitedStream(body, limits.Value.MaxUploadBytes).CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            // Minutes for large networks: not on a thread of requests.
            return await Task.Factory.StartNew(
                () => Add(name, version, archive, folder, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw NotWritable(e);
        }
        finally
        {
            Remove(staging);
            _one.Release();
        }
    }

    /// <summary>Takes a version away. Jobs that run with it end as they would; those that wait for it fail.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>; <see cref="ErrorCode.ModelConflict"/>: it is another package's first
    /// stage, or the folder cannot be written.</exception>
    public async Task RemoveAsync(string name, string version, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        string staging = "";
        try
        {
            // Only names that the folder has are paths.
            if (models.TryFind(name, version) is null && models.Problems.All(problem => problem.Package != $"{name}/{version}")) models.Find(name, version);
            if (models.Models.FirstOrDefault(model => model.Cascade?.Model == name && model.Cascade.Version == version) is { } user)
                throw new SegmentationException(ErrorCode.ModelConflict, $"The package is the first stage of {user.Name}@{user.Version}; delete that first.");
            staging = NewFolder();
            Directory.Move(Path.Combine(Root, name, version), Path.Combine(staging, "package"));
            DurableFiles.FlushFolder(Path.Combine(Root, name));
            models.Refresh(load: false, CancellationToken.None);
            Log.ModelRemoved(logger, name, version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
        finally
        {
            Remove(staging);
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private bool Add(string name, string version, string archive, string folder, CancellationToken cancellationToken)
    {
        PackageArchive.Unpack(archive, folder, limits.Value, cancellationToken);
        File.Delete(archive);
        (ModelManifest manifest, string sha256) = Checked(folder, cancellationToken);
        if (manifest.Name != name || manifest.Version != version)
            throw new SegmentationException(ErrorCode.InvalidPackage,
                $"The package is {manifest.Name} {manifest.Version}; send it to /v1/models/{manifest.Name}/{manifest.Version}.");
        string target = Path.Combine(Root, name, version);
        if (Directory.Exists(target))
        {
            // Another node may have put it there a moment ago.
            models.Refresh(options.Value.Preload, cancellationToken);
            if (models.TryFind(name, version) is not null && models.Sha256Of(name, version) == sha256) return false;
            throw new SegmentationException(ErrorCode.ModelConflict, "There is another package of this name and version; give yours a new version, or delete that one first.");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        Directory.Move(folder, target);
        DurableFiles.FlushFolder(Path.GetDirectoryName(target)!);
        DurableFiles.FlushFolder(Root);
        // It is there now, whatever the client does.
        models.Refresh(options.Value.Preload, CancellationToken.None);
        Log.ModelAdded(logger, name, version, sha256);
        return true;
    }

    private (ModelManifest Manifest, string Sha256) Checked(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return models.Check(folder, cancellationToken);
        }
        catch (SegmentationException e) when (e.Code == ErrorCode.ModelFailed)
        {
            throw new SegmentationException(ErrorCode.InvalidPackage, e.Message, e.Errors);
        }
    }

    private string NewFolder()
    {
        DirectoryInfo staging = Directory.CreateDirectory(Path.Combine(Root, Staging));
        // Left by a service that was killed; other nodes may be at work in younger ones.
        foreach (DirectoryInfo old in staging.EnumerateDirectories().Where(old => time.GetUtcNow() - old.LastWriteTimeUtc > Forgotten)) Remove(old.FullName);
        return staging.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
    }

    /// <summary>What cannot be removed is no package and does no harm.</summary>
    private void Remove(string staging)
    {
        if (staging.Length == 0) return;
        try
        {
            Directory.Delete(staging, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.CleanupFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
        }
    }

    private static SegmentationException NotWritable(Exception cause) => new(ErrorCode.ModelConflict,
        "The folder of models cannot be written; the operator lets the service write to Models:Root, or puts packages there without it.", cause);
}
