using System.Globalization;
using MedISeg.Training.Trainers;
using Spectre.Console;

namespace MedISeg.Training.Verbs;

/// <summary>Shows a training: a bar with the time left on a terminal, a line an epoch, and one a minute between, elsewhere.</summary>
internal static class TrainProgressView
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <summary>Runs work that reports, and shows it.</summary>
    /// <param name="firstStep">Steps done before.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="work">Gets the receiver of progress.</param>
    public static bool Show(int firstStep, int steps, Func<Action<TrainProgress>, bool> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected) return work(Plain(firstStep, TimeProvider.System, Console.WriteLine));
        bool finished = false;
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("training", maxValue: steps);
                task.Value = firstStep;
                finished = work(progress =>
                {
                    task.Value = progress.Step;
                    task.Description = string.Create(CultureInfo.InvariantCulture, $"step {progress.Step} loss {progress.Loss:F3}");
                    if (progress.Epoch is { } epoch) AnsiConsole.WriteLine(Line(epoch, firstStep, progress.Steps));
                });
            });
        return finished;
    }

    /// <summary>One epoch as text, with the time left at the pace since the first step of this process.</summary>
    internal static string Line(EpochMetrics epoch, int firstStep, int steps)
    {
        string dice = string.Join(" ", epoch.ValidationDicePerClass.Select(d => d.ToString("F3", CultureInfo.InvariantCulture)));
        string validation = double.IsNaN(epoch.ValidationDice) ? "" : string.Create(CultureInfo.InvariantCulture, $", validation Dice {epoch.ValidationDice:F3} ({dice})");
        string[] terms = [.. new[] { Term("Dice", epoch.DiceLoss), Term("cross-entropy", epoch.CrossEntropy) }.Where(term => term.Length > 0)];
        string parts = terms.Length == 0 ? "" : $" ({string.Join(", ", terms)})";
        return string.Create(CultureInfo.InvariantCulture,
            $"step {epoch.Step}/{steps}, {Pace(epoch.Elapsed, epoch.Step, firstStep, steps)}, loss {epoch.Loss:F4}{parts}{validation}");
    }

    private static string Term(string name, double value) =>
        double.IsNaN(value) ? "" : string.Create(CultureInfo.InvariantCulture, $"{name} {value:F4}");

    /// <summary>A receiver of progress that writes lines.</summary>
    internal static Action<TrainProgress> Plain(int firstStep, TimeProvider time, Action<string> write)
    {
        long begin = time.GetTimestamp(), last = begin;
        return progress =>
        {
            long now = time.GetTimestamp();
            if (progress.Epoch is null && time.GetElapsedTime(last, now) < Between) return;
            last = now;
            write(progress.Epoch is { } epoch
                ? Line(epoch, firstStep, progress.Steps)
                : string.Create(CultureInfo.InvariantCulture,
                    $"step {progress.Step}/{progress.Steps}, {Pace(time.GetElapsedTime(begin, now), progress.Step, firstStep, progress.Steps)}, loss {progress.Loss:F4}"));
        };
    }

    /// <summary>Time passed, and time left at the pace since the first step of this process. Days count as hours.</summary>
    internal static string Pace(TimeSpan passed, int step, int firstStep, int steps)
    {
        TimeSpan left = passed * ((double)(steps - step) / Math.Max(1, step - firstStep));
        return string.Create(CultureInfo.InvariantCulture, $"{Text(passed)} ({Text(left)} left)");
    }

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");
}
