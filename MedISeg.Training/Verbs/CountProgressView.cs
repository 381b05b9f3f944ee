using System.Diagnostics;
using Spectre.Console;

namespace MedISeg.Training.Verbs;

/// <summary>Shows how many of a number of things are done: a bar with the time left on a terminal, ten lines with it elsewhere.</summary>
internal static class CountProgressView
{
    /// <summary>Runs work that calls back for each thing, from any thread, and shows it.</summary>
    public static void Show(string what, int count, Action<Action> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            int done = 0;
            long begin = Stopwatch.GetTimestamp();
            int step = Math.Max(1, (count + 9) / 10);
            work(() =>
            {
                int now = Interlocked.Increment(ref done);
                if (now % step != 0 && now != count) return;
                Console.WriteLine($"{now}/{count} {what}, {TrainProgressView.Pace(Stopwatch.GetElapsedTime(begin), now, 0, count)}");
            });
            return;
        }
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(what, maxValue: count);
                work(() => task.Increment(1));
            });
    }
}
