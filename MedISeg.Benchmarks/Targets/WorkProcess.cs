using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MedISeg.Training.Ablation;

namespace MedISeg.Benchmarks.Targets;

/// <summary>A process that does one and the same work on demand, one line of its input a time, and keeps the time of the fastest.</summary>
internal sealed class WorkProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the process, with one thread for its numerical libraries.</summary>
    public WorkProcess(string program, params IEnumerable<string> arguments) : this(1, program, arguments)
    {
    }

    private WorkProcess(int threads, string program, IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["OPENBLAS_NUM_THREADS"] = "1", ["DOTNET_PROCESSOR_COUNT"] = $"{threads}" },
        })!;
    }

    /// <summary>CPU seconds of the fastest work, or what else the process measures; the first one, which warms up, does not count.</summary>
    public double Seconds { get; private set; } = double.PositiveInfinity;

    /// <summary>What each work came to: a loss, or a sum by which two programs are seen to have done the same.</summary>
    public List<double> Results { get; } = [];

    /// <summary>Largest resident memory of the process so far, in MiB.</summary>
    public double PeakMiB { get; private set; }

    /// <summary>Resident memory that the process held before its first work, with its input, in MiB; 0 where it does not say.</summary>
    public double StartMiB { get; private set; }

    /// <summary>Which program did the work, where the process says so; empty otherwise.</summary>
    public string Program { get; private set; } = "";

    /// <summary>One of this program, on one thread.</summary>
    /// <param name="arguments">As of its command line.</param>
    public static WorkProcess Ours(params IEnumerable<string> arguments) => Ours(1, arguments);

    /// <summary>One of this program.</summary>
    /// <param name="threads">Processors that it believes to have.</param>
    /// <param name="arguments">As of its command line.</param>
    public static WorkProcess Ours(int threads, IEnumerable<string> arguments)
    {
        // Beside the tests there are the libraries of the tests: theirs is the list of them.
        string entry = Path.ChangeExtension(Assembly.GetEntryAssembly()!.Location, null);
        return new(threads, TrainerProcess.Host,
        [
            "exec", "--depsfile", $"{entry}.deps.json", "--runtimeconfig", $"{entry}.runtimeconfig.json", typeof(WorkProcess).Assembly.Location, .. arguments,
        ]);
    }

    /// <summary>Does the work once.</summary>
    /// <exception cref="InvalidOperationException">The process ended.</exception>
    public void Run()
    {
        _process.StandardInput.WriteLine();
        string[] parts = _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException("A process that does timed work ended.");
        double[] values = [.. parts.Take(4).Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        if (Results.Count > 0) Seconds = Math.Min(Seconds, values[0]);
        Results.Add(values[1]);
        PeakMiB = values[2] / 1024;
        if (values.Length > 3) StartMiB = values[3] / 1024;
        if (parts.Length > 4) Program = string.Join(' ', parts[4..]);
    }

    /// <summary>Lets each process do its work once to warm up, then in turns.</summary>
    /// <param name="rounds">Turns, at least 1.</param>
    /// <param name="processes">Each does one work.</param>
    public static void Alternate(int rounds, params ReadOnlySpan<WorkProcess> processes)
    {
        for (int n = 0; n <= rounds; n++)
            foreach (WorkProcess process in processes) process.Run();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
