using System.Globalization;
using System.Text;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Trainers;

/// <summary>Files of one training: options.json, splits.json, metrics.csv, checkpoints/last.safetensors and checkpoints/best.safetensors.</summary>
internal sealed class RunFolder
{
    private const string Header = "step,learning_rate,loss,dice_loss,cross_entropy,gradient_norm,validation_dice,validation_dice_per_class,seconds," +
        "step_seconds,loader_busy_seconds,loader_wait_seconds,validation_seconds";

    private RunFolder(string path) => Root = path;

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>Options of the run.</summary>
    public string OptionsPath => Path.Combine(Root, "options.json");

    /// <summary>The split that was trained on, readable by <c>--splits</c>; absent where a validation folder was named.</summary>
    public string SplitPath => Path.Combine(Root, "splits.json");

    /// <summary>One line an epoch.</summary>
    public string MetricsPath => Path.Combine(Root, "metrics.csv");

    /// <summary>Newest state.</summary>
    public string LastPath => Path.Combine(Root, "checkpoints", "last.safetensors");

    /// <summary>State with the best validation score.</summary>
    public string BestPath => Path.Combine(Root, "checkpoints", "best.safetensors");

    /// <summary>The state to export: the best one, or the newest where nothing was validated.</summary>
    public string ExportPath => File.Exists(BestPath) ? BestPath : LastPath;

    /// <summary>Opens a folder for a new training, or for a run with other options.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds a run already.</exception>
    public static RunFolder Create<T>(string path, T options)
    {
        RunFolder folder = new(path);
        // A run that ended before its first checkpoint, for instance by an image that cannot be read, may be started again.
        string checkpoints = Path.Combine(path, "checkpoints");
        if (File.Exists(folder.OptionsPath) && Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "*.safetensors").Any())
            throw new SegmentationException(ErrorCode.InvalidOption, "The run folder holds a run already; resume it or name another folder.");
        Directory.CreateDirectory(checkpoints);
        // That of such a run, which was perhaps another one.
        File.Delete(folder.SplitPath);
        File.WriteAllText(folder.OptionsPath, JsonSerializer.Serialize(options, Indented));
        File.WriteAllText(folder.MetricsPath, Header + "\n");
        return folder;
    }

    /// <summary>Opens the folder of an earlier training.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds no run.</exception>
    public static RunFolder Open(string path)
    {
        RunFolder folder = new(path);
        if (!File.Exists(folder.OptionsPath))
            throw new SegmentationException(ErrorCode.InvalidOption, "There is no options.json in the run folder; train first or name another folder.");
        return folder;
    }

    /// <summary>Options of the run.</summary>
    public TrainOptions ReadOptions() => TrainOptionsReader.Read(OptionsPath);

    /// <summary>Refuses this run as the start of a training that is to be judged on cases which the run learned from.</summary>
    /// <param name="heldOut">Validation and test cases of that training.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: cases are named.</exception>
    /// <remarks>A run with a validation folder of its own stored no names, and is not judged.</remarks>
    public void RefuseSeen(IReadOnlyList<DatasetCase> heldOut)
    {
        if (!File.Exists(SplitPath)) return;
        TrainOptions options = ReadOptions();
        HashSet<string> learned = [.. SplitFile.Read(SplitPath).Folds.Where((_, fold) => fold != options.Fold).SelectMany(names => names).Except(options.Data.Exclude)];
        string[] seen = [.. heldOut.Select(one => one.Name).Where(learned.Contains)];
        if (seen.Length > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The run of --from learned from {seen.Length} of the {heldOut.Count} cases that this training is validated or tested on: {DatasetFolder.Names(seen)}. " +
                "Start from a run of the same split and fold; if they are other cases with equal names, rename them.");
    }

    /// <summary>Drops lines of metrics.csv after a step: they were made by steps that a resumed run makes again.</summary>
    public void DropMetricsAfter(int step) => DropLinesAfter(MetricsPath, Header, step);

    /// <summary>Drops lines of a table whose first column is a step after the given one.</summary>
    /// <param name="path">File; made where it is missing.</param>
    /// <param name="header">First line.</param>
    /// <param name="step">Last step that is kept.</param>
    public static void DropLinesAfter(string path, string header, int step)
    {
        // A run that ended while it wrote a line left a part of it without an end; one that ended before any left no file.
        string[] lines = File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1] : [];
        int columns = header.Split(',').Length;
        IEnumerable<string> kept = lines.Skip(1)
            .Where(line => int.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out int at) && at <= step)
            // Earlier versions wrote fewer columns.
            .Select(line => line + new string(',', Math.Max(0, columns - line.Split(',').Length)));
        AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Prepend(header).Select(line => line + "\n")))));
    }

    /// <summary>Adds a line to metrics.csv.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>: it cannot be written.</exception>
    public void AppendMetrics(EpochMetrics metrics)
    {
        string classes = string.Join(';', metrics.ValidationDicePerClass.Select(Text));
        string line = string.Join(',',
            metrics.Step.ToString(CultureInfo.InvariantCulture), Text(metrics.LearningRate), Text(metrics.Loss), Text(metrics.DiceLoss),
            Text(metrics.CrossEntropy), Text(metrics.GradientNorm), Text(metrics.ValidationDice), classes,
            metrics.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), Text(metrics.Times.Seconds / metrics.Times.Steps),
            Text(metrics.Times.LoaderBusySeconds / metrics.Times.Steps), Text(metrics.Times.LoaderWaitSeconds / metrics.Times.Steps), Text(metrics.ValidationSeconds));
        try
        {
            File.AppendAllText(MetricsPath, line + "\n");
        }
        catch (IOException fault)
        {
            throw new SegmentationException(ErrorCode.TooLarge,
                $"metrics.csv of the run folder cannot be written; is the disk full? The checkpoint of step {metrics.Step} is stored: make room and " +
                "continue with --resume.", fault);
        }
    }

    private static JsonSerializerOptions Indented { get; } = new(SegmentationOptions.Json) { WriteIndented = true };

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("G6", CultureInfo.InvariantCulture);
}

/// <summary>What one epoch showed; NaN: not measured.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="Loss">Mean over the epoch.</param>
/// <param name="DiceLoss">Mean over the epoch; NaN: not a term of the loss.</param>
/// <param name="CrossEntropy">Mean over the epoch; NaN: not a term of the loss.</param>
/// <param name="GradientNorm">Mean over the epoch, before the limit.</param>
/// <param name="ValidationDice">Mean of the foreground classes.</param>
/// <param name="ValidationDicePerClass">Foreground classes in order; NaN: in no case.</param>
/// <param name="Elapsed">Time since this process began to train.</param>
internal sealed record EpochMetrics(
    int Step, double LearningRate, double Loss, double DiceLoss, double CrossEntropy, double GradientNorm,
    double ValidationDice, IReadOnlyList<double> ValidationDicePerClass, TimeSpan Elapsed)
{
    /// <summary>Times of the epoch's steps in this process; metrics.csv shows means a step.</summary>
    public StepTimes Times { get; init; }

    /// <summary>Time of the validation.</summary>
    public double ValidationSeconds { get; init; } = double.NaN;
}
