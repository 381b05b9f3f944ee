using System.Runtime.InteropServices;

namespace MedISeg.Benchmarks.Targets;

/// <summary>CPU time of the calling thread, which other work on the machine disturbs little.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Seconds since the thread began. Linux only.</summary>
    public static unsafe double Seconds
    {
        get
        {
            // struct timespec: seconds, nanoseconds.
            long* time = stackalloc long[2];
            if (ClockGetTime(ThreadCpuTime, time) != 0)
                throw new PlatformNotSupportedException("CPU time of a thread is read on Linux only.");
            return time[0] + time[1] * 1e-9;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ClockGetTime(int clock, long* time);
}
