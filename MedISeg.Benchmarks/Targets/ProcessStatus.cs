using System.Globalization;

namespace MedISeg.Benchmarks.Targets;

/// <summary>What Linux says of this process.</summary>
internal static class ProcessStatus
{
    /// <summary>Largest resident memory so far, KiB.</summary>
    public static long PeakKiB => Read("VmHWM:");

    /// <summary>Resident memory now, KiB.</summary>
    public static long NowKiB => Read("VmRSS:");

    private static long Read(string key) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
