using System.Globalization;
using System.Text.Json;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>
/// Where a job's files lie: <c>uploads/ID</c> while they arrive, <c>jobs/ID/input</c> once accepted, <c>jobs/ID/result-TOKEN</c> for what one
/// start of the job made. All names are ours.
/// </summary>
internal sealed class JobFiles
{
    private const string ListName = "list.json";

    private readonly string _uploads, _jobs;

    /// <summary>Creates the folders where they are missing; only their owner may look into them.</summary>
    public JobFiles(IOptions<DataOptions> options)
    {
        Root = Path.GetFullPath(options.Value.Root);
        _uploads = Path.Combine(Root, "uploads");
        _jobs = Path.Combine(Root, "jobs");
        CreatePrivate(Root);
        CreatePrivate(_uploads);
        CreatePrivate(_jobs);
    }

    /// <summary>Root of all data.</summary>
    public string Root { get; }

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

    /// <summary>Path of an input file, from 0.</summary>
    public string Input(string id, int index) => Path.Combine(_jobs, Checked(id), "input", InputName(index));

    /// <summary>What a job's input files are.</summary>
    public InputList List(string id)
    {
        using FileStream file = File.OpenRead(Path.Combine(_jobs, Checked(id), "input", ListName));
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
    public void RemoveInput(string id) => Remove(Path.Combine(_jobs, Checked(id), "input"));

    /// <summary>Removes all files of a job; nothing happens where there are none.</summary>
    public void RemoveJob(string id) => Remove(Path.Combine(_jobs, Checked(id)));

    /// <summary>Ids of folders that have not been touched since a time.</summary>
    public IReadOnlyList<string> FoldersBefore(DateTimeOffset time) =>
        [.. new DirectoryInfo(_jobs).EnumerateDirectories().Where(folder => folder.LastWriteTimeUtc < time.UtcDateTime && JobId.IsValid(folder.Name))
            .Select(folder => folder.Name)];

    private static string Checked(string id) => JobId.IsValid(id) ? id : throw new ArgumentException("Not a job id.", nameof(id));

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Remove(string folder)
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
