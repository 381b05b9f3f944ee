using System.Globalization;

namespace MedISeg.Api.SystemInformation;

/// <summary>Processors and memory that Linux allows this process, as containers get them.</summary>
/// <param name="Processors">Processors by the quota, above 0, may be a fraction; null: no quota.</param>
/// <param name="MemoryBytes">Most memory of the group; null: no limit.</param>
internal sealed record ControlGroup(double? Processors, long? MemoryBytes)
{
    /// <summary>Version 1 says "no limit" by a number near the largest.</summary>
    private const long Unlimited = 1L << 60;

    /// <summary>Threads for one network call: the quota rounded up where there is one; 0: the runtime decides.</summary>
    public int Threads => Processors is { } processors ? (int)Math.Clamp(Math.Ceiling(processors), 1, Environment.ProcessorCount) : 0;

    /// <summary>Reads the limits of this process: the smallest of its group and all groups above. Versions 1 and 2.</summary>
    /// <param name="root">Where the groups are mounted.</param>
    /// <param name="membership">File that names the groups of this process.</param>
    public static ControlGroup Read(string root = "/sys/fs/cgroup", string membership = "/proc/self/cgroup")
    {
        double? processors = null;
        long? memory = null;
        foreach (string line in Lines(membership))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3) continue;
            (string controllers, string path) = (parts[1], parts[2]);
            foreach (string folder in Upwards(Path.Combine(root, controllers), path))
            {
                processors = Least(processors, Quota(Words(folder, "cpu.max")) ?? Quota([.. Words(folder, "cpu.cfs_quota_us"), .. Words(folder, "cpu.cfs_period_us")]));
                memory = Least(memory, Bytes(Words(folder, "memory.max")) ?? Bytes(Words(folder, "memory.limit_in_bytes")));
            }
        }
        return new ControlGroup(processors, memory);
    }

    /// <summary>The folder of a group and those above it; in a container the names of the host's groups lead nowhere, and the mount is the group.</summary>
    private static IEnumerable<string> Upwards(string mount, string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Contains("..")) names = [];
        for (int count = names.Length; count >= 0; count--)
            yield return Path.Combine([mount, .. names[..count]]);
    }

    private static double? Quota(string[] words) =>
        words.Length == 2 && Number(words[0]) is { } quota and > 0 && Number(words[1]) is { } period and > 0 ? (double)quota / period : null;

    private static long? Bytes(string[] words) => words.Length == 1 && Number(words[0]) is { } bytes and > 0 and < Unlimited ? bytes : null;

    private static long? Number(string word) => long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    private static T? Least<T>(T? one, T? other) where T : struct, IComparable<T> =>
        one is null || other is { } smaller && smaller.CompareTo(one.Value) < 0 ? other : one;

    private static string[] Words(string folder, string file) =>
        Lines(Path.Combine(folder, file)) is [string line, ..] ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not Linux, no such controller, or hidden: no limit that we know of.
            return [];
        }
    }
}
