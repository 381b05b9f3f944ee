using System.Globalization;

namespace MedISeg.Benchmarks.Targets;

/// <summary>What Linux says of this process and of the machine.</summary>
internal static class ProcessStatus
{
    /// <summary>Largest resident memory so far, KiB.</summary>
    public static long PeakKiB => Read("VmHWM:");

    /// <summary>Resident memory now, KiB.</summary>
    public static long NowKiB => Read("VmRSS:");

    /// <summary>Memory that programs can still take without swapping, MiB.</summary>
    public static double AvailableMiB => Read("MemAvailable:", "/proc/meminfo") / 1024.0;

    private static long Read(string key, string file = "/proc/self/status") => long.Parse(
        File.ReadLines(file).First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
