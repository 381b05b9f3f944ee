using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;

namespace MedISeg.Api.Auth;

/// <summary>
/// Who did what to which job: a line of JSON each, in files <c>audit/YYYY-MM-DD.jsonl</c> of the data folder that are only ever appended to.
/// Each line holds the hash of the line before, across files, so that one that was changed or taken out shows. No patient data.
/// </summary>
internal sealed class AuditTrail(JobFiles files, TimeProvider time) : IDisposable
{
    /// <summary>Folder below the data root.</summary>
    public const string Folder = "audit";

    /// <summary>What stands for the hash before the first line.</summary>
    public const string NoneBefore = "0000000000000000000000000000000000000000000000000000000000000000";

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly string _root = Path.Combine(files.Root, Folder);
    private string? _previous;

    /// <summary>Appends a line and flushes it to the disk.</summary>
    /// <exception cref="IOException">It could not be written: what was asked for must not happen unseen.</exception>
    public async Task AppendAsync(AuditEntry entry)
    {
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            Directory.CreateDirectory(_root);
            string path = Path.Combine(_root, $"{now:yyyy-MM-dd}.jsonl");
            bool isTorn = _previous is null && EndsInMidLine(path);
            _previous ??= LastHash();
            byte[] line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry with { Time = now, Previous = _previous }, ApiJson.Options));
            FileStreamOptions how = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
            if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream file = new(path, how))
            {
                file.Write([.. isTorn ? "\n"u8 : [], .. line, (byte)'\n']);
                file.Flush(flushToDisk: true);
            }
            _previous = Hash(line);
        }
        catch
        {
            // A part of the line may be there: what follows goes by the file.
            _previous = null;
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    /// <summary>Whether a process died while it wrote.</summary>
    private static bool EndsInMidLine(string path)
    {
        if (!File.Exists(path)) return false;
        using FileStream file = File.OpenRead(path);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private string LastHash()
    {
        string? newest = Directory.GetFiles(_root, "*.jsonl").Order(StringComparer.Ordinal).LastOrDefault();
        if (newest is null || File.ReadLines(newest).LastOrDefault() is not { } last) return NoneBefore;
        return Hash(Encoding.UTF8.GetBytes(last));
    }

    private static string Hash(byte[] line) => Convert.ToHexStringLower(SHA256.HashData(line));
}
