using System.Globalization;
using System.Text.Json;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>
/// Where a job's files lie: <c>uploads/ID</c> while they arrive, <c>jobs/ID/input</c> once accepted, <c>jobs/ID/result-TOKEN</c> for what one
/// start of the job made. All names are ours. Where artifacts are kept elsewhere these are folders of this process, below its work folder.
/// </summary>
internal sealed class JobFiles
{
    private const string ListName = "list.json";

    private readonly string _uploads, _jobs, _transfers, _borrowed;

    /// <summary>Creates the folders where they are missing; only their owner may look into them.</summary>
    public JobFiles(IOptions<DataOptions> options)
    {
        Root = Path.GetFullPath(options.Value.Root);
        Work = !options.Value.IsApart ? Root : options.Value.Work is { } work ? Path.GetFullPath(work) : Path.Combine(Root, "work");
        _uploads = Path.Combine(Work, "uploads");
        _jobs = Path.Combine(Work, "jobs");
        _transfers = Path.Combine(Work, "transfers");
        _borrowed = Path.Combine(Work, "results");
        CreatePrivate(Root);
        CreatePrivate(Work);
        CreatePrivate(_uploads);
        CreatePrivate(_jobs);
    }

    /// <summary>Root of all data.</summary>
    public string Root { get; }

    /// <summary>Root of uploads, inputs that are read and results that are written: the root of all data, or a folder of this process.</summary>
    public string Work { get; }

    /// <summary>Empties the work folder of a process that keeps its artifacts elsewhere.</summary>
    public void EmptyWork()
    {
        foreach (string folder in new[] { _uploads, _jobs, _transfers, _borrowed })
        {
            Remove(folder);
            CreatePrivate(folder);
        }
    }

    /// <summary>A new file that is gone when it is disposed of.</summary>
    public FileStream OpenTransfer() => new(Path.Combine(_transfers, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
        1 << 16, FileOptions.DeleteOnClose);

    /// <summary>Creates an empty folder for a result that was fetched.</summary>
    public string CreateBorrowed() => Directory.CreateDirectory(Path.Combine(_borrowed, Path.GetRandomFileName())).FullName;

    /// <summary>Whether a file can be written.</summary>
    public bool IsWritable()
    {
        string probe = Path.Combine(_uploads, ".probe");
        try
        {
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Creates the folder of an upload.</summary>
    public string StartUpload(string id)
    {
        string folder = Path.Combine(_uploads, Checked(id));
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Path of a file of an upload, from 0.</summary>
    public string Uploaded(string id, int index) => Path.Combine(_uploads, Checked(id), InputName(index));

    /// <summary>Removes all of a request that came to nothing.</summary>
    public void Drop(string id)
    {
        Remove(Path.Combine(_uploads, Checked(id)));
        RemoveJob(id);
    }

    /// <summary>Removes what uploads a dead process left.</summary>
    public void DropAllUploads()
    {
        foreach (string folder in Directory.GetDirectories(_uploads)) Remove(folder);
    }

    /// <summary>Removes uploads to which nothing came since a time: whoever received them is dead.</summary>
    public void DropUploadsBefore(DateTimeOffset time)
    {
        foreach (DirectoryInfo folder in new DirectoryInfo(_uploads).EnumerateDirectories())
            if (folder.EnumerateFileSystemInfos().Prepend(folder).All(entry => entry.LastWriteTimeUtc < time.UtcDateTime)) Remove(folder.FullName);
    }

    /// <summary>Makes an upload the input of its job, durably: its files must have been flushed.</summary>
    /// <param name="id">The upload, and the job.</param>
    /// <param name="order">Places of the files in the upload, in the order in which the job reads them.</param>
    /// <param name="list">What they are.</param>
    public void Accept(string id, IReadOnlyList<int> order, InputList list)
    {
        string upload = Path.Combine(_uploads, Checked(id)), job = Path.Combine(_jobs, id), input = Path.Combine(job, "input");
        Directory.CreateDirectory(input);
        for (int n = 0; n < order.Count; n++)
            File.Move(Path.Combine(upload, InputName(order[n])), Path.Combine(input, InputName(n)));
        Directory.Delete(upload);
        DurableFiles.Write(Path.Combine(input, ListName), stream => JsonSerializer.Serialize(stream, list));
        DurableFiles.FlushFolder(input);
        DurableFiles.FlushFolder(job);
        DurableFiles.FlushFolder(_jobs);
    }

    /// <summary>Name of an input file in its folder.</summary>
    public static string InputName(int index) => index.ToString(CultureInfo.InvariantCulture) + ".bin";

    /// <summary>Folder of a job's input.</summary>
    public string InputFolder(string id) => Path.Combine(_jobs, Checked(id), "input");

    /// <summary>Path of an input file, from 0.</summary>
    public string Input(string id, int index) => Path.Combine(InputFolder(id), InputName(index));

    /// <summary>Length of a job's input, bytes.</summary>
    public long InputBytes(string id) => Bytes(InputFolder(id));

    /// <summary>Length of all files of jobs, bytes.</summary>
    public long JobBytes() => Directory.EnumerateDirectories(_jobs).Sum(Bytes);

    /// <summary>What a job's input files are.</summary>
    public InputList List(string id)
    {
        using FileStream file = File.OpenRead(Path.Combine(InputFolder(id), ListName));
        return JsonSerializer.Deserialize<InputList>(file)!;
    }

    /// <summary>Folder of what the start with this token made.</summary>
    public string ResultFolder(string id, long token) =>
        Path.Combine(_jobs, Checked(id), "result-" + token.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates an empty result folder.</summary>
    public string CreateResultFolder(string id, long token)
    {
        string folder = ResultFolder(id, token);
        Remove(folder);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Removes what the start with this token made.</summary>
    public void RemoveResult(string id, long token) => Remove(ResultFolder(id, token));

    /// <summary>Removes a job's images: nothing reads them once it has ended.</summary>
    public void RemoveInput(string id) => Remove(InputFolder(id));

    /// <summary>Removes all files of a job; nothing happens where there are none.</summary>
    public void RemoveJob(string id) => Remove(Path.Combine(_jobs, Checked(id)));

    /// <summary>Ids of folders that have not been touched since a time.</summary>
    public IReadOnlyList<string> FoldersBefore(DateTimeOffset time) =>
        [.. new DirectoryInfo(_jobs).EnumerateDirectories().Where(folder => folder.LastWriteTimeUtc < time.UtcDateTime && JobId.IsValid(folder.Name))
            .Select(folder => folder.Name)];

    /// <summary>An id, once it is known to be one.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Checked(string id) => JobId.IsValid(id) ? id : throw new ArgumentException("Not a job id.", nameof(id));

    /// <summary>Creates a folder that only its owner may look into, unless it is there.</summary>
    public static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static long Bytes(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Removed meanwhile.
            return 0;
        }
    }

    /// <summary>Removes a folder with all that is in it, if it is there.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed already.
        }
    }
}
