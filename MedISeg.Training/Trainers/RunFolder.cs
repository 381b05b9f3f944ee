using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;

namespace MedISeg.Training.Trainers;

/// <summary>Files of one training: options.json, splits.json, metrics.csv, checkpoints/last.safetensors and checkpoints/best.safetensors.</summary>
internal sealed class RunFolder
{
    private const string Header = "step,learning_rate,loss,dice_loss,cross_entropy,gradient_norm,validation_dice,validation_dice_per_class,seconds";

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

    /// <summary>Opens a folder for a new training.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds a run already.</exception>
    public static RunFolder Create(string path, TrainOptions options)
    {
        RunFolder folder = new(path);
        if (File.Exists(folder.OptionsPath))
            throw new SegmentationException(ErrorCode.InvalidOption, "The run folder holds a run already; resume it or name another folder.");
        Directory.CreateDirectory(Path.Combine(path, "checkpoints"));
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

    /// <summary>Drops lines of metrics.csv after a step: they were made by steps that a resumed run makes again.</summary>
    public void DropMetricsAfter(int step)
    {
        string[] lines = File.ReadAllLines(MetricsPath);
        File.WriteAllLines(MetricsPath, lines.Where((line, n) =>
            n == 0 || (int.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out int at) && at <= step)));
    }

    /// <summary>Adds a line to metrics.csv.</summary>
    public void AppendMetrics(EpochMetrics metrics)
    {
        string classes = string.Join(';', metrics.ValidationDicePerClass.Select(Text));
        File.AppendAllText(MetricsPath, string.Join(',',
            metrics.Step.ToString(CultureInfo.InvariantCulture), Text(metrics.LearningRate), Text(metrics.Loss), Text(metrics.DiceLoss),
            Text(metrics.CrossEntropy), Text(metrics.GradientNorm), Text(metrics.ValidationDice), classes,
            metrics.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)) + "\n");
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
    double ValidationDice, IReadOnlyList<double> ValidationDicePerClass, TimeSpan Elapsed);
