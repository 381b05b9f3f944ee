using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Api.Jobs;

namespace MedISeg.Api.Routing;

/// <summary>
/// Series that are coming in, one folder each below <c>inbox</c>: a file for each instance, named by the hash of its UID, so that one that comes
/// twice is kept once, and what the series is. The folder's time is that of the last arrival; a restart loses nothing.
/// </summary>
internal sealed class Inbox(JobFiles files, TimeProvider time)
{
    private const string ArrivalName = "arrival.json";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30), BetweenTries = TimeSpan.FromMilliseconds(5);

    private readonly string _root = Directory.CreateDirectory(Path.Combine(files.Root, "inbox")).FullName;

    /// <summary>Takes an instance, durably.</summary>
    /// <param name="arrival">Its series.</param>
    /// <param name="instance">UID of the instance.</param>
    /// <param name="path">Its file, flushed, on the same disk; moved away.</param>
    public void Add(Arrival arrival, string instance, string path)
    {
        using (Enter())
        {
            string folder = Path.Combine(_root, Hash($"{arrival.Owner}|{arrival.Study}|{arrival.Series}"));
            string description = Path.Combine(folder, ArrivalName);
            Directory.CreateDirectory(folder);
            if (!File.Exists(description) || arrival.Repeat) Describe(description, arrival);
            File.Move(path, Path.Combine(folder, Hash(instance) + ".dcm"), overwrite: true);
            DurableFiles.FlushFolder(folder);
            DurableFiles.FlushFolder(_root);
            Directory.SetLastWriteTimeUtc(folder, time.GetUtcNow().UtcDateTime);
        }
    }

    /// <summary>Folders of which nothing came since a time, oldest first.</summary>
    public IReadOnlyList<string> QuietSince(DateTimeOffset since) =>
        [.. new DirectoryInfo(_root).EnumerateDirectories().Where(folder => folder.LastWriteTimeUtc <= since.UtcDateTime)
            .OrderBy(folder => folder.LastWriteTimeUtc).Select(folder => folder.FullName)];

    /// <summary>Declares the series of a study complete.</summary>
    /// <returns>How many of the caller's there are.</returns>
    public int Complete(string owner, string study)
    {
        using (Enter())
        {
            string[] found = [.. Directory.GetDirectories(_root).Where(folder => Read(folder) is { } arrival && arrival.Owner == owner && arrival.Study == study)];
            foreach (string folder in found) Directory.SetLastWriteTimeUtc(folder, DateTime.UnixEpoch);
            return found.Length;
        }
    }

    /// <summary>What a folder's series is; null: it was left unfinished.</summary>
    public static Arrival? Read(string folder)
    {
        string description = Path.Combine(folder, ArrivalName);
        if (!File.Exists(description)) return null;
        using FileStream file = File.OpenRead(description);
        return JsonSerializer.Deserialize<Arrival>(file);
    }

    /// <summary>Files of a folder's instances, in an order that does not depend on their arrival.</summary>
    public static IReadOnlyList<string> Instances(string folder) => [.. Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal)];

    /// <summary>Removes a folder, unless something came to it since a time.</summary>
    public void Remove(string folder, DateTimeOffset since)
    {
        using (Enter())
        {
            if (Directory.GetLastWriteTimeUtc(folder) <= since.UtcDateTime) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Has a folder wait for another quiet time.</summary>
    public void Postpone(string folder)
    {
        using (Enter()) Directory.SetLastWriteTimeUtc(folder, time.GetUtcNow().UtcDateTime);
    }

    /// <summary>A name without patient data: 32 hexadecimal digits.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    /// <summary>Keeps others off the folders, in this process and in others on the same disk, until it is disposed of.</summary>
    private FileStream Enter()
    {
        for (long start = time.GetTimestamp(); ;)
            try
            {
                return new FileStream(Path.Combine(_root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(start) < LongestWait)
            {
                Thread.Sleep(BetweenTries);
            }
    }

    private static void Describe(string path, Arrival arrival)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
        DurableFiles.Write(fresh, stream => JsonSerializer.Serialize(stream, arrival));
        File.Move(fresh, path, overwrite: true);
    }
}
