using System.Runtime.InteropServices;

namespace MedISeg.Decoder;

/// <summary>What the process may not do, told to the kernel before it sees a byte of input. Linux only.</summary>
internal static unsafe partial class ProcessLimits
{
    private const int DataLimit = 2, CoreLimit = 4, NicerBy = 5;
    private const short HangUp = 0x10, Error = 0x08;

    /// <summary>Caps the memory that can be written to, forbids core dumps (they would hold pixels), and gives way to the parent.</summary>
    /// <exception cref="InvalidOperationException">The kernel refuses.</exception>
    internal static void Apply(long maxMemoryBytes)
    {
        Limit data = new() { Soft = (ulong)maxMemoryBytes, Hard = (ulong)maxMemoryBytes }, core = default;
        if (SetLimit(DataLimit, &data) != 0 || SetLimit(CoreLimit, &core) != 0) throw new InvalidOperationException("The memory limit was refused.");
        _ = Nice(NicerBy);
    }

    /// <summary>Ends the process at once when the parent closes standard input or dies, also in the middle of a decode.</summary>
    /// <remarks>The kernel's signal of a parent's death (PR_SET_PDEATHSIG) comes when the parent's <i>thread</i> that started us ends, which for a
    /// thread of a pool may be at any time; the pipe is closed with the process.</remarks>
    internal static void EndWithParent()
    {
        Thread watch = new(static () =>
        {
            Watched input = new() { File = 0 };
            while (true)
            {
                if (Poll(&input, 1, -1) > 0 && (input.Found & (HangUp | Error)) != 0) EndNow(0);
            }
        }, maxStackSize: 128 * 1024)
        { IsBackground = true, Name = "watch" };
        watch.Start();
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "nice")]
    private static partial int Nice(int increment);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(Watched* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);

    private struct Limit
    {
        public ulong Soft, Hard;
    }

    private struct Watched
    {
        public int File;
        public short Asked, Found;
    }
}
