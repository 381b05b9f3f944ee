using System.Diagnostics;
using MedISeg.Benchmarks.Targets;
using MedISeg.Training.Networks;

namespace MedISeg.Benchmarks.Training;

/// <summary>Targets of training: a step against PyTorch's, bfloat16 against float32, and the loader against the step.</summary>
internal static class TrainingTargets
{
    private const double Step = 1.05, Memory = 1, Narrow = 1.7, Loader = 0.1, SameLoss = 1e-3;

    /// <summary>Measures all rows.</summary>
    /// <param name="rounds">Alternating steps of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program; where it has no PyTorch, rows that need it are left out with a line that says so.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        bool peer = HasTorch(python);
        if (!peer) Console.WriteLine($"{python} has no torch: rows against PyTorch are skipped.");
        return (quick ? [StepWork.QuickPlane, StepWork.QuickVolume] : new[] { StepWork.Plane, StepWork.Volume })
            .SelectMany(work => Measure(work, rounds, peer ? python : null));
    }

    private static IEnumerable<TargetRow> Measure(string work, int rounds, string? python)
    {
        using TemporaryFile file = new();
        StepWork.Write(work, file.Path);
        using WorkProcess ours = WorkProcess.Ours(StepServer.Verb, work, $"{Precision.Full}"), narrow = WorkProcess.Ours(StepServer.Verb, work, $"{Precision.Bfloat16}");
        using WorkProcess? peer = python is null ? null : new WorkProcess(python, Path.Combine(AppContext.BaseDirectory, "Training", "torch_step.py"), file.Path);
        WorkProcess[] all = [.. new[] { peer, ours, narrow }.OfType<WorkProcess>()];
        WorkProcess.Alternate(rounds, all);
        if (peer is not null)
        {
            yield return new TargetRow($"{work} step, float32 against PyTorch", ours.Seconds, peer.Seconds, "s", Step, AtLeast: false, ours.PeakMiB);
            yield return new TargetRow($"{work} peak memory against PyTorch", ours.PeakMiB, peer.PeakMiB, "MiB", Memory, AtLeast: false, ours.PeakMiB);
            yield return new TargetRow($"{work} loss apart from PyTorch's", 1 + Distance(ours, peer), 1, "", 1 + SameLoss, AtLeast: false, null);
        }
        yield return new TargetRow($"{work} step, bfloat16 against float32", narrow.Seconds, ours.Seconds, "s", Narrow, AtLeast: true, narrow.PeakMiB);
        yield return new TargetRow($"{work} loader against step, all augmentations", LoaderCost.Seconds(work, rounds), ours.Seconds, "s", Loader, AtLeast: false, null);
    }

    /// <summary>Largest relative distance of the first losses: equal ones mean equal work.</summary>
    private static double Distance(WorkProcess first, WorkProcess second) =>
        first.Results.Zip(second.Results, (a, b) => Math.Abs(a - b) / b).Take(3).Max();

    private static bool HasTorch(string python)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", "import torch"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
