using System.Diagnostics;
using System.Globalization;

namespace MedISeg.Benchmarks.Training;

/// <summary>A process that does training steps on demand, with the smallest time of a step so far.</summary>
internal sealed class StepProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the process.</summary>
    public StepProcess(string program, params IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, Environment = { ["OMP_NUM_THREADS"] = "1" },
        })!;
    }

    /// <summary>CPU seconds of the fastest step; the first one, which warms up, does not count.</summary>
    public double Seconds { get; private set; } = double.PositiveInfinity;

    /// <summary>Loss of each step.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>Largest resident memory of the process so far, in MiB.</summary>
    public double PeakMiB { get; private set; }

    /// <summary>One of our own.</summary>
    /// <param name="work">One of <see cref="StepWork"/>.</param>
    /// <param name="precision">Of its network.</param>
    public static StepProcess Ours(string work, MedISeg.Training.Networks.Precision precision) =>
        new(Environment.ProcessPath!, StepServer.Verb, work, $"{precision}");

    /// <summary>Does one step.</summary>
    /// <exception cref="InvalidOperationException">The process ended.</exception>
    public void Step()
    {
        _process.StandardInput.WriteLine();
        string[] parts = _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException("A process that does training steps ended.");
        double[] values = [.. parts.Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        if (Losses.Count > 0) Seconds = Math.Min(Seconds, values[0]);
        Losses.Add(values[1]);
        PeakMiB = values[2] / 1024;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
