using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MedISeg.Training.Ablation;

/// <summary>Runs a verb of this program as a child process.</summary>
internal static partial class TrainerProcess
{
    private const string Name = "MedISeg.Training";
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The program dotnet that runs us: &lt;root&gt;/dotnet, of a runtime in &lt;root&gt;/shared/Microsoft.NETCore.App/&lt;version&gt;.
    /// Where we run by an executable of our own it need not be there.</summary>
    public static string Host { get; } = Path.Combine(Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")), "dotnet");

    /// <summary>Runs the child to its end. When cancelled it is asked to stop, which lets a training write its checkpoint, and is waited for.</summary>
    /// <param name="arguments">Verb and options.</param>
    /// <param name="log">File that its output is added to.</param>
    /// <param name="line">Hears of each line of its output; may come from any thread.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its exit code, and the most memory that it was seen to hold, bytes.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static (int Code, long PeakBytes) Run(IReadOnlyList<string> arguments, string log, Action<string> line, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using StreamWriter file = new(log, append: true) { AutoFlush = true };
        using Process child = Process.Start(Command(arguments))!;
        void Take(string? text)
        {
            if (text is null) return;
            lock (file) file.WriteLine(text);
            line(text);
        }
        child.OutputDataReceived += (_, e) => Take(e.Data);
        child.ErrorDataReceived += (_, e) => Take(e.Data);
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        long peak = 0;
        Stopwatch? stopping = null;
        while (!child.WaitForExit(TimeSpan.FromSeconds(0.25)))
        {
            peak = Math.Max(peak, Memory(child));
            if (!cancellationToken.IsCancellationRequested) continue;
            if (stopping is null) Stop(child);
            stopping ??= Stopwatch.StartNew();
            if (stopping.Elapsed > Patience) child.Kill(entireProcessTree: true);
        }
        // Without a limit it also waits for the last lines.
        child.WaitForExit();
        cancellationToken.ThrowIfCancellationRequested();
        return (child.ExitCode, peak);
    }

    private static ProcessStartInfo Command(IReadOnlyList<string> arguments)
    {
        string library = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        ProcessStartInfo start = File.Exists(Host) && File.Exists(library)
            ? new ProcessStartInfo(Host, ["exec", library])
            : new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, Name));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.UseShellExecute = false;
        // The child watches its input: it ends when we do, whatever ended us.
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private static long Memory(Process child)
    {
        try
        {
            child.Refresh();
            return child.HasExited ? 0 : child.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    private static void Stop(Process child)
    {
        if (OperatingSystem.IsWindows()) child.StandardInput.Close();
        else _ = Kill(child.Id, Terminate);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
