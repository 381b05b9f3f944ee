using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;

namespace MedISeg.Api.Auth;

/// <summary>
/// Who did what to which job: a line of JSON each, in files <c>audit/YYYY-MM-DD.jsonl</c> of the data folder that are only ever appended to.
/// Each line holds the hash of the line before, across files and processes, so that one that was changed or taken out shows. No patient data.
/// </summary>
internal sealed class AuditTrail(JobFiles files, TimeProvider time) : IDisposable
{
    /// <summary>Folder below the data root.</summary>
    public const string Folder = "audit";

    /// <summary>What stands for the hash before the first line.</summary>
    public const string NoneBefore = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>More than the longest line, bytes.</summary>
    private const int LongestLine = 1 << 16;

    private const int MostTries = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly string _root = Path.Combine(files.Root, Folder), _lock = Path.Combine(files.Root, Folder + ".lock");

    /// <summary>Appends a line and flushes it to the disk.</summary>
    /// <exception cref="IOException">It could not be written: what was asked for must not happen unseen.</exception>
    public async Task AppendAsync(AuditEntry entry)
    {
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            FileStream held = await TakeAsync().ConfigureAwait(false);
            await using (held.ConfigureAwait(false)) Append(entry);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Appends a line for each job that was given up.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public async Task DeadLetteredAsync(IReadOnlyList<string> jobs, string traceId)
    {
        foreach (string job in jobs) await AppendAsync(new AuditEntry(AuditEntry.Service, "deadLetterJob", job, null, null, traceId)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    /// <summary>Keeps other processes on the same data folder away.</summary>
    private async Task<FileStream> TakeAsync()
    {
        for (int tries = 1; ; tries++)
            try
            {
                return new FileStream(_lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < MostTries)
            {
                await Task.Delay(Pause, time).ConfigureAwait(false);
            }
    }

    private void Append(AuditEntry entry)
    {
        Directory.CreateDirectory(_root);
        DateTimeOffset now = time.GetUtcNow();
        string path = Path.Combine(_root, $"{now:yyyy-MM-dd}.jsonl");
        // One that is empty is of a process that died before it wrote.
        string? newest = Directory.GetFiles(_root, "*.jsonl").Where(file => new FileInfo(file).Length > 0).Order(StringComparer.Ordinal).LastOrDefault();
        (string previous, bool isTorn) = newest is null ? (NoneBefore, false) : End(newest);
        // The clock of another machine may be a day ahead.
        if (newest is not null && string.CompareOrdinal(newest, path) > 0) path = newest;
        byte[] line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry with { Time = now, Previous = previous }, ApiJson.Options));
        FileStreamOptions how = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream file = new(path, how);
        file.Write([.. isTorn && path == newest ? "\n"u8 : [], .. line, (byte)'\n']);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Hash of a file's last line, and whether a process died while it wrote it.</summary>
    private static (string Hash, bool IsTorn) End(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] end = new byte[Math.Min(file.Length, LongestLine)];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        bool isTorn = end[^1] != '\n';
        ReadOnlySpan<byte> lines = isTorn ? end : end.AsSpan(0, end.Length - 1);
        return (Convert.ToHexStringLower(SHA256.HashData(lines[(lines.LastIndexOf((byte)'\n') + 1)..])), isTorn);
    }
}
