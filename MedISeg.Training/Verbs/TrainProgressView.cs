using System.Globalization;
using MedISeg.Training.Trainers;
using Spectre.Console;

namespace MedISeg.Training.Verbs;

/// <summary>Shows a training: a bar with the time left on a terminal, a line an epoch elsewhere.</summary>
internal static class TrainProgressView
{
    /// <summary>Runs work that reports, and shows it.</summary>
    /// <param name="firstStep">Steps done before.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="work">Gets the receiver of progress.</param>
    public static bool Show(int firstStep, int steps, Func<Action<TrainProgress>, bool> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected) return work(progress => Plain(progress, firstStep));
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
        TimeSpan left = epoch.Elapsed * ((double)(steps - epoch.Step) / Math.Max(1, epoch.Step - firstStep));
        string dice = string.Join(" ", epoch.ValidationDicePerClass.Select(d => d.ToString("F3", CultureInfo.InvariantCulture)));
        string validation = double.IsNaN(epoch.ValidationDice) ? "" : string.Create(CultureInfo.InvariantCulture, $", validation Dice {epoch.ValidationDice:F3} ({dice})");
        string[] terms = [.. new[] { Term("Dice", epoch.DiceLoss), Term("cross-entropy", epoch.CrossEntropy) }.Where(term => term.Length > 0)];
        string parts = terms.Length == 0 ? "" : $" ({string.Join(", ", terms)})";
        return string.Create(CultureInfo.InvariantCulture,
            $"step {epoch.Step}/{steps}, {epoch.Elapsed:h\\:mm\\:ss} ({left:h\\:mm\\:ss} left), loss {epoch.Loss:F4}{parts}{validation}");
    }

    private static string Term(string name, double value) =>
        double.IsNaN(value) ? "" : string.Create(CultureInfo.InvariantCulture, $"{name} {value:F4}");

    private static void Plain(TrainProgress progress, int firstStep)
    {
        if (progress.Epoch is { } epoch) Console.WriteLine(Line(epoch, firstStep, progress.Steps));
    }
}
