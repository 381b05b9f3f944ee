using System.Globalization;

namespace MedISeg.Inference.Reports;

/// <summary>Resident memory of this process as Linux counts it.</summary>
public static class ProcessMemory
{
    private const string StatusFile = "/proc/self/status";

    /// <summary>Largest resident set so far (VmHWM), bytes; 0 where the system does not tell.</summary>
    public static long PeakBytes => Read("VmHWM:");

    /// <summary>Resident set now (VmRSS), bytes; 0 where the system does not tell.</summary>
    public static long ResidentBytes => Read("VmRSS:");

    private static long Read(string key)
    {
        if (!File.Exists(StatusFile)) return 0;
        foreach (string line in File.ReadLines(StatusFile))
            if (line.StartsWith(key, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(key.Length).TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long kib))
                return kib * 1024;
        return 0;
    }
}
