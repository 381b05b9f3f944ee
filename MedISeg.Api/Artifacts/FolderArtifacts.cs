using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Artifacts;

/// <summary>Artifacts as files <c>jobs/ID/NAME</c> of a folder that several processes may share.</summary>
/// <param name="root">The folder; made where it is missing.</param>
internal sealed class FolderArtifacts(string root) : IArtifactStore
{
    private const string Unfinished = ".new";

    private readonly string _jobs = Path.Combine(root, "jobs");

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            JobFiles.CreatePrivate(_jobs);
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException("The folder Data:Root cannot be written.", e);
        }
    }

    /// <inheritdoc />
    public Task<long> PutAsync(string id, string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        string folder = Folder(id), path = Path.Combine(folder, name);
        Directory.CreateDirectory(folder);
        File.Delete(path + Unfinished);
        DurableFiles.Write(path + Unfinished, write);
        cancellationToken.ThrowIfCancellationRequested();
        File.Move(path + Unfinished, path, overwrite: true);
        DurableFiles.FlushFolder(folder);
        DurableFiles.FlushFolder(_jobs);
        return Task.FromResult(new FileInfo(path).Length);
    }

    /// <inheritdoc />
    public Task GetAsync(string id, string name, Action<Stream> read, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream file = new(Path.Combine(Folder(id), name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
            using StoppableStream stream = new(file, cancellationToken);
            read(stream);
            return Task.CompletedTask;
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileNotFoundException("There is no such job.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            // A folder of that name: the job is older than the encryption.
            throw new SegmentationException(ErrorCode.ArtifactUnreadable, "What was kept of the job is no file that may be read.", e);
        }
    }

    /// <inheritdoc />
    public Task RemoveAsync(string id, string? name, CancellationToken cancellationToken)
    {
        try
        {
            if (name is null) Directory.Delete(Folder(id), recursive: true);
            else File.Delete(Path.Combine(Folder(id), name));
        }
        catch (DirectoryNotFoundException)
        {
            // Removed already.
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredArtifact>> ListAsync(CancellationToken cancellationToken)
    {
        List<StoredArtifact> all = [];
        foreach (DirectoryInfo folder in new DirectoryInfo(_jobs).EnumerateDirectories().Where(folder => JobId.IsValid(folder.Name)))
        {
            // The folder counts as well: a process may have died before it wrote the first file.
            all.Add(new StoredArtifact(folder.Name, 0, folder.LastWriteTimeUtc));
            try
            {
                foreach (FileInfo file in folder.EnumerateFiles("*", SearchOption.AllDirectories)) all.Add(new StoredArtifact(folder.Name, file.Length, file.LastWriteTimeUtc));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Removed meanwhile.
            }
        }
        return Task.FromResult<IReadOnlyList<StoredArtifact>>(all);
    }

    private string Folder(string id) => Path.Combine(_jobs, JobFiles.Checked(id));
}
