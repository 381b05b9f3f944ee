using System.Diagnostics;
using System.Globalization;
using MedISeg.Benchmarks.Targets;

namespace MedISeg.Benchmarks.Engine;

/// <summary>A process that does one <see cref="EngineWork"/> a line of its input and answers with a line: CPU seconds, result, peak memory
/// and memory before the first work in KiB.</summary>
internal static class EngineServer
{
    /// <summary>First argument of such a process.</summary>
    public const string Verb = "engine-work";

    /// <summary>Serves until the input ends.</summary>
    /// <param name="name">Of one of <see cref="EngineTargets.Works"/>.</param>
    public static int Run(string name)
    {
        EngineWork chosen = EngineTargets.Works.Single(one => one.Name == name);
        Func<double> work = chosen.Prepare();
        GC.Collect();
        long start = ProcessStatus.NowKiB;
        while (Console.ReadLine() is not null)
        {
            GC.Collect();
            TimeSpan before = CpuTime();
            double result = work();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(CpuTime() - before).TotalSeconds} {result:R} {ProcessStatus.PeakKiB} {start}"));
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
