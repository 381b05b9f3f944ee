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

    /// <summary>CPU seconds of the processes that this one started and that still run, in steps of 10 ms.</summary>
    public static double ChildSeconds
    {
        get
        {
            const int Parent = 1, User = 11, System = 12;
            const double Ticks = 100;
            double sum = 0;
            foreach (string folder in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])))
            {
                try
                {
                    // The name, in brackets, may hold blanks; after it come state, parent and so on.
                    string line = File.ReadAllText(Path.Combine(folder, "stat"));
                    string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
                    if (fields[Parent] == $"{Environment.ProcessId}")
                        sum += (long.Parse(fields[User], CultureInfo.InvariantCulture) + long.Parse(fields[System], CultureInfo.InvariantCulture)) / Ticks;
                }
                catch (IOException)
                {
                    // It has just ended.
                }
            }
            return sum;
        }
    }

    private static long Read(string key, string file = "/proc/self/status") => long.Parse(
        File.ReadLines(file).First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
