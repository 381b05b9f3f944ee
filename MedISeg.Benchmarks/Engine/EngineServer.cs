using System.Diagnostics;
using System.Globalization;
using MedISeg.Benchmarks.Dicom;
using MedISeg.Benchmarks.Targets;

namespace MedISeg.Benchmarks.Engine;

/// <summary>A process that does one <see cref="EngineWork"/> a line of its input and answers with a line: seconds, result, peak memory
/// and memory before the first work in KiB.</summary>
internal static class EngineServer
{
    /// <summary>First argument of such a process.</summary>
    public const string Verb = "engine-work";

    /// <summary>Last argument of one that measures by the clock on the wall instead of CPU time.</summary>
    public const string Wall = "wall";

    /// <summary>Serves until the input ends.</summary>
    /// <param name="name">Of one of <see cref="EngineTargets.Works"/> or <see cref="DicomTargets.Works"/>.</param>
    /// <param name="wall">Measure by the clock on the wall, trivial networks included.</param>
    public static int Run(string name, bool wall)
    {
        EngineWork chosen = EngineTargets.Works.Concat(DicomTargets.Works).Single(one => one.Name == name);
        Func<double> work = chosen.Prepare();
        GC.Collect();
        long start = ProcessStatus.NowKiB;
        while (Console.ReadLine() is not null)
        {
            GC.Collect();
            // Decoders count too; to look for them takes time that does not.
            double children = ProcessStatus.ChildSeconds;
            TimeSpan before = wall ? Stopwatch.GetElapsedTime(0) : CpuTime();
            double result = work();
            TimeSpan taken = (wall ? Stopwatch.GetElapsedTime(0) : CpuTime()) - before;
            if (!wall) taken += TimeSpan.FromSeconds(ProcessStatus.ChildSeconds - children);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taken.TotalSeconds} {result:R} {ProcessStatus.PeakKiB} {start}"));
            if (chosen.InPlace) work();
        }
        return 0;
    }

    private static TimeSpan CpuTime()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime - TimeSpan.FromSeconds(NetworkClock.Seconds);
    }
}
